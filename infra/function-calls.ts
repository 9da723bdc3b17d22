// Which API calls each task makes: its role is granted these and nothing else.
import { type StepName, stepNames } from '../state-machine/contract/steps.ts';
import { AWAIT_CHANGE } from '../state-machine/contract/waits.ts';
import type { Operation } from './authorisations.ts';

/** Prefixes of keys in the one bucket. */
export type KeyPrefix =
  | 'models/'
  | 'golden-cases/'
  | 'artifacts/'
  | 'rollouts/'
  /** Of any endpoint and rollout; those of a variant have its name at the end. */
  | 'rollouts/*/golden-cases'
  | 'capture/'
  | 'async/';

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

const removeAlarms = ['cloudwatch:DescribeAlarms', 'cloudwatch:DeleteAlarms'] as const satisfies GrantedCall[];
/** Targets with their policies, and the alarms that fire step policies. */
const changeScaling = [
  ...describeScaling,
  'application-autoscaling:RegisterScalableTarget',
  'application-autoscaling:DeregisterScalableTarget',
  'application-autoscaling:PutScalingPolicy',
  'application-autoscaling:DeleteScalingPolicy',
  'application-autoscaling:PutScheduledAction',
  'application-autoscaling:DeleteScheduledAction',
  'cloudwatch:PutMetricAlarm',
  ...removeAlarms,
] as const satisfies GrantedCall[];
const removeScaling = [
  ...describeScaling,
  'application-autoscaling:DeregisterScalableTarget',
  ...removeAlarms,
] as const satisfies GrantedCall[];

/** Each task of the machine, the function of its waits, and beside it what events are given to. */
export type FunctionName = StepName | typeof AWAIT_CHANGE | 'WakeRollout' | 'Sweep';
export const functionNames: readonly FunctionName[] = [...stepNames, AWAIT_CHANGE, 'WakeRollout', 'Sweep'];

const removeArtifacts = [
  ['s3:ListObjectVersions', 'artifacts/'],
  ['s3:DeleteObject', 'artifacts/'],
] as const satisfies GrantedCall[];
const readLease = ['dynamodb:GetItem'] as const satisfies GrantedCall[];
/** The heartbeat too. */
const holdLease = ['dynamodb:GetItem', 'dynamodb:PutItem'] as const satisfies GrantedCall[];

/** Reads a token that stands in the ledger, and answers it. */
const wakeWaits = ['dynamodb:GetItem', 'sfn:SendTaskSuccess'] as const satisfies GrantedCall[];

