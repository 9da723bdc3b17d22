// How a live endpoint scales, as a request would write it.
import type { KeptSettings } from '../../../state-machine/contract/kept-settings.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { FoundScaling, ScalingRecord } from '../../../state-machine/contract/scaling-target.ts';
import { isMembers } from '../endpoint/members.ts';
import { problem } from '../problems/problems.ts';
import { isReplaced } from '../scaling/scaling-change.ts';
import { liveSchedules } from './live-schedules.ts';

/**
 * What a policy leaves out, for variants of SageMaker endpoints:
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
 */
const DEFAULT_COOLDOWN_SECONDS = 300;

/**
 * Of an endpoint with one variant. Where it scales by something else than requests know, that stays beside it. `takesOver`:
 * whether schedules that people made become settings.
 */
export function liveScaling(
  [target]: readonly FoundScaling[],
  options: { maximumInstances: number; takesOver: boolean },
): NonNullable<KeptSettings['scaling']> {
  if (target === undefined) return 'none';
  const { minimum, maximum, policies } = target.found;
  const schedules = liveSchedules(target.found, options);
  return { minimum, maximum, ...tracking(policies), ...(schedules.length > 0 && { schedules }) };
}

/** What a policy has whose place ours takes, and ours has not. */
export function uncarriedScaling(targets: readonly FoundScaling[]): Problem[] {
  return targets.flatMap(({ resourceId, found }) =>
    found.policies
      .filter((policy) => isReplaced(policy, { metric: METRIC }) && policy.configuration.DisableScaleIn === true)
      .map(({ name }) =>
        problem(
          `scaling of ${resourceId}: ${name}.DisableScaleIn`,
          'It is true. Rollouts do not carry it: their own policy tracks this metric then, and scales in too. Put the policy without it first, or let it track another metric.',
        ),
      ),
  );
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
