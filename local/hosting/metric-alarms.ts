/** CloudWatch's PutMetricAlarm, DescribeAlarms and DeleteAlarms, for alarms on the metrics of endpoints. */

import type {
  DeleteAlarmsInput,
  DescribeAlarmsInput,
  MetricDataQuery,
  PutMetricAlarmInput,
} from '@aws-sdk/client-cloudwatch';
import { type Alarm, stateAt } from './alarm-states.ts';
import { AwsError } from './aws-error.ts';
import { queries } from './endpoint-metrics.ts';
import { paged } from './paged.ts';
import type { World } from './world.ts';

const validationError = (message: string) => new AwsError('ValidationError', message);
const COMPARISONS = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
];

/** Creates, or replaces: a replaced alarm keeps its state (API_PutMetricAlarm). */
export function putMetricAlarm(world: World, input: PutMetricAlarmInput) {
  const { periodMs, series } = judged(world, input);
  const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, ComparisonOperator, Threshold } = input;
  if (EvaluationPeriods === undefined || Threshold === undefined)
    throw validationError('EvaluationPeriods and Threshold are required.');
  if (DatapointsToAlarm! > EvaluationPeriods)
    throw validationError('DatapointsToAlarm must not be greater than EvaluationPeriods.');
  if (!COMPARISONS.includes(ComparisonOperator ?? ''))
    throw validationError(`The simulator does not compare with ${ComparisonOperator}.`);
  const now = world.now();
  const name = input.AlarmName!;
  const existing = world.alarms.get(name);
  if (existing) {
    Object.assign(existing, { input, periodMs, series, updatedAt: now });
    return {};
  }
  const alarm: Alarm = {
    arn: `arn:aws:cloudwatch:${world.region}:${world.accountId}:alarm:${name}`,
    ...{ createdAt: now, updatedAt: now, input, periodMs, series },
    states: [{ at: now, state: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation' }],
    evaluatedTo: Math.floor(now / periodMs) * periodMs,
  };
  world.alarms.set(name, alarm);
  return {};
}

/** What an alarm watches: its one metric, or the one of its queries that returns data. */
function judged(world: World, input: PutMetricAlarmInput) {
  const { Metrics, MetricName, Namespace, Dimensions, Period, Statistic, ExtendedStatistic } = input;
  if ((Metrics === undefined) === (MetricName === undefined))
    throw validationError('Exactly one of MetricName and Metrics must be given.');
  const stat = { Metric: { Namespace, MetricName, Dimensions }, Period, Stat: Statistic ?? ExtendedStatistic };
  if (MetricName !== undefined && (stat.Stat === undefined || Period === undefined))
    throw validationError('A metric needs Period, and Statistic or ExtendedStatistic.');
  const asked: MetricDataQuery[] = Metrics ?? [{ Id: 'm', MetricStat: stat as MetricDataQuery['MetricStat'] }];
  const returned = queries(world, asked).filter((query) => query.returned);
  if (returned.length !== 1) throw validationError('Exactly one of the Metrics must return data.');
  return returned[0]!;
}

export function describeAlarms(world: World, input: DescribeAlarmsInput) {
  const { AlarmNames, AlarmNamePrefix = '', StateValue, MaxRecords, NextToken } = input;
  const chosen = [...world.alarms]
    .filter(([name]) => AlarmNames?.includes(name) ?? name.startsWith(AlarmNamePrefix))
    .map(([, alarm]) => view(alarm, world.now()))
    .filter((alarm) => StateValue === undefined || alarm.StateValue === StateValue);
  const { page, next } = paged(chosen, { MaxResults: MaxRecords, NextToken }, 50);
  return { MetricAlarms: page, CompositeAlarms: [], ...next };
}

function view(alarm: Alarm, now: number) {
  const { state, reason, at } = stateAt(alarm, now);
  const { Tags: _tags, ...input } = alarm.input;
  return {
    ...{ ActionsEnabled: true, OKActions: [], AlarmActions: [], InsufficientDataActions: [], ...input },
    AlarmArn: alarm.arn,
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.updatedAt),
    ...{ StateValue: state, StateReason: reason, StateUpdatedTimestamp: new Date(at) },
  };
}

/** Whether AWS deletes the others where one is missing is not documented: here nothing is deleted. */
export function deleteAlarms(world: World, { AlarmNames = [] }: DeleteAlarmsInput) {
  const missing = AlarmNames.find((name) => !world.alarms.has(name));
  if (missing) throw new AwsError('ResourceNotFound', `Alarm ${missing} does not exist`);
  for (const name of AlarmNames) world.alarms.delete(name);
  return {};
}
