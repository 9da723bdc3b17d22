// The alarms. Each has one article in the runbook, which its description names.
import { Duration, type Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { METRICS_NAMESPACE, NEEDS_SOMEBODY_METRIC, SERVICE } from '../lambdas/runtime/metric-names.ts';

/** Alarm -> what it says, and the anchor of its article in `docs/runbook.md`. */
export const alarmArticles = {
  RolloutFailed: {
    meaning:
      'A rollout needs attention, or failed by a fault that keeps others from their end too: its outcome says which, and why.',
    article: 'rollout-failed',
  },
  RolloutTimedOut: {
    meaning: 'An execution ran into the backstop of the whole machine: nothing was rolled back.',
    article: 'rollout-timed-out',
  },
  RolloutAborted: {
    meaning: 'Somebody stopped an execution: what it had made is still there.',
    article: 'rollout-aborted',
  },
  SweepFailed: {
    meaning: 'The sweeper failed: what was stopped is not taken up until it succeeds again.',
    article: 'sweep-failed',
  },
  TriggerUndelivered: {
    meaning:
      'An upload or a request could not start a rollout, or a function not be given an event: it waits in the dead-letter queue.',
    article: 'trigger-undelivered',
  },
} as const;
export type AlarmName = keyof typeof alarmArticles;

export function alarms(
  scope: Stack,
  watch: { machine: IStateMachine; sweep: IFunction; undelivered: IQueue; tell: ITopic },
): void {
  const period = Duration.minutes(5);
  const { machine, sweep, undelivered } = watch;
  const metrics: Record<AlarmName, IMetric> = {
    // Not every execution that FAILED: what an author got wrong is for him, by day.
    RolloutFailed: new Metric({
      namespace: METRICS_NAMESPACE,
      metricName: NEEDS_SOMEBODY_METRIC,
      dimensionsMap: { service: SERVICE, stack: scope.stackName },
      statistic: Stats.SUM,
      period,
    }),
    RolloutTimedOut: machine.metricTimedOut({ period }),
    RolloutAborted: machine.metricAborted({ period }),
    SweepFailed: sweep.metricErrors({ period }),
    TriggerUndelivered: undelivered.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
  };
  for (const [name, { meaning, article }] of Object.entries(alarmArticles)) {
    new Alarm(scope, `${name}Alarm`, {
      alarmName: `${scope.stackName}-${name}`,
      alarmDescription: `${meaning} What to do: docs/runbook.md#${article}`,
      metric: metrics[name as AlarmName],
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(watch.tell));
  }
}
