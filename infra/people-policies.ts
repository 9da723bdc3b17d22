// Managed policies for people: uploading models, and operating rollouts, are separate permissions.
import type { Stack } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { plannersFunction } from '../client/planning/planning-stack.ts';
import { acknowledgeWildcards } from './acknowledge-wildcards.ts';
import type { GrantScope } from './authorisation-resources.ts';
import { grants } from './grants.ts';
import { planCalls } from './plan-calls.ts';
import { type StackKeys, useOfKeys } from './stack-keys.ts';

export interface PeoplePoliciesProps {
  bucket: IBucket;
  bus: IEventBus;
  machine: IStateMachine;
  grantScope: GrantScope;
  keys: StackKeys;
}

export function peoplePolicies(scope: Stack, { bucket, bus, machine, grantScope, keys }: PeoplePoliciesProps): void {
  const executions = `arn:${scope.partition}:states:${scope.region}:${scope.account}:execution:${scope.stackName}-Rollout:*`;
  // On the whole bucket: with a condition on the prefix, an outcome that is not there yet would be a 403 instead of a 404.
  const seeKeys = allow(['s3:ListBucket'], [bucket.bucketArn]);
  // The command line finds bucket and machine in the stack's outputs.
  const findStack = allow(['cloudformation:DescribeStacks'], [scope.stackId]);
  const readOutcomes = allow(['s3:GetObject'], [bucket.arnForObjects('rollouts/*')]);
  managedPolicy(scope, 'Uploader', 'Uploads model.tar.gz and reads what became of it; writes no manifests.', [
    allow(['s3:PutObject', 's3:AbortMultipartUpload'], [bucket.arnForObjects('models/*/model.tar.gz')]),
    seeKeys,
    findStack,
    readOutcomes,
    ...useOfKeys(scope, keys, ['s3']),
  ]);
  managedPolicy(scope, 'Operator', 'Writes manifests; plans, starts, stops and follows rollouts.', [
    allow(['s3:PutObject'], [bucket.arnForObjects('models/*/rollout.json'), bucket.arnForObjects('golden-cases/*')]),
    findStack,
    allow(['states:StartExecution', 'states:ListExecutions', 'states:DescribeStateMachine'], [machine.stateMachineArn]),
    allow(['states:DescribeExecution', 'states:GetExecutionHistory', 'states:StopExecution'], [executions]),
    // A plan reads all that its rollout would: keys, documents, ledger and endpoints, which the other commands read too.
    ...reads(grantScope),
    // How the functions see their stack.
    allow(
      ['lambda:GetFunctionConfiguration'],
      [`arn:${scope.partition}:lambda:${scope.region}:${scope.account}:function:${plannersFunction(scope.stackName)}`],
    ),
    allow(['events:PutEvents'], [bus.eventBusArn], { StringEquals: { 'events:detail-type': 'RolloutRequested' } }),
    ...useOfKeys(scope, keys, ['s3', 'dynamodb', 'lambda']),
  ]);
}

/** The use of keys stands apart: of all that the policy reads and writes. */
const reads = (scope: GrantScope): PolicyStatement[] =>
  grants(planCalls, scope)
    .filter(({ Action }) => !Action.some((action) => action.startsWith('kms:')))
    .map((grant) => PolicyStatement.fromJson(grant));

function managedPolicy(scope: Stack, id: string, description: string, statements: PolicyStatement[]): void {
  const policy = new ManagedPolicy(scope, id, {
    managedPolicyName: `${scope.stackName}-${id}`,
    description,
    statements,
  });
  acknowledgeWildcards(policy, statements, 'Keys and executions are many; narrowed by prefix and by the file’s name.');
}

const allow = (actions: string[], resources: string[], conditions?: PolicyStatement['conditions']) =>
  new PolicyStatement({ actions, resources, conditions });
