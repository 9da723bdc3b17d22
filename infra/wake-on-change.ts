// When waits end: SageMaker's events of endpoints are given to the function that answers their tokens.
import type { Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/**
 * Of every status: that a change began is of interest too, for until it was seen "as before" may be a stale read. Candidates begin
 * with the name of their endpoint.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */
export function wakeOnChange(
  scope: Stack,
  { wake, endpointNamePrefix, undelivered }: { wake: LambdaFunction; endpointNamePrefix: string; undelivered: IQueue },
): void {
  new Rule(scope, 'WakeOnChange', {
    description: `An endpoint changed: end the wait of the execution of ${scope.stackName}-Rollout that waits for it`,
    eventPattern: {
      source: ['aws.sagemaker'],
      detailType: ['SageMaker Endpoint State Change', 'SageMaker Endpoint Deployment State Change'],
      ...(endpointNamePrefix !== '' && { detail: { EndpointName: [{ prefix: endpointNamePrefix }] } }),
    },
    targets: [new LambdaTarget(wake, { retryAttempts: 2, deadLetterQueue: undelivered })],
  });
}
