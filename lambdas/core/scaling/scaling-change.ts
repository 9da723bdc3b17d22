// Whether a variant is scaled as it should be.

import type { TargetTracking } from '../../../state-machine/contract/resolved-request.ts';
import type { ScalingRecord } from '../../../state-machine/contract/scaling-target.ts';
import { canonicalJson, SCALING_POLICY_NAME } from '../naming/names.ts';
import { isOwnSchedule, isTakenOver, limitsFor, scheduleChange } from './own-schedules.ts';
import { isOwnStep, type ScalingPolicy, stepChange } from './own-steps.ts';
import { withoutPast } from './past-schedules.ts';
import { suspendedState, wholeState } from './suspended-state.ts';
import { metricSpecification, normalised, tracksMetric } from './tracked-metric.ts';

/** A target-tracking policy as Application Auto Scaling stores it. */
export function targetTrackingConfiguration(tracking: TargetTracking) {
  return {
    TargetValue: tracking.target,
    ...metricSpecification(tracking.metric),
    ScaleInCooldown: tracking.scaleInCooldownSeconds,
    ScaleOutCooldown: tracking.scaleOutCooldownSeconds,
  };
}

/**
 * Whether ours takes the place of somebody's policy: Application Auto Scaling takes one target-tracking policy for each metric.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
 */
export function isReplaced(
  { name, type, configuration }: ScalingRecord['policies'][number],
  { metric }: Pick<TargetTracking, 'metric'>,
) {
  return name !== SCALING_POLICY_NAME && type === 'TargetTrackingScaling' && tracksMetric(configuration, metric);
}

/** Whether nothing is left to do: not scaled and none wanted, or target, our policy and our schedules are as wanted. */
export function isScaledAs(wanted: TargetTracking | null, live: ScalingRecord | null, now: Date): boolean {
  if (wanted === null || live === null) return wanted === live;
  const { minimum, maximum } = limitsFor(wanted, live);
  const [schedules, steps] = [scheduleChange(wanted, live, now), stepChange(wanted, live)];
  const ours = live.policies.find((policy) => policy.name === SCALING_POLICY_NAME);
  return (
    live.minimum === minimum &&
    live.maximum === maximum &&
    [schedules, steps].every(({ put, removed }) => put.length + removed.length === 0) &&
    isSuspendedAs(wanted, live) &&
    !live.policies.some((policy) => isReplaced(policy, wanted)) &&
    ours !== undefined &&
    ours.type === 'TargetTrackingScaling' &&
    canonicalJson(inForce(ours.configuration)) === canonicalJson(targetTrackingConfiguration(wanted))
  );
}

const isSuspendedAs = ({ suspended }: TargetTracking, live: ScalingRecord): boolean =>
  suspended === undefined || canonicalJson(suspendedState(suspended)) === canonicalJson(wholeState(live.suspended));

/** `DisableScaleIn: false` is the default, which AWS may or may not repeat. */
const inForce = ({ DisableScaleIn, ...configuration }: Record<string, unknown>): Record<string, unknown> =>
  normalised(DisableScaleIn === true ? { ...configuration, DisableScaleIn } : configuration);

/** Whether nothing differs that can be put back: one-time schedules whose time has passed do not count. */
export const sameScaling = (one: ScalingRecord | null, other: ScalingRecord | null, now: Date): boolean =>
  canonicalJson(one && sorted(withoutPast(one, now))) === canonicalJson(other && sorted(withoutPast(other, now)));

/** Whether the policies and schedules that are not ours, nor replaced by ours, are all there, whatever else there is. */
export function hasForeignScaling(
  live: ScalingRecord | null,
  previous: ScalingRecord,
  wanted: TargetTracking,
  now: Date,
): boolean {
  if (live === null) return false;
  const { policies, scheduledActions } = withoutPast(previous, now);
  const there = new Set([...live.policies.map(itself), ...live.scheduledActions].map((part) => canonicalJson(part)));
  const foreign = policies.filter((policy) => !isOwnPolicy(policy) && !isReplaced(policy, wanted)).map(itself);
  const actions = scheduledActions.filter((action) => !isOwnSchedule(action) && !isTakenOver(action, wanted));
  return [...foreign, ...actions].every((part) => there.has(canonicalJson(part)));
}

export const isOwnPolicy = (policy: Pick<ScalingPolicy, 'name'>): boolean =>
  policy.name === SCALING_POLICY_NAME || isOwnStep(policy);

/** Without the alarms of people, which nobody here changes. */
const itself = ({ firedBy: _, ...policy }: ScalingPolicy): ScalingPolicy => policy;

function sorted(record: ScalingRecord): ScalingRecord {
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  return {
    ...record,
    suspended: wholeState(record.suspended),
    policies: record.policies.map(itself).sort(byName),
    scheduledActions: [...record.scheduledActions].sort(byName),
  };
}
