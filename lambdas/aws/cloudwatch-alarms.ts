// The port `Alarms` on CloudWatch.
import {
  type CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch';
import { PERIOD_SECONDS } from '../core/guardrails/fleet-alarms.ts';
import { ENDPOINT_METRICS, fleetDimensions } from '../core/guardrails/fleet-metrics.ts';
import type { AlarmState } from '../core/guardrails/strategy-problems.ts';
import type { Alarms } from '../ports/alarms.ts';
import { renamedAlarmError } from './cloudwatch-error.ts';
import { metricDimensions } from './metric-dimensions.ts';

/** For who only looks: its bundle need not hold the rest. */
export const cloudWatchAlarmReader = (client: CloudWatchClient): Pick<Alarms, 'states'> => ({
  async states(names) {
    if (names.length === 0) return {};
    const { MetricAlarms = [], CompositeAlarms = [] } = await renamedAlarmError(
      client.send(
        new DescribeAlarmsCommand({
          AlarmNames: names,
          AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
          MaxRecords: 100,
        }),
      ),
    );
    const found = [...MetricAlarms, ...CompositeAlarms];
    return Object.fromEntries(
      found.map(({ AlarmName = '', StateValue = 'INSUFFICIENT_DATA' }): [string, AlarmState] => [
        AlarmName,
        StateValue,
      ]),
    );
  },
});

export function cloudWatchAlarms(client: CloudWatchClient): Alarms {
  const { states } = cloudWatchAlarmReader(client);
  return {
    states,
    async put({ name, description, fleet, metrics, expression, threshold }) {
      const Dimensions = metricDimensions(fleetDimensions(fleet));
      const queries = metrics.map(({ id, metric, statistic }) => ({
        Id: id,
        MetricStat: {
          Metric: { Namespace: ENDPOINT_METRICS, MetricName: metric, Dimensions },
          Period: PERIOD_SECONDS,
          Stat: statistic,
        },
        ReturnData: false,
      }));
      // Nobody is told of it: the update that it takes back is what people hear of.
      const command = new PutMetricAlarmCommand({
        AlarmName: name,
        AlarmDescription: description,
        ActionsEnabled: false,
        Metrics: [...queries, { Id: 'judged', Expression: expression, ReturnData: true }],
        EvaluationPeriods: 1,
        DatapointsToAlarm: 1,
        Threshold: threshold,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
      });
      await renamedAlarmError(client.send(command));
    },
    async remove(names) {
      // What DeleteAlarms does where some of the names are gone already is not documented.
      const there = Object.keys(await states(names));
      if (there.length > 0) await renamedAlarmError(client.send(new DeleteAlarmsCommand({ AlarmNames: there })));
    },
  };
}
