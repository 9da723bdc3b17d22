/** Target tracking on a metric of an endpoint: https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html */

import type { MetricStat } from '@aws-sdk/client-cloudwatch';
import { NAMESPACE, queries } from '../endpoint-metrics.ts';
import type { ScalingPolicy } from '../scaling-records.ts';
import type { World } from '../world.ts';
import type { Wanted } from './wanted.ts';

const MINUTE_MS = 60_000;
/** As the alarms that Application Auto Scaling makes: three minutes above the target, or fifteen below nine tenths of it. */
const MINUTES_ABOVE = 3;
const MINUTES_BELOW = 15;
const BELOW = 0.9;

/**
 * Undefined where the metric has no data, or the policy tracks a predefined one, which asynchronous endpoints do not have. The
 * metric counts as one that falls as instances come, as a backlog per instance does.
 */
export function tracked(world: World, policy: ScalingPolicy, current: number, at: number): Wanted | undefined {
  const {
    CustomizedMetricSpecification: metric,
    TargetValue = 0,
    DisableScaleIn,
  } = policy.input.TargetTrackingScalingPolicyConfiguration!;
  if (metric?.Namespace !== NAMESPACE || !metric.MetricName || !metric.Statistic) return undefined;
  const { Namespace, MetricName, Dimensions, Statistic } = metric;
  const MetricStat = { Metric: { Namespace, MetricName, Dimensions }, Period: 60, Stat: Statistic } as MetricStat;
  const [query] = queries(world, [{ Id: 'tracked', MetricStat }]);
  const end = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  const last = Array.from({ length: MINUTES_BELOW }, (_, index) => query!.series(end - (index + 1) * MINUTE_MS));
  const [latest] = last;
  if (latest === undefined) return undefined;
  // One instance is the least that a backlog is divided by.
  const needed = Math.ceil((latest * Math.max(1, current)) / TargetValue);
  const high = last.slice(0, MINUTES_ABOVE);
  if (high.every((value) => value !== undefined && value > TargetValue))
    return { count: Math.max(needed, current), cause: 'monitor alarm AlarmHigh in state ALARM triggered policy' };
  const isLow = last.every((value) => value !== undefined && value < BELOW * TargetValue);
  if (isLow && !DisableScaleIn)
    return { count: Math.min(needed, current), cause: 'monitor alarm AlarmLow in state ALARM triggered policy' };
  // Keeps policies that would remove instances from doing so.
  return DisableScaleIn ? undefined : { count: current, cause: '' };
}
