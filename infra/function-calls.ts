// Which API calls each task makes: its role is granted these and nothing else.
import type { StepName } from '../state-machine/contract/steps.ts';
import type { Operation } from './authorisations.ts';

/** Prefixes of keys in the one bucket. */
export type KeyPrefix = 'models/' | 'golden-cases/' | 'artifacts/' | 'rollouts/' | 'capture/';

/** A call, or a call on objects under a prefix: on the current ones, unless its `VersionId` names one. */
export type GrantedCall =
  | Exclude<Operation, `s3:${string}`>
  | readonly [Extract<Operation, `s3:${string}`>, KeyPrefix, { readonly VersionId: 'any' }?];

const oneVersion = { VersionId: 'any' } as const;

const readDocuments = [['s3:GetObject', 'rollouts/']] as const satisfies GrantedCall[];
const writeDocuments = [['s3:PutObject', 'rollouts/']] as const satisfies GrantedCall[];

const describeScaling = [
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScheduledActions',
] as const satisfies GrantedCall[];

export const functionCalls = {
  ResolveRequest: [
    ['s3:HeadObject', 'models/'],
    ['s3:HeadObject', 'models/', oneVersion],
    ['s3:GetObject', 'models/', oneVersion],
    ['s3:ListObjectVersions', 'models/'],
    ['s3:HeadObject', 'golden-cases/'],
    ['s3:HeadObject', 'golden-cases/', oneVersion],
    ['s3:GetObject', 'golden-cases/', oneVersion],
    ...writeDocuments,
    'ecr:BatchGetImage',
    'ecr:GetDownloadUrlForLayer',
    'dynamodb:Query',
  ],
  InspectArtifact: [
    ['s3:GetObject', 'models/', oneVersion],
    ...readDocuments,
    ['s3:HeadObject', 'artifacts/'],
    ['s3:GetObject', 'artifacts/'],
    ['s3:PutObject', 'artifacts/'],
    ['s3:CreateMultipartUpload', 'artifacts/'],
    ['s3:UploadPartCopy', 'artifacts/'],
    ['s3:CompleteMultipartUpload', 'artifacts/'],
    ['s3:AbortMultipartUpload', 'artifacts/'],
  ],
  PlanRollout: [
    ...readDocuments,
    ...writeDocuments,
    'sagemaker:DescribeEndpoint',
    'sagemaker:DescribeEndpointConfig',
    'sagemaker:DescribeModel',
    'sagemaker:ListTags',
    ...describeScaling,
  ],
  CreateModel: [...readDocuments, 'sagemaker:DescribeModel', 'sagemaker:ListTags', 'sagemaker:CreateModel'],
  CreateEndpointConfig: [
    ...readDocuments,
    'sagemaker:DescribeEndpointConfig',
    'sagemaker:ListTags',
    'sagemaker:CreateEndpointConfig',
  ],
  DeployEndpoint: [
    ...readDocuments,
    'sagemaker:DescribeEndpoint',
    'sagemaker:CreateEndpoint',
    'sagemaker:UpdateEndpoint',
    'sagemaker:AddTags',
    'sagemaker:DeleteTags',
  ],
  CheckEndpoint: ['sagemaker:DescribeEndpoint'],
  RegisterScaling: [
    ...readDocuments,
    ...describeScaling,
    'application-autoscaling:RegisterScalableTarget',
    'application-autoscaling:DeregisterScalableTarget',
    'application-autoscaling:PutScalingPolicy',
  ],
  RunCanary: [
    ...readDocuments,
    ['s3:GetObject', 'artifacts/'],
    'sagemaker:DescribeEndpoint',
    'sagemaker-runtime:InvokeEndpoint',
  ],
  RollBack: [
    ...readDocuments,
    'sagemaker:DescribeEndpoint',
    'sagemaker:DescribeEndpointConfig',
    'sagemaker:DescribeModel',
    'sagemaker:ListTags',
    'sagemaker:UpdateEndpoint',
    'sagemaker:DeleteEndpoint',
    'sagemaker:DeleteEndpointConfig',
    'sagemaker:DeleteModel',
    'sagemaker:AddTags',
    'sagemaker:DeleteTags',
    ...describeScaling,
    'application-autoscaling:RegisterScalableTarget',
    'application-autoscaling:DeregisterScalableTarget',
    'application-autoscaling:PutScalingPolicy',
    'application-autoscaling:DeleteScalingPolicy',
    'application-autoscaling:PutScheduledAction',
    'dynamodb:Query',
  ],
  CheckRollback: ['sagemaker:DescribeEndpoint'],
  RecordOutcome: [
    ...readDocuments,
    ...writeDocuments,
    'dynamodb:Query',
    'dynamodb:TransactWriteItems',
    'cloudwatch-logs:FilterLogEvents',
    'sns:Publish',
    'eventbridge:PutEvents',
  ],
} as const satisfies Record<StepName, readonly GrantedCall[]>;
