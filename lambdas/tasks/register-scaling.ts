// RegisterScaling: makes every variant scale as the plan says, or not at all; and keeps an instance of it until it is verified.
import type { ScalingOutput } from '../../state-machine/contract/outputs.ts';
import type { Plan } from '../../state-machine/contract/plan.ts';
import type { TargetTracking } from '../../state-machine/contract/resolved-request.ts';
import { type ScalingRecord, type ScalingTarget, scalingBefore } from '../../state-machine/contract/scaling-target.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { SCALING_POLICY_NAME } from '../core/naming/names.ts';
import { alarmTags } from '../core/naming/ownership-tags.ts';
import { asBeforeHeld, type Limits, sameLimits, whileVerified } from '../core/scaling/held-limits.ts';
import { limitsFor, missedSchedules, scheduleChange } from '../core/scaling/own-schedules.ts';
import { stepChange } from '../core/scaling/own-steps.ts';
import { lostScheduleWarnings, pastScheduleWarnings } from '../core/scaling/past-schedules.ts';
import { hasForeignScaling, isReplaced, isScaledAs } from '../core/scaling/scaling-change.ts';
import { suspendedState } from '../core/scaling/suspended-state.ts';
import type { Documents } from '../ports/documents.ts';
import type { AlarmTags, Scaling } from '../ports/scaling.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import { type LeasePorts, underLease } from './parts/lease/under-lease.ts';
import { restoreScaling } from './parts/rollback/restore-scaling.ts';

interface Ports extends LeasePorts {
  documents: Documents;
  scaling: Scaling;
}

export const registerScaling =
  (bound: Ports): Task<'RegisterScaling'> =>
  async ({ plan: planned, lease }) => {
    const ports = underLease(bound, lease);
    const { documents } = ports;
    const plan = await readPlan(documents, planned);
    const targets: ScalingOutput['targets'] = [];
    const warnings: string[] = [];
    for (const target of plan.scalingTargets) {
      const { warnings: ofTarget, ...scaled } = await scale(ports, plan, target);
      targets.push({ resourceId: target.resourceId, ...scaled });
      warnings.push(...ofTarget);
    }
    return { targets, warnings };
  };

async function scale(
  ports: Ports,
  { before, settingChanges, ownershipTags }: Plan,
  target: ScalingTarget,
): Promise<Omit<ScalingOutput['targets'][number], 'resourceId'> & { warnings: string[] }> {
  const { clock, scaling } = ports;
  const { tracking } = target;
  const found = await scaling.find(target);
  const previous = scalingBefore(before, target);
  const wasTakenOff = target.suspended && tracking !== null && previous !== null;
  // People's own policies and schedules come back before ours takes its new values, also after an attempt that broke off.
  const isToRestore = wasTakenOff && !hasForeignScaling(found, previous, tracking, clock.now());
  const tags = alarmTags(ownershipTags);
  if (isToRestore) await restoreScaling(ports, target, previous, tags);
  const live = isToRestore ? await scaling.find(target) : found;
  const warnings = wasTakenOff ? pastScheduleWarnings(previous, live, clock.now()) : [];
  const isScaled = isScaledAs(tracking, live, clock.now());
  const wanted = tracking && limitsFor(tracking, asBeforeHeld(live, previous));
  const at = wanted && whileVerified(wanted);
  if (!isScaled && tracking === null) await scaling.deregister(target);
  else if (!isScaled && tracking !== null && at !== null) await register(ports, target, tracking, live, at, tags);
  else if (at !== null && live !== null && !sameLimits(live, at)) await scaling.limit(target, at);
  if (tracking !== null && bringsSchedules(settingChanges)) {
    const known = new Set(previous?.scheduledActions.map(({ name }) => name));
    const missed = missedSchedules(tracking, live, clock.now()).filter(({ name }) => !known.has(name));
    warnings.push(...lostScheduleWarnings(missed));
  }
  const isHeld = wanted !== null && at !== null && !sameLimits(wanted, at);
  const { dimension } = target;
  return { changed: isToRestore || !isScaled, ...(isHeld && { held: { dimension, at, wanted } }), warnings };
}

/** Undefined where there was nothing before. */
const bringsSchedules = (changes: Plan['settingChanges']): boolean =>
  changes === undefined || changes.some(({ setting }) => setting.endsWith('scaling.schedules'));

/** A one-time schedule whose time comes meanwhile may be refused: then it is left out. */
async function register(
  { clock, scaling }: Pick<Ports, 'clock' | 'scaling'>,
  target: ScalingTarget,
  tracking: TargetTracking,
  live: ScalingRecord | null,
  limits: Limits,
  tags: AlarmTags,
): Promise<void> {
  const { put, removed } = scheduleChange(tracking, live, clock.now());
  const replaced = (live?.policies ?? []).filter((policy) => isReplaced(policy, tracking)).map(({ name }) => name);
  const steps = stepChange(tracking, live);
  const { suspended } = tracking;
  const change = {
    limits,
    ...(suspended !== undefined && { suspended: suspendedState(suspended) }),
    ...{ replacedPolicies: replaced, removedSchedules: removed, schedules: put },
    ...{ removedSteps: steps.removed, steps: steps.put },
  };
  try {
    await scaling.register(target, SCALING_POLICY_NAME, tracking, change, tags);
  } catch (error) {
    if (scheduleChange(tracking, live, clock.now()).put.length === put.length) throw error;
    await register({ clock, scaling }, target, tracking, await scaling.find(target), limits, tags);
  }
}
