// How a live endpoint scales, as a request would write it.
import type { KeptSettings } from '../../../state-machine/contract/kept-settings.ts';
import type { FoundScaling, ScalingRecord } from '../../../state-machine/contract/scaling-target.ts';
import { isMembers } from '../endpoint/members.ts';

/**
 * What a policy leaves out, for variants of SageMaker endpoints:
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
 */
const DEFAULT_COOLDOWN_SECONDS = 300;

/** Of an endpoint with one variant. Where it scales by something else than requests know, that stays beside it. */
export function liveScaling([target]: readonly FoundScaling[]): NonNullable<KeptSettings['scaling']> {
  if (target === undefined) return 'none';
  const { minimum, maximum, policies } = target.found;
  return { minimum, maximum, ...tracking(policies) };
}

const METRIC = 'SageMakerVariantInvocationsPerInstance' as const;

function tracking(policies: ScalingRecord['policies']) {
  for (const { configuration } of policies) {
    const { PredefinedMetricSpecification: metric, TargetValue, ScaleInCooldown, ScaleOutCooldown } = configuration;
    if (!isMembers(metric) || metric.PredefinedMetricType !== METRIC) continue;
    return {
      metric: METRIC,
      target: Number(TargetValue),
      scaleInCooldownSeconds: Number(ScaleInCooldown ?? DEFAULT_COOLDOWN_SECONDS),
      scaleOutCooldownSeconds: Number(ScaleOutCooldown ?? DEFAULT_COOLDOWN_SECONDS),
    };
  }
  return {};
}
