// How a live endpoint scales, as a request would write it.
import type { KeptSettings } from '../../../state-machine/contract/kept-settings.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { ScalingMetric } from '../../../state-machine/contract/scaling-metrics.ts';
import type { FoundScaling, ScalingRecord } from '../../../state-machine/contract/scaling-target.ts';
import { SCALING_POLICY_NAME } from '../naming/names.ts';
import { problem } from '../problems/problems.ts';
import { named } from '../scaling/backlog.ts';
import { isReplaced } from '../scaling/scaling-change.ts';
import { DEFAULT_METRIC, trackedMetric } from '../scaling/tracked-metric.ts';
import { liveSchedules } from './live-schedules.ts';
import { liveSteps } from './live-steps.ts';

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
  const [, endpointName = ''] = target.resourceId.split('/');
  const isOfInstances = target.dimension === 'sagemaker:variant:DesiredInstanceCount';
  const most = isOfInstances ? options.maximumInstances : Number.MAX_SAFE_INTEGER;
  const schedules = liveSchedules(target.found, { ...options, maximumInstances: most });
  const steps = liveSteps(target.found, endpointName);
  return {
    ...{ minimum, maximum },
    ...tracking(policies, endpointName),
    ...(schedules.length > 0 && { schedules }),
    ...(steps.length > 0 && { steps }),
  };
}

/** What a policy has whose place ours takes, and ours has not. `metric`: of ours. */
export function uncarriedScaling(targets: readonly FoundScaling[], metric: ScalingMetric = DEFAULT_METRIC): Problem[] {
  return targets.flatMap(({ resourceId, found }) =>
    found.policies
      .filter((policy) => isReplaced(policy, { metric }) && policy.configuration.DisableScaleIn === true)
      .map(({ name }) =>
        problem(
          `scaling of ${resourceId}: ${name}.DisableScaleIn`,
          'It is true. Rollouts do not carry it: their own policy tracks this metric then, and scales in too. Put the policy without it first, or let it track another metric.',
        ),
      ),
  );
}

/** Ours, else one of the default metric, else the first that a request could say. */
function tracking(policies: ScalingRecord['policies'], endpointName: string) {
  const found = policies
    .filter(({ type }) => type === 'TargetTrackingScaling')
    .map((policy) => ({ ...policy, metric: trackedMetric(policy.configuration) }));
  const policy =
    found.find(({ name, metric }) => name === SCALING_POLICY_NAME && metric !== null) ??
    found.find(({ metric }) => metric === DEFAULT_METRIC) ??
    // One that never scales in stays beside, since ours does.
    found.find(({ metric, configuration }) => metric !== null && configuration.DisableScaleIn !== true);
  if (policy === undefined || policy.metric === null) return {};
  const { TargetValue, ScaleInCooldown, ScaleOutCooldown } = policy.configuration;
  return {
    metric: named(policy.metric, endpointName),
    target: Number(TargetValue),
    scaleInCooldownSeconds: Number(ScaleInCooldown ?? DEFAULT_COOLDOWN_SECONDS),
    scaleOutCooldownSeconds: Number(ScaleOutCooldown ?? DEFAULT_COOLDOWN_SECONDS),
  };
}
