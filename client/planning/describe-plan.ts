// From a rehearsal to what people want to know before they start a rollout.
import { fleetSizes } from '../../lambdas/core/hosting/fleet-sizes.ts';
import { parseS3Uri } from '../../lambdas/core/naming/object-keys.ts';
import { instancesForShares } from '../../lambdas/core/planning/share-problems.ts';
import type { ExtraCapacity, Plan } from '../../state-machine/contract/plan.ts';
import type { Variant } from '../../state-machine/contract/variant.ts';
import { plannedChanges, type There } from './planned-changes.ts';
import { plannedConcurrency } from './planned-concurrency.ts';
import type { Rehearsal } from './rehearse.ts';
import type { InstanceCount, PlannedVariant, RolloutPlan } from './rollout-plan.ts';

/** In the order in which they are printed. */
const NOTHING: RolloutPlan = {
  ...{ verdict: 'unknown', endpointName: null, operation: null, problems: [], warnings: [], unknown: [] },
  ...{ waitsFor: null, changes: [], settings: null, variants: [], traffic: null, weightSteps: [] },
  ...{ extraCapacity: [], extraInstanceHours: [], concurrency: null },
};

/** `there`: which of the things that the plan names exist already. */
export function describePlan(rehearsal: Rehearsal, there: There, now: Date): RolloutPlan {
  const { verdict, endpointName, notes } = rehearsal;
  const told = { ...NOTHING, verdict, endpointName, unknown: notes.unknown };
  if (verdict === 'rejected') return { ...told, problems: rehearsal.problems };
  if (verdict === 'wait') return { ...told, waitsFor: rehearsal.waitsFor };
  if (verdict === 'unknown') return told;
  const { plan, planned, lease } = rehearsal;
  const { operation, weightSteps = [], extraCapacity } = plan;
  return {
    ...{ ...told, operation, weightSteps, extraCapacity },
    warnings: [...(planned.warnings ?? []), ...inTheWay(plan.endpointName, lease)],
    changes: verdict === 'unchanged' ? [] : plannedChanges(plan, planned, there, notes.removed, now),
    settings: plan.settingChanges ?? null,
    variants: plannedVariants(plan),
    traffic: planned.pace ?? null,
    extraInstanceHours: instanceHours(extraCapacity),
    concurrency: plannedConcurrency(plan),
  };
}

type Planned = Extract<Rehearsal, { plan: Plan }>;

function inTheWay(endpointName: string, lease: Planned['lease']): string[] {
  const owner = lease?.owner ?? null;
  if (owner === null) return [];
  const { rolloutId, action } = owner.rollout;
  const others = lease!.waiting.length;
  const queue = others === 0 ? '' : `, ${others} more ${others === 1 ? 'waits' : 'wait'}`;
  return [
    `${rolloutId} (${action}) changes ${endpointName}, since ${owner.acquiredAt}${queue}: this rollout would wait, and be planned afresh on what is there then.`,
  ];
}

/** Those that are wanted in their order, then those that go. */
function plannedVariants(plan: Plan): PlannedVariant[] {
  const { before, endpointConfig, weightSteps = [] } = plan;
  const sizes = fleetSizes(endpointConfig.variants, before?.variants ?? []);
  const shares = instancesForShares(plan);
  const liveOf = (name: string) => before?.variants.find((each) => each.name === name);
  const wanted = endpointConfig.variants.map((variant): PlannedVariant => {
    const { name, modelName, artifactSha256, imageDigest } = variant;
    const live = liveOf(name);
    return {
      name,
      model: { name: modelName, artifactSha256, imageDigest },
      // In the short form the live weight stays, in the other the last step says all.
      weight: {
        before: live?.weight ?? null,
        after: weightSteps.at(-1)?.weights[name] ?? live?.weight ?? variant.weight,
      },
      instances: {
        before: live === undefined ? null : instancesOf(live),
        after: instancesAfter(variant, Math.max(sizes.get(name) ?? 0, shares.get(name) ?? 0)),
      },
    };
  });
  const gone = (before?.variants ?? [])
    .filter(({ name }) => wanted.every((each) => each.name !== name))
    .map(
      (live): PlannedVariant => ({
        ...{ name: live.name, model: null, weight: { before: live.weight, after: null } },
        instances: { before: instancesOf(live), after: null },
      }),
    );
  return [...wanted, ...gone];
}

function instancesOf(live: NonNullable<Plan['before']>['variants'][number]): InstanceCount | null {
  const { instanceType: type, desiredInstanceCount: count } = live;
  return type === null || count === null ? null : { type, count };
}

function instancesAfter({ capacity }: Variant, count: number): InstanceCount | null {
  return 'instanceType' in capacity ? { type: capacity.instanceType, count } : null;
}

/** Candidate and second fleet together, by type in the order of its name. */
function instanceHours(extra: readonly ExtraCapacity[]): RolloutPlan['extraInstanceHours'] {
  const hours = new Map<string, number>();
  for (const { instanceType, instances, atMostSeconds } of extra)
    hours.set(instanceType, (hours.get(instanceType) ?? 0) + (instances * atMostSeconds) / 3600);
  return [...hours]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([instanceType, atMostHours]) => ({ instanceType, atMostHours: Math.round(atMostHours * 1000) / 1000 }));
}

/** The places of all archives that the plan's models are made of. */
export const artifactsOf = ({ models }: Plan): { bucket: string; key: string }[] =>
  models.flatMap(({ modelDataUrl }) => parseS3Uri(modelDataUrl) ?? []);