/** An asynchronous endpoint is asked in one function, and its answers are looked for in the next. */
const verify = [
  ...readDocuments,
  ...writeDocuments,
  ['s3:GetObject', 'artifacts/'],
  ['s3:GetObject', 'async/'],
  'sagemaker:DescribeEndpoint',
  'sagemaker-runtime:InvokeEndpoint',
  'sagemaker-runtime:InvokeEndpointAsync',
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
    ...readDocuments,
    ...writeDocuments,
    'ecr:BatchGetImage',
    'ecr:GetDownloadUrlForLayer',
    ...readLease,
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
  TryModel: [
    ['s3:GetObject', 'artifacts/'],
    ['s3:GetObject', 'rollouts/*/golden-cases'],
  ],
  LeaseEndpoint: [...holdLease, ...wakeWaits, 'dynamodb:Query', 'sfn:DescribeExecution', ['s3:HeadObject', 'models/']],
  PlanRollout: [
    'cloudwatch:DescribeAlarms',
    ...holdLease,
    'dynamodb:Query',
    ...readDocuments,
    ...writeDocuments,
    ['s3:HeadObject', 'artifacts/'],
    'sagemaker:DescribeEndpoint',
    'sagemaker:DescribeEndpointConfig',
    'sagemaker:DescribeModel',
    'sagemaker:ListTags',
    ...describeScaling,
  ],
  CreateModel: [
    ...readLease,
    ...readDocuments,
    'sagemaker:DescribeModel',
    'sagemaker:ListTags',
    'sagemaker:CreateModel',
  ],
  CreateEndpointConfig: [
    ...readLease,
    ...readDocuments,
    'sagemaker:DescribeEndpointConfig',
    'sagemaker:ListTags',
    'sagemaker:CreateEndpointConfig',
  ],
  DeployCandidate: [
    ...readLease,
    ...readDocuments,
    'sagemaker:DescribeEndpoint',
    'sagemaker:DescribeEndpointConfig',
    'sagemaker:ListTags',
    'sagemaker:CreateEndpointConfig',
    'sagemaker:CreateEndpoint',
  ],
  CheckCandidate: [...holdLease, 'sagemaker:DescribeEndpoint'],
  VerifyCandidate: [...holdLease, ...verify],
  DeleteCandidate: [
    'cloudwatch-logs:PutRetentionPolicy',
    ...holdLease,
    ...readDocuments,
    'sagemaker:DescribeEndpoint',
    'sagemaker:DescribeEndpointConfig',
    'sagemaker:ListTags',
    'sagemaker:DeleteEndpoint',
    'sagemaker:DeleteEndpointConfig',
  ],
  CreateAlarms: [
    ...readLease,
    ...readDocuments,
    ['s3:GetObject', 'artifacts/'],
    'sagemaker-runtime:InvokeEndpoint',
    'cloudwatch:PutMetricAlarm',
    'cloudwatch:DescribeAlarms',
  ],
  DeployEndpoint: [
    ...readLease,
    ...readDocuments,
    ...removeScaling,
    'sagemaker:DescribeEndpoint',
    'sagemaker:CreateEndpoint',
    'sagemaker:UpdateEndpoint',
    'sagemaker:AddTags',
    'sagemaker:DeleteTags',
  ],
  CheckEndpoint: [...holdLease, 'sagemaker:DescribeEndpoint'],
  SendGoldenTraffic: [
    ...holdLease,
    ...readDocuments,
    ['s3:GetObject', 'artifacts/'],
    'sagemaker:DescribeEndpoint',
    'sagemaker-runtime:InvokeEndpoint',
  ],
  JudgeFleet: [...holdLease, ...readDocuments, 'cloudwatch:GetMetricData'],
  ShiftWeights: [
    ...holdLease,
    ...readDocuments,
    'cloudwatch:DescribeAlarms',
    'cloudwatch:GetMetricData',
    'sagemaker:DescribeEndpoint',
    'sagemaker:UpdateEndpointWeightsAndCapacities',
  ],
  SendVariantTraffic: [...readDocuments, ['s3:GetObject', 'artifacts/'], 'sagemaker-runtime:InvokeEndpoint'],
  DeleteAlarms: [...readLease, ...readDocuments, ...removeAlarms],
  RegisterScaling: [...readLease, ...readDocuments, ...changeScaling],
  RunCanary: [...holdLease, ...verify],
  RetireSuperseded: [
    ...readLease,
    ...describeScaling,
    'application-autoscaling:RegisterScalableTarget',
    'cloudwatch:DescribeAlarms',
    'dynamodb:Query',
    ...removeArtifacts,
    'sagemaker:DescribeEndpoint',
    'sagemaker:DescribeEndpointConfig',
    'sagemaker:DescribeModel',
    'sagemaker:ListTags',
    'sagemaker:DeleteEndpointConfig',
    'sagemaker:DeleteModel',
  ],
  RetireEndpoint: [
    ...readLease,
    'dynamodb:Query',
    ...removeArtifacts,
    'sagemaker:DescribeEndpoint',
    'sagemaker:DescribeEndpointConfig',
    'sagemaker:DescribeModel',
    'sagemaker:ListTags',
    'sagemaker:DeleteEndpoint',
    'sagemaker:DeleteEndpointConfig',
    'sagemaker:DeleteModel',
    ...removeScaling,
  ],
  RollBack: [
    'cloudwatch-logs:PutRetentionPolicy',
    ...readLease,
    ...readDocuments,
    'sagemaker:DescribeEndpoint',
    'sagemaker:DescribeEndpointConfig',
    'sagemaker:DescribeModel',
    'sagemaker:ListTags',
    'sagemaker:CreateEndpointConfig',
    'sagemaker:UpdateEndpoint',
    'sagemaker:UpdateEndpointWeightsAndCapacities',
    'sagemaker:DeleteEndpoint',
    'sagemaker:DeleteEndpointConfig',
    'sagemaker:DeleteModel',
    'sagemaker:AddTags',
    'sagemaker:DeleteTags',
    ...changeScaling,
    'dynamodb:Query',
  ],
  CheckRollback: [...readLease, 'sagemaker:DescribeEndpoint'],
  RecordOutcome: [
    ...holdLease,
    ...wakeWaits,
    ...readDocuments,
    ...writeDocuments,
    'dynamodb:Query',
    'dynamodb:TransactWriteItems',
    'cloudwatch-logs:FilterLogEvents',
    'sns:Publish',
    'eventbridge:PutEvents',
  ],
  AwaitChange: [
    ...readLease,
    ...wakeWaits,
    'dynamodb:PutItem',
    // Whether a rollout that was cancelled has ended.
    'dynamodb:Query',
    'sagemaker:DescribeEndpoint',
  ],
  WakeRollout: wakeWaits,
  Sweep: [
    'dynamodb:GetItem',
    'dynamodb:BatchGetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    ['s3:ListObjectVersions', 'models/'],
    'sfn:ListExecutions',
    'sfn:DescribeExecution',
    'sfn:StartExecution',
  ],
} as const satisfies Record<FunctionName, readonly GrantedCall[]>;
