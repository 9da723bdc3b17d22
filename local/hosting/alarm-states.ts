/** An alarm's state over time: evaluated whenever one of its periods is complete, from the datapoints that there are then. */

import type { PutMetricAlarmInput, StateValue } from '@aws-sdk/client-cloudwatch';
import type { Datapoint, Series } from './metric-math.ts';

export interface Alarm {
  readonly arn: string;
  readonly createdAt: number;
  updatedAt: number;
  input: PutMetricAlarmInput;
  periodMs: number;
  series: Series;
  /** Each state and since when; the first is INSUFFICIENT_DATA, as of every new alarm. */
  readonly states: { readonly at: number; readonly state: StateValue; readonly reason: string }[];
  /** The end of the last period that was evaluated. */
  evaluatedTo: number;
}

/** An answer that took a while is counted where its request came in: time for it to arrive. CloudWatch itself takes longer. */
const ARRIVAL_MS = 2_000;
/** However far the clock leapt, as many periods as a day has minutes. */
const MOST_EVALUATIONS = 1_440;

/** Brings the alarm up to a moment, and says what state it is in. */
export function stateAt(alarm: Alarm, now: number) {
  const { periodMs, states } = alarm;
  const last = Math.floor((now - ARRIVAL_MS) / periodMs) * periodMs;
  const first = Math.max(alarm.evaluatedTo + periodMs, last - MOST_EVALUATIONS * periodMs);
  for (let end = first; end <= last; end += periodMs) {
    const { state, reason } = evaluated(alarm, end);
    if (state !== states.at(-1)!.state) states.push({ at: end + ARRIVAL_MS, state, reason });
    alarm.evaluatedTo = end;
  }
  return states.findLast(({ at }) => at <= now) ?? states[0]!;
}

/** The first moment, from one to another, at which the alarm was in ALARM; undefined when it never was. */
export function inAlarmBetween(alarm: Alarm, from: number, to: number): number | undefined {
  stateAt(alarm, to);
  if (stateAt(alarm, from).state === 'ALARM') return from;
  return alarm.states.find(({ at, state }) => at > from && at <= to && state === 'ALARM')?.at;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html */
function evaluated({ input, periodMs, series, states }: Alarm, end: number): { state: StateValue; reason: string } {
  const { EvaluationPeriods = 1, DatapointsToAlarm = EvaluationPeriods, TreatMissingData = 'missing' } = input;
  const datapoints = Array.from({ length: EvaluationPeriods }, (_, index) => series(end - (index + 1) * periodMs));
  const isMissing = datapoints.every((datapoint) => datapoint === undefined);
  if (isMissing && TreatMissingData === 'missing')
    return { state: 'INSUFFICIENT_DATA', reason: 'Insufficient Data: no datapoints were received' };
  if (isMissing && TreatMissingData === 'ignore') return states.at(-1)!;
  const breaching = datapoints.filter((datapoint) =>
    datapoint === undefined ? TreatMissingData === 'breaching' : breaches(input, datapoint),
  );
  const state = breaching.length >= DatapointsToAlarm ? 'ALARM' : 'OK';
  const shown = datapoints.map((datapoint) => datapoint ?? 'missing').join(', ');
  return {
    state,
    reason: `${breaching.length} of the last ${EvaluationPeriods} datapoints [${shown}] crossed the threshold (${input.Threshold})`,
  };
}

function breaches({ ComparisonOperator, Threshold = 0 }: PutMetricAlarmInput, datapoint: NonNullable<Datapoint>) {
  switch (ComparisonOperator) {
    case 'GreaterThanThreshold':
      return datapoint > Threshold;
    case 'GreaterThanOrEqualToThreshold':
      return datapoint >= Threshold;
    case 'LessThanThreshold':
      return datapoint < Threshold;
    default:
      return datapoint <= Threshold;
  }
}
