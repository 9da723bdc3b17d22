// The table of authorisations, read for single calls; the pages that it cites.
import { authorisations, type Operation, requiredFor } from '../../infra/authorisations.ts';

const scope = { partition: 'aws-cn', region: 'cn-north-1', account: '111122223333' };
const needs = (service: string, operation: string, input: Record<string, unknown>) =>
  requiredFor({ service, operation, input }, scope).map(({ action, resource, context }) => [
    action,
    resource.replace(`arn:aws-cn:sagemaker:cn-north-1:${scope.account}:`, ''),
    context,
  ]);

it('names endpoint and configuration, and AddTags only where there are tags', () => {
  const names = { EndpointName: 'Iris', EndpointConfigName: 'iris-c-1' };
  const tags = { 'aws:RequestTag/team': 'flowers', 'aws:TagKeys': ['team'] };
  expect(needs('sagemaker', 'CreateEndpoint', { ...names, Tags: [{ Key: 'team', Value: 'flowers' }] })).toEqual([
    ['sagemaker:CreateEndpoint', 'endpoint/iris', tags],
    ['sagemaker:CreateEndpoint', 'endpoint-config/iris-c-1', tags],
    ['sagemaker:AddTags', 'endpoint/iris', { ...tags, 'sagemaker:TaggingAction': 'CreateEndpoint' }],
  ]);
  expect(needs('sagemaker', 'CreateEndpoint', names)).toHaveLength(2);
  expect(needs('sagemaker', 'UpdateEndpoint', names)).toEqual([
    ['sagemaker:UpdateEndpoint', 'endpoint/iris', {}],
    ['sagemaker:UpdateEndpoint', 'endpoint-config/iris-c-1', {}],
  ]);
});

it.each(['CreateEndpoint', 'UpdateEndpoint'])(
  '%s needs a grant on the key of the configuration, if it has one',
  (name) => {
    const key = 'arn:aws-cn:kms:cn-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const keys: Record<string, string> = { 'iris-c-1': key, 'iris-c-2': 'alias/unknown' };
    const keyNeeds = (EndpointConfigName: string) =>
      requiredFor(
        { service: 'sagemaker', operation: name, input: { EndpointName: 'iris', EndpointConfigName } },
        { ...scope, volumeKeyOf: (config) => keys[config] },
      ).filter(({ action }) => action.startsWith('kms:'));
    expect(keyNeeds('iris-c-1')).toEqual([
      { action: 'kms:CreateGrant', resource: key, context: { 'kms:GrantIsForAWSResource': 'true' } },
    ]);
    expect([...keyNeeds('iris-c-2'), ...keyNeeds('iris-c-3')]).toEqual([]);
  },
);

it('passes the role that a model is created with, to SageMaker', () => {
  const ExecutionRoleArn = 'arn:aws-cn:iam::111122223333:role/execution';
  expect(needs('sagemaker', 'CreateModel', { ModelName: 'iris-m-1', ExecutionRoleArn })).toEqual([
    ['sagemaker:CreateModel', 'model/iris-m-1', {}],
    ['iam:PassRole', ExecutionRoleArn, { 'iam:PassedToService': 'sagemaker.amazonaws.com' }],
  ]);
});

