// One sample for every call of the table of authorisations, made on what belongs to the synthesized stack.
import type { Operation } from '../../infra/authorisations.ts';

export interface Names {
  bucket: string;
  table: string;
  topicArn: string;
  busArn: string;
  executionRoleArn: string;
  repository: string;
  stackName: string;
}

type Input = Record<string, unknown>;

const variant = {
  ServiceNamespace: 'sagemaker',
  ResourceId: 'endpoint/iris/variant/primary',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
};
const ENDPOINT_ARN = 'arn:aws:sagemaker:us-east-1:111122223333:endpoint/iris';
const KEYS = {
  'models/': 'models/iris/v1/model.tar.gz',
  'artifacts/': 'artifacts/iris/0123/model.tar.gz',
  'rollouts/': 'rollouts/iris/one/plan.json',
  'capture/': 'capture/iris/one.jsonl',
};

/** Several inputs for a call where the prefix of a key, or naming a version, makes a difference to what it needs. */
export function sampleCalls(names: Names): { operation: Operation; input: Input; under: string }[] {
  const Tags = [
    { Key: 'sagemaker-deployer:stack', Value: names.stackName },
    { Key: 'team', Value: 'flowers' },
  ];
  const inputs: Record<Exclude<Operation, `s3:${string}`>, Input> = {
    'sagemaker:DescribeModel': { ModelName: 'iris-m-0' },
    'sagemaker:DescribeEndpointConfig': { EndpointConfigName: 'iris-c-0000000000000000' },
    'sagemaker:DescribeEndpoint': { EndpointName: 'iris' },
    'sagemaker:ListTags': { ResourceArn: ENDPOINT_ARN },
    'sagemaker:ListModels': {},
    'sagemaker:ListEndpointConfigs': {},
    'sagemaker:ListEndpoints': {},
    'sagemaker:CreateModel': { ModelName: 'iris-m-0', ExecutionRoleArn: names.executionRoleArn, Tags },
    'sagemaker:CreateEndpointConfig': { EndpointConfigName: 'iris-c-0000000000000000', Tags },
    'sagemaker:CreateEndpoint': { EndpointName: 'iris', EndpointConfigName: 'iris-c-0000000000000000', Tags },
    'sagemaker:UpdateEndpoint': { EndpointName: 'iris', EndpointConfigName: 'iris-c-0000000000000000' },
    'sagemaker:UpdateEndpointWeightsAndCapacities': { EndpointName: 'iris' },
    'sagemaker:DeleteEndpoint': { EndpointName: 'iris' },
    'sagemaker:DeleteEndpointConfig': { EndpointConfigName: 'iris-c-0000000000000000' },
    'sagemaker:DeleteModel': { ModelName: 'iris-m-0' },
    'sagemaker:AddTags': { ResourceArn: ENDPOINT_ARN, Tags },
    'sagemaker:DeleteTags': { ResourceArn: ENDPOINT_ARN, TagKeys: ['team'] },
    'sagemaker-runtime:InvokeEndpoint': { EndpointName: 'iris' },
    'sagemaker-runtime:InvokeEndpointAsync': { EndpointName: 'iris' },
    'application-autoscaling:DescribeScalableTargets': {},
    'application-autoscaling:DescribeScalingPolicies': {},
    'application-autoscaling:DescribeScheduledActions': {},
    'application-autoscaling:DescribeScalingActivities': {},
    'application-autoscaling:RegisterScalableTarget': variant,
    'application-autoscaling:DeregisterScalableTarget': variant,
    'application-autoscaling:PutScalingPolicy': variant,
    'application-autoscaling:DeleteScalingPolicy': variant,
    'application-autoscaling:PutScheduledAction': variant,
    'application-autoscaling:DeleteScheduledAction': variant,
    'cloudwatch:PutMetricAlarm': { AlarmName: `${names.stackName}-rollout-iris-0123456789abcdef-5xx` },
    'cloudwatch:DescribeAlarms': { AlarmNames: ['any'] },
    'cloudwatch:DeleteAlarms': { AlarmNames: [`${names.stackName}-rollout-iris-0123456789abcdef-5xx`] },
    'cloudwatch:GetMetricData': {},
    'ecr:DescribeImages': { repositoryName: names.repository },
    'ecr:BatchGetImage': { repositoryName: names.repository },
    'ecr:GetDownloadUrlForLayer': { repositoryName: names.repository },
    'cloudwatch-logs:FilterLogEvents': { logGroupName: '/aws/sagemaker/Endpoints/iris' },
    'cloudwatch-logs:PutRetentionPolicy': { logGroupName: '/aws/sagemaker/Endpoints/iris' },
    'dynamodb:GetItem': { TableName: names.table },
    'dynamodb:Query': { TableName: names.table },
    'dynamodb:PutItem': { TableName: names.table },
    'dynamodb:DeleteItem': { TableName: names.table },
    'dynamodb:TransactWriteItems': { TransactItems: [{ Put: { TableName: names.table } }] },
    'dynamodb:BatchGetItem': { RequestItems: { [names.table]: { Keys: [] } } },
    'sfn:ListExecutions': {
      stateMachineArn: `arn:aws:states:us-east-1:111122223333:stateMachine:${names.stackName}-Rollout`,
      statusFilter: 'FAILED',
    },
    'sfn:DescribeExecution': {
      executionArn: `arn:aws:states:us-east-1:111122223333:execution:${names.stackName}-Rollout:one`,
    },
    'sfn:SendTaskSuccess': { taskToken: 'AQCEAAAAKgAAAAMAAAAA', output: '{}' },
    'sfn:StartExecution': {
      stateMachineArn: `arn:aws:states:us-east-1:111122223333:stateMachine:${names.stackName}-Rollout`,
    },
    'sns:Publish': { TopicArn: names.topicArn },
    'eventbridge:PutEvents': { Entries: [{ EventBusName: names.busArn }] },
  };
  const s3: Record<Extract<Operation, `s3:${string}`>, Input[]> = {
    's3:HeadObject': [{}, { VersionId: 'any' }],
    's3:GetObject': [{}, { VersionId: 'any' }],
    's3:ListObjectsV2': [{}],
    's3:ListObjectVersions': [{}],
    's3:PutObject': [{}],
    's3:CreateMultipartUpload': [{}],
    's3:UploadPartCopy': [{}],
    's3:CompleteMultipartUpload': [{}],
    's3:AbortMultipartUpload': [{}],
    's3:DeleteObject': [{}],
  };
  return [
    ...Object.entries(inputs).map(([operation, input]) => ({ operation: operation as Operation, input, under: '' })),
    ...Object.entries(s3).flatMap(([operation, some]) =>
      Object.entries(KEYS).flatMap(([under, Key]) =>
        some.map((input) => ({
          operation: operation as Operation,
          input: { ...input, Bucket: names.bucket, Key, Prefix: under },
          under,
        })),
      ),
    ),
  ];
}
