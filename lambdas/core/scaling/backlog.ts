// Scaling by the queue of an asynchronous endpoint, as AWS sets it up:
// https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html
import type { TargetTracking } from '../../../state-machine/contract/resolved-request.ts';
import { BACKLOG_METRIC, type ScalingMetric } from '../../../state-machine/contract/scaling-metrics.ts';
import type { StepPolicySettings } from '../../../state-machine/contract/scaling-steps.ts';
import { isSameMetric } from './tracked-metric.ts';

/** Requests that wait, for each instance. */
export const DEFAULT_BACKLOG = 5;

/** The policy that wakes a fleet of none. A step policy of a request that has its name takes its place. */
export const WAKE = 'HasBacklogWithoutCapacity';

const NAMESPACE = 'AWS/SageMaker';

const queueMetric = (endpointName: string): ScalingMetric => ({
  customized: {
    namespace: NAMESPACE,
    metricName: BACKLOG_METRIC,
    dimensions: { EndpointName: endpointName },
    statistic: 'Average',
  },
});

/** As Application Auto Scaling knows it. */
export const ofEndpoint = (metric: ScalingMetric, endpointName: string): ScalingMetric =>
  metric === BACKLOG_METRIC ? queueMetric(endpointName) : metric;

/** As a request writes it. */
export const named = (metric: ScalingMetric, endpointName: string): ScalingMetric =>
  typeof metric === 'object' && isSameMetric(metric, queueMetric(endpointName)) ? BACKLOG_METRIC : metric;

/** Without it a fleet of none comes only when more requests wait than the target. */
export const wakePolicy = (endpointName: string): StepPolicySettings => ({
  name: WAKE,
  adjustmentType: 'ChangeInCapacity',
  adjustments: [{ lowerBound: 0, adjustment: 1 }],
  cooldownSeconds: 300,
  aggregation: 'Average',
  alarm: {
    namespace: NAMESPACE,
    metricName: WAKE,
    dimensions: { EndpointName: endpointName },
    statistic: 'Average',
    periodSeconds: 60,
    evaluationPeriods: 2,
    datapointsToAlarm: 2,
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: 1,
    missingData: 'missing',
  },
});

/** Whether it may come to have no instance. */
const mayBeEmpty = ({ minimum, schedules = [] }: TargetTracking): boolean =>
  minimum === 0 || schedules.some((schedule) => schedule.minimum === 0 || schedule.maximum === 0);

/** What is made of it: the metric of this endpoint, and what wakes it. */
export function madeTracking(tracking: TargetTracking, endpointName: string): TargetTracking {
  const { metric, steps = [], ...others } = tracking;
  const wakes = mayBeEmpty(tracking) && steps.every(({ name }) => name !== WAKE);
  const all = wakes ? [...steps, wakePolicy(endpointName)] : steps;
  return { ...others, metric: ofEndpoint(metric, endpointName), ...(all.length > 0 && { steps: all }) };
}