it('includes what Application Auto Scaling does with its caller’s permissions', () => {
  const variant = {
    ServiceNamespace: 'sagemaker',
    ResourceId: 'endpoint/iris/variant/primary',
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
  };
  const actions = (operation: string) =>
    needs('application-autoscaling', operation, variant).map(([action, resource]) => `${action} ${resource}`);
  expect(actions('RegisterScalableTarget')).toEqual([
    expect.stringMatching(/^application-autoscaling:RegisterScalableTarget .*:scalable-target\//),
    'sagemaker:DescribeEndpoint endpoint/iris',
    expect.stringMatching(/^sagemaker:DescribeEndpointConfig endpoint-config\/iris-c-/),
    'sagemaker:UpdateEndpointWeightsAndCapacities endpoint/iris',
    expect.stringMatching(
      /^iam:CreateServiceLinkedRole .*\/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint$/,
    ),
  ]);
  expect(actions('PutScalingPolicy')).toContainEqual(
    expect.stringMatching(/^cloudwatch:PutMetricAlarm .*:alarm:TargetTracking-endpoint\/iris\/variant\/primary/),
  );
});

it('asks for the version of an object only where one is named, and always for ListBucket', () => {
  const object = { Bucket: 'b', Key: 'models/iris/1/model.tar.gz' };
  const actions = (input: Record<string, unknown>) => needs('s3', 'HeadObject', input).map(([action]) => action);
  expect(actions(object)).toEqual(['s3:GetObject', 's3:ListBucket']);
  expect(actions({ ...object, VersionId: '1' })).toEqual(['s3:GetObjectVersion', 's3:ListBucket']);
});

it('asks for the items of a transaction, each on its table', () => {
  const TransactItems = [{ Put: { TableName: 'a' } }, { Put: { TableName: 'b' } }];
  expect(needs('dynamodb', 'TransactWriteItems', { TransactItems }).map(([action, on]) => `${action} ${on}`)).toEqual([
    'dynamodb:PutItem arn:aws-cn:dynamodb:cn-north-1:111122223333:table/a',
    'dynamodb:PutItem arn:aws-cn:dynamodb:cn-north-1:111122223333:table/b',
  ]);
});

describe('where the stack has a key', () => {
  const kmsKeyArn = 'arn:aws-cn:kms:cn-north-1:111122223333:key/11111111-12ab-34cd-56ef-1234567890ab';
  const ofKey = (service: string, operation: string, input: Record<string, unknown>) =>
    requiredFor({ service, operation, input }, { ...scope, kmsKeyArn })
      .filter(({ resource }) => resource === kmsKeyArn)
      .map(({ action, context }) => `${action} ${context['kms:ViaService']}`);
  const object = { Bucket: 'b', Key: 'rollouts/iris/1/plan.json' };

  it.each([
    ['s3', 'HeadObject', object, []],
    ['s3', 'GetObject', object, ['kms:Decrypt s3']],
    ['s3', 'PutObject', object, ['kms:GenerateDataKey s3']],
    ['s3', 'CreateMultipartUpload', object, ['kms:GenerateDataKey s3', 'kms:Decrypt s3']],
    ['s3', 'CompleteMultipartUpload', object, ['kms:Decrypt s3']],
    ['dynamodb', 'Query', { TableName: 'a' }, ['kms:Decrypt dynamodb']],
    ['dynamodb', 'TransactWriteItems', { TransactItems: [{ Put: { TableName: 'a' } }] }, ['kms:Decrypt dynamodb']],
    ['sns', 'Publish', { TopicArn: 't' }, ['kms:GenerateDataKey sns', 'kms:Decrypt sns']],
    ['eventbridge', 'PutEvents', { Entries: [{}] }, []],
  ])('%s:%s needs of it, through the service alone', (service, operation, input, expected) => {
    expect(ofKey(service, operation, input)).toEqual(expected.map((each) => `${each}.cn-north-1.amazonaws.com`));
  });

  it('nothing is needed of one where the stack has none', () => {
    expect(needs('s3', 'GetObject', object).map(([action]) => action)).toEqual(['s3:GetObject', 's3:ListBucket']);
  });
});

it('does not know every call, and says so', () => {
  expect(() => needs('sagemaker', 'CreateTrainingJob', {})).toThrow(/no entry for sagemaker:CreateTrainingJob/);
});

it.each(Object.keys(authorisations) as Operation[])('%s cites a page of AWS and needs something', (operation) => {
  const { page, needs: all } = authorisations[operation];
  expect(page).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  expect(all.length).toBeGreaterThan(0);
});

it('names the alarms that a call names, or begins to name, and their tags', () => {
  const resources = (operation: string, input: Record<string, unknown>) =>
    needs('cloudwatch', operation, input).map(
      ([action, resource]) => `${action} ${String(resource).split(':').at(-1)}`,
    );
  expect(resources('DescribeAlarms', { AlarmNames: ['one', 'other'] })).toEqual([
    'cloudwatch:DescribeAlarms one',
    'cloudwatch:DescribeAlarms other',
  ]);
  expect(resources('DescribeAlarms', { AlarmNamePrefix: 'steps-' })).toEqual(['cloudwatch:DescribeAlarms steps-']);
  expect(resources('PutMetricAlarm', { AlarmName: 'one' })).toEqual(['cloudwatch:PutMetricAlarm one']);
  expect(resources('PutMetricAlarm', { AlarmName: 'one', Tags: [{ Key: 'a', Value: 'b' }] })).toEqual([
    'cloudwatch:PutMetricAlarm one',
    'cloudwatch:TagResource one',
  ]);
});
