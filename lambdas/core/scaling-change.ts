// Whether a variant is scaled as it should be.
import type { ScalingRecord } from '../../state-machine/contract/plan.ts';
import type { TargetTracking } from '../../state-machine/contract/resolved-request.ts';
import { canonicalJson, SCALING_POLICY_NAME } from './names.ts';

/** A target-tracking policy as Application Auto Scaling stores it. */
export function targetTrackingConfiguration(tracking: TargetTracking) {
  return {
    TargetValue: tracking.target,
    PredefinedMetricSpecification: { PredefinedMetricType: tracking.metric },
    ScaleInCooldown: tracking.scaleInCooldownSeconds,
    ScaleOutCooldown: tracking.scaleOutCooldownSeconds,
  };
}

/** Whether nothing is left to do: not scaled and none wanted, or target and our policy are as wanted. */
export function isScaledAs(wanted: TargetTracking | null, live: ScalingRecord | null): boolean {
  if (wanted === null || live === null) return wanted === live;
  const ours = live.policies.find((policy) => policy.name === SCALING_POLICY_NAME);
  return (
    live.minimum === wanted.minimum &&
    live.maximum === wanted.maximum &&
    ours !== undefined &&
    ours.type === 'TargetTrackingScaling' &&
    canonicalJson(inForce(ours.configuration)) === canonicalJson(targetTrackingConfiguration(wanted))
  );
}

/** `DisableScaleIn: false` is the default, which AWS may or may not repeat. */
const inForce = ({ DisableScaleIn, ...configuration }: Record<string, unknown>): Record<string, unknown> =>
  DisableScaleIn === true ? { ...configuration, DisableScaleIn } : configuration;

export const sameScaling = (one: ScalingRecord | null, other: ScalingRecord | null): boolean =>
  canonicalJson(sorted(one)) === canonicalJson(sorted(other));

function sorted(record: ScalingRecord | null): ScalingRecord | null {
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  return (
    record && {
      ...record,
      policies: [...record.policies].sort(byName),
      scheduledActions: [...record.scheduledActions].sort(byName),
    }
  );
}
