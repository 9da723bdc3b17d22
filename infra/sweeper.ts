// When the sweeper runs: every few minutes, and at once when an execution ends without having come to its own end.
import { Duration, type Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { SWEEP_MINUTES } from '../lambdas/core/recovery/rotate-start.ts';

/** `undelivered`: where the events go that the function could not be given. */
export function sweeper(
  scope: Stack,
  { sweep, machine, undelivered }: { sweep: LambdaFunction; machine: StateMachine; undelivered: IQueue },
): void {
  const targets = [new LambdaTarget(sweep, { retryAttempts: 2, deadLetterQueue: undelivered })];
  new Rule(scope, 'SweepRegularly', {
    description: `Look for what no execution of ${scope.stackName}-Rollout works on any more`,
    schedule: Schedule.rate(Duration.minutes(SWEEP_MINUTES)),
    targets,
  });
  // FAILED too: an outcome that could not be recorded leaves the lease behind.
  // https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
  new Rule(scope, 'SweepAfterStop', {
    description: `An execution of ${scope.stackName}-Rollout ended: look whether it left something behind`,
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [machine.stateMachineArn], status: ['ABORTED', 'TIMED_OUT', 'FAILED'] },
    },
    targets,
  });
}
