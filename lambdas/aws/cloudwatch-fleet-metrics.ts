// The port `FleetMetrics` on CloudWatch.
import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { PERIOD_SECONDS } from '../core/guardrails/fleet-alarms.ts';
import type { FleetMetrics } from '../ports/fleet-metrics.ts';
import { ENDPOINT_METRICS, fleetDimensions } from './fleet-dimensions.ts';
import { toRolloutError } from './sdk-error.ts';

export function cloudWatchFleetMetrics(client: CloudWatchClient): FleetMetrics {
  return {
    async invocations(fleet, from, to) {
      const Metric = {
        Namespace: ENDPOINT_METRICS,
        MetricName: 'Invocations',
        Dimensions: fleetDimensions(fleet),
      };
      const MetricStat = { Metric, Period: PERIOD_SECONDS, Stat: 'Sum' };
      // 8 hours are 480 periods; one answer holds 100,800 (API_GetMetricData).
      const command = new GetMetricDataCommand({
        MetricDataQueries: [{ Id: 'invocations', MetricStat }],
        StartTime: from,
        EndTime: to,
      });
      try {
        const { MetricDataResults } = await client.send(command);
        return (MetricDataResults?.[0]?.Values ?? []).reduce((sum, value) => sum + value, 0);
      } catch (error) {
        throw toRolloutError(error);
      }
    },
  };
}
