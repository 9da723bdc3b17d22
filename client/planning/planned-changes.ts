// What a rollout makes, changes and removes, in the order in which it does.
import { parseS3Uri } from '../../lambdas/core/naming/object-keys.ts';
import { tagChange } from '../../lambdas/core/naming/tag-change.ts';
import { isScaledAs } from '../../lambdas/core/scaling/scaling-change.ts';
import type { Planned } from '../../state-machine/contract/outputs.ts';
import type { Plan } from '../../state-machine/contract/plan.ts';
import { type ScalingTarget, scalingBefore } from '../../state-machine/contract/scaling-target.ts';
import type { Notes } from './rehearsal-ports.ts';
import type { PlannedAction, PlannedChange } from './rollout-plan.ts';

/** By name, or key: whether it is there. Null: that may not be read. */
export type There = ReadonlyMap<string, boolean | null>;

export function plannedChanges(
  plan: Plan,
  planned: Planned,
  there: There,
  removed: Notes['removed'],
  now: Date,
): PlannedChange[] {
  const { models, endpointConfig } = plan;
  const artifacts = new Set(models.flatMap(({ modelDataUrl }) => parseS3Uri(modelDataUrl)?.key ?? []));
  const made = (kind: PlannedChange['kind'], name: string): PlannedChange => ({
    ...{ action: actionFor(there.get(name) ?? null), kind, name, detail: null },
  });
  return [
    ...[...artifacts].map((key) => made('artifact', key)),
    ...models.map(({ name }) => made('model', name)),
    made('endpointConfig', endpointConfig.name),
    ...candidate(plan),
    ...alarms(plan, planned),
    ...endpoint(plan),
    ...tags(plan),
    ...plan.scalingTargets.flatMap((target) => scaling(plan, target, now)),
    ...removed.map(({ kind, name }): PlannedChange => ({ action: 'remove', kind, name, detail: null })),
  ];
}

const actionFor = (isThere: boolean | null): PlannedAction =>
  isThere === null ? 'createOrAdopt' : isThere ? 'adopt' : 'create';

function candidate({ candidate: spec }: Plan): PlannedChange[] {
  if (spec === null) return [];
  const detail = spec.endpointConfig.variants
    .map(({ name, capacity }) =>
      'instanceType' in capacity
        ? `${name} on ${capacity.instanceCount} x ${capacity.instanceType}`
        : `${name} serverless, ${capacity.memoryMegabytes} MB`,
    )
    .join(', ');
  return [{ action: 'createAndRemove', kind: 'candidate', name: null, detail }];
}

/** Its names end in the kind of the alarm, after a hash of the rollout's id. */
const alarmKind = (name: string): string => name.replace(/^.*-[0-9a-f]{16}-/, '');

const alarms = ({ fleetAlarmNames }: Plan, { watched, guarded }: Planned): PlannedChange[] =>
  (watched ?? guarded)
    ? fleetAlarmNames.map((name) => ({ action: 'createAndRemove', kind: 'alarm', name: null, detail: alarmKind(name) }))
    : [];

function endpoint({ operation, endpointName, endpointConfig, before, weightSteps = [] }: Plan): PlannedChange[] {
  const change = { kind: 'endpoint', name: endpointName } as const;
  if (operation === 'create') return [{ ...change, action: 'create', detail: null }];
  if (operation === 'update')
    return [{ ...change, action: 'update', detail: `from ${before?.endpointConfigName} to ${endpointConfig.name}` }];
  return weightSteps.length === 0 ? [] : [{ ...change, action: 'update', detail: 'weights alone' }];
}

function tags({ operation, endpointName, request, before }: Plan): PlannedChange[] {
  const change = operation === 'create' ? null : tagChange(request.tags, before?.tags ?? {});
  if (change === null) return [];
  const set = Object.entries(change.set).map(([key, value]) => `${key}=${value}`);
  const detail = [...set, ...change.remove.map((key) => `without ${key}`)].join(', ');
  return [{ action: 'update', kind: 'tags', name: endpointName, detail }];
}

function scaling(plan: Plan, target: ScalingTarget, now: Date): PlannedChange[] {
  const { tracking, suspended, resourceId } = target;
  const live = scalingBefore(plan.before, target);
  const isTakenOff = suspended && live !== null && tracking !== null;
  if (isScaledAs(tracking, live, now) && !isTakenOff) return [];
  const change = { kind: 'scaling', name: resourceId } as const;
  if (tracking === null) return [{ ...change, action: 'remove', detail: null }];
  const schedules = (tracking.schedules ?? []).map(({ name }) => name);
  const byTime = schedules.length === 0 ? '' : `, schedules ${schedules.join(', ')}`;
  const steps = (tracking.steps ?? []).map(({ name }) => name);
  const bySteps = steps.length === 0 ? '' : `, step policies ${steps.join(', ')}`;
  const wanted = `${tracking.minimum} to ${tracking.maximum} instances, target ${tracking.target}${byTime}${bySteps}`;
  if (live === null) return [{ ...change, action: 'create', detail: wanted }];
  const off = isTakenOff ? '; taken off while the endpoint is updated' : '';
  return [{ ...change, action: 'update', detail: `${wanted}; before ${live.minimum} to ${live.maximum}${off}` }];
}
