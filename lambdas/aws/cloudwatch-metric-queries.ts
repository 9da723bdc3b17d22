// The port `MetricQueries` on CloudWatch.
import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { MetricQueries } from '../ports/metric-queries.ts';
import { metricDimensions } from './metric-dimensions.ts';
import { toRolloutError } from './sdk-error.ts';

export function cloudWatchMetricQueries(client: CloudWatchClient): MetricQueries {
  return {
    async values({ namespace, metric, dimensions, statistic, periodSeconds }, from, to) {
      const Metric = { Namespace: namespace, MetricName: metric, Dimensions: metricDimensions(dimensions) };
      // One answer holds 100,800 datapoints, 70 days of minutes (API_GetMetricData).
      const command = new GetMetricDataCommand({
        MetricDataQueries: [{ Id: 'asked', MetricStat: { Metric, Period: periodSeconds, Stat: statistic } }],
        StartTime: from,
        EndTime: to,
      });
      try {
        const { MetricDataResults } = await client.send(command);
        return MetricDataResults?.[0]?.Values ?? [];
      } catch (error) {
        throw toRolloutError(error);
      }
    },
  };
}
