/** CloudWatch's GetMetricData, for the metrics of endpoints. */

import type { GetMetricDataInput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from './aws-error.ts';
import { queries } from './endpoint-metrics.ts';
import type { World } from './world.ts';

/** AWS's own limit of one answer, in datapoints (API_GetMetricData). */
const MOST_DATAPOINTS = 100_800;

/** As the wire has them: times are seconds since 1970. The periods are those that begin within the range. */
export function getMetricData(world: World, input: GetMetricDataInput) {
  const [start, end] = [Number(input.StartTime) * 1000, Number(input.EndTime) * 1000];
  if (start >= end) throw new AwsError('ValidationError', 'StartTime must be before EndTime.');
  const MetricDataResults = queries(world, input.MetricDataQueries!)
    .filter(({ returned }) => returned)
    .map(({ id, label, periodMs, series }) => {
      const first = Math.floor(start / periodMs) * periodMs;
      if ((end - first) / periodMs > MOST_DATAPOINTS)
        throw new AwsError('ValidationError', `The range holds more than ${MOST_DATAPOINTS} periods.`);
      const points: { at: number; value: number }[] = [];
      for (let at = first; at < end; at += periodMs) {
        const value = series(at);
        if (value !== undefined) points.push({ at, value });
      }
      if (input.ScanBy !== 'TimestampAscending') points.reverse();
      return {
        ...{ Id: id, Label: label, StatusCode: 'Complete' },
        Timestamps: points.map(({ at }) => new Date(at)),
        Values: points.map(({ value }) => value),
      };
    });
  return { MetricDataResults };
}
