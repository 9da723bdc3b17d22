// MetricsConfig, which every update takes over as it is, and which is always written out: what SageMaker does without it has changed once.
import type { MetricsConfig } from '../../../state-machine/contract/metrics-config.ts';
import { isMembers, type Members } from './members.ts';

const DEFAULT_SECONDS = 60;

/** Of an endpoint that is new: SageMaker's own defaults, written out. */
export const NEW_METRICS: MetricsConfig = {
  enhanced: false,
  detailedObservability: true,
  publishFrequencySeconds: DEFAULT_SECONDS,
};

/**
 * "For existing endpoint configurations created before this feature, the value is False unless explicitly set":
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MetricsConfig.html
 */
export function liveMetrics({ MetricsConfig: live }: Members): MetricsConfig {
  const found = isMembers(live) ? live : {};
  const seconds = found.MetricPublishFrequencyInSeconds;
  return {
    enhanced: found.EnableEnhancedMetrics === true,
    detailedObservability: found.EnableDetailedObservability === true,
    publishFrequencySeconds: typeof seconds === 'number' ? seconds : DEFAULT_SECONDS,
  };
}
