// The state machine with its log group, traces and timeout; what happens in it stands in `state-machine/`.
import { Duration, RemovalPolicy, type Stack, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { MACHINE_TIMEOUT_SECONDS } from '../state-machine/contract/time-budgets.ts';
import { rolloutDefinition } from '../state-machine/definition.ts';
import type { MachineFunctions } from '../state-machine/states.ts';

export function rolloutMachine(
  scope: Stack,
  functions: Record<keyof MachineFunctions, LambdaFunction>,
  logs: { retention: RetentionDays; encryptionKey?: IKey },
): StateMachine {
  const machine = new StateMachine(scope, 'Rollout', {
    stateMachineName: `${scope.stackName}-Rollout`,
    definitionBody: DefinitionBody.fromChainable(rolloutDefinition(scope, functions)),
    timeout: Duration.seconds(MACHINE_TIMEOUT_SECONDS),
    tracingEnabled: true,
    logs: {
      // The prefix keeps the size of the log groups' shared resource policy in bounds:
      // https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
      destination: new LogGroup(scope, 'RolloutLogs', {
        logGroupName: `/aws/vendedlogs/states/${scope.stackName}-Rollout`,
        ...logs,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      level: LogLevel.ALL,
      includeExecutionData: false,
    },
  });
  const logicalIdOf = (task: LambdaFunction) => scope.getLogicalId(task.node.defaultChild as CfnFunction);
  Validations.of(machine).acknowledge(
    ...Object.values(functions).map((task) => ({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::<${logicalIdOf(task)}.Arn>:*]`,
      reason: 'Versions of this one function, which the machine invokes.',
    })),
    {
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason:
        'Log delivery and X-Ray take no resource: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html, https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html',
    },
  );
  return machine;
}
