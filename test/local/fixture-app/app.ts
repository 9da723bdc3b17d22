// A small CDK app with the local cloud's essentials: bucket -> rule -> state machine -> two functions, and a repository.
import { join } from 'node:path';
import * as cdk from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { DefinitionBody, Fail, Pass, StateMachine, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';

const app = new cdk.App();
const stack = new cdk.Stack(app, 'LocalBaseFixture', { env: { account: '000000000000', region: 'us-east-1' } });

const bucket = new Bucket(stack, 'Bucket', {
  enforceSSL: true,
  versioned: true,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
});
(bucket.node.defaultChild as CfnBucket).addPropertyOverride('NotificationConfiguration.EventBridgeConfiguration', {
  EventBridgeEnabled: true,
});

const repository = new Repository(stack, 'Repository');

function task(id: string, handler: string) {
  return new LambdaFunction(stack, id, {
    runtime: Runtime.NODEJS_24_X,
    handler: `index.${handler}`,
    code: Code.fromAsset(join(import.meta.dirname, 'functions')),
    timeout: cdk.Duration.seconds(30),
    environment: { BUCKET: bucket.bucketName },
  });
}

const throwing = task('Throwing', 'throwing');
const asking = task('Asking', 'asking');
// Only this endpoint: another name has to be refused by the gateway.
asking.addToRolePolicy(
  new PolicyStatement({
    actions: ['sagemaker:DescribeEndpoint'],
    resources: ['arn:aws:sagemaker:us-east-1:000000000000:endpoint/allowed-*'],
  }),
);

const fail = new Fail(stack, 'Failed', { error: 'Unexpected' });
const throwNotReady = new LambdaInvoke(stack, 'ThrowNotReady', {
  lambdaFunction: throwing,
  payloadResponseOnly: true,
  retryOnServiceExceptions: false,
});
throwNotReady.addRetry({ errors: ['NotReady'], interval: cdk.Duration.seconds(1), maxAttempts: 2, backoffRate: 1 });
throwNotReady.addCatch(new Pass(stack, 'CaughtByName').next(new Succeed(stack, 'Succeeded')), {
  errors: ['NotReady'],
  resultPath: '$.failure',
});
throwNotReady.addCatch(fail, { errors: ['States.ALL'] });
throwNotReady.next(fail);

const machine = new StateMachine(stack, 'Machine', { definitionBody: DefinitionBody.fromChainable(throwNotReady) });
new Rule(stack, 'OnUpload', {
  eventPattern: {
    source: ['aws.s3'],
    detailType: ['Object Created'],
    detail: { bucket: { name: [bucket.bucketName] } },
  },
  targets: [new SfnStateMachine(machine)],
});

new cdk.CfnOutput(stack, 'BucketName', { value: bucket.bucketName });
new cdk.CfnOutput(stack, 'RepositoryName', { value: repository.repositoryName });
new cdk.CfnOutput(stack, 'RepositoryUri', { value: repository.repositoryUri });
new cdk.CfnOutput(stack, 'ServingImageTag', { value: 'src-fixture' });
new cdk.CfnOutput(stack, 'StateMachineArn', { value: machine.stateMachineArn });
new cdk.CfnOutput(stack, 'ThrowingName', { value: throwing.functionName });
new cdk.CfnOutput(stack, 'AskingName', { value: asking.functionName });
