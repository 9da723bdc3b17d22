// The table of authorisations: each API call with every action, resource and condition that it needs. Roles, the local gateway
// and the least-privilege test all read this one.
import {
  endpointVariants,
  forSageMakerScaling,
  listedPrefix,
  madeAsOurs,
  notAnothers,
  ours,
  passedToSageMaker,
  taggedWhileMadeBy,
  tagNotGivenAway,
  tagNotRemoved,
} from './authorisation-conditions.ts';
import {
  decryptAnswer,
  decryptObject,
  encryptMessage,
  encryptObject,
  encryptParts,
  openTable,
} from './authorisation-keys.ts';
import { type Need, need, needIf, type Requirement, requirementsOf } from './authorisation-needs.ts';
import { volumeKeyNeeds } from './authorisation-networks.ts';
import {
  anyAlarm,
  batchTables,
  bucket,
  containerLogs,
  endpoint,
  endpointConfig,
  eventBuses,
  everything,
  execution,
  executionRole,
  type Input,
  model,
  namedAlarms,
  object,
  ownAlarm,
  type Resource,
  repository,
  type Scope,
  scalableTarget,
  scaledEndpoint,
  scaledEndpointConfig,
  scalingServiceLinkedRole,
  stateMachine,
  table,
  tablesOf,
  taggedEndpoint,
  taggedResource,
  targetTrackingAlarm,
  text,
  topic,
} from './authorisation-resources.ts';

export interface Authorisation {
  readonly page: string;
  readonly needs: readonly Need[];
}

export type { Requirement } from './authorisation-needs.ts';

const given = (member: string) => (input: Input) => text(input, member) !== '';
const tagged = (input: Input) => Array.isArray(input.Tags) && input.Tags.length > 0;

const reference = (service: string) =>
  `https://docs.aws.amazon.com/service-authorization/latest/reference/list_${service}.html`;
const SAGEMAKER = reference('amazonsagemaker');
const SCALING =
  'https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_id-based-policy-examples.html';
const CLOUDWATCH = reference('amazoncloudwatch');
const S3 = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html';
const MULTIPART = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions';

/** AddTags, which every create with tags needs besides. */
const tagWhileMaking = (operation: string, on: Resource): Need =>
  needIf(tagged, need('sagemaker:AddTags', on, madeAsOurs, taggedWhileMadeBy(operation)));

// Application Auto Scaling tries the calls on the endpoint, and those on the alarms of target tracking, with its caller's
// permissions: https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_permission_validation.html,
// https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html
const onScaledEndpoint = [
  need('sagemaker:DescribeEndpoint', scaledEndpoint),
  need('sagemaker:DescribeEndpointConfig', scaledEndpointConfig),
  // The tried call may name no endpoint that exists, and what does not exist carries no tag.
  need('sagemaker:UpdateEndpointWeightsAndCapacities', scaledEndpoint, notAnothers),
];
const onTargetTrackingAlarms = [
  need('cloudwatch:PutMetricAlarm', targetTrackingAlarm),
  need('cloudwatch:DescribeAlarms', anyAlarm),
  need('cloudwatch:DeleteAlarms', targetTrackingAlarm),
];
const removesAlarms = [
  need('cloudwatch:DescribeAlarms', anyAlarm),
  need('cloudwatch:DeleteAlarms', targetTrackingAlarm),
];

// Without ListBucket a key that is missing is answered with 403 instead of 404:
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
const readObject = [
  needIf((input) => !given('VersionId')(input), need('s3:GetObject', object)),
  needIf(given('VersionId'), need('s3:GetObjectVersion', object)),
  need('s3:ListBucket', bucket),
];

const read = (service: string, operation: string, on: Resource): Authorisation => ({
  page: SAGEMAKER,
  needs: [need(`${service}:${operation}`, on)],
});
const scaling = (operation: string, ...besides: Need[]): Authorisation => ({
  page: SCALING,
  needs: [need(`application-autoscaling:${operation}`, scalableTarget, endpointVariants), ...besides],
});
const describeScaling = (operation: string): Authorisation => ({
  page: SCALING,
  needs: [need(`application-autoscaling:${operation}`, everything)],
});

export const authorisations = {
  'sagemaker:DescribeModel': read('sagemaker', 'DescribeModel', model),
  'sagemaker:DescribeEndpointConfig': read('sagemaker', 'DescribeEndpointConfig', endpointConfig),
  'sagemaker:DescribeEndpoint': read('sagemaker', 'DescribeEndpoint', endpoint),
  'sagemaker:ListTags': read('sagemaker', 'ListTags', taggedResource),
  'sagemaker:ListModels': read('sagemaker', 'ListModels', everything),
  'sagemaker:ListEndpointConfigs': read('sagemaker', 'ListEndpointConfigs', everything),
  'sagemaker:ListEndpoints': read('sagemaker', 'ListEndpoints', everything),
  'sagemaker:CreateModel': {
    page: 'https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html',
    needs: [
      need('sagemaker:CreateModel', model, madeAsOurs),
      tagWhileMaking('CreateModel', model),
      need('iam:PassRole', executionRole, passedToSageMaker),
    ],
  },
  'sagemaker:CreateEndpointConfig': {
    page: SAGEMAKER,
    needs: [
      need('sagemaker:CreateEndpointConfig', endpointConfig, madeAsOurs),
      tagWhileMaking('CreateEndpointConfig', endpointConfig),
    ],
  },
  'sagemaker:CreateEndpoint': {
    page: 'https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html',
    needs: [
      need('sagemaker:CreateEndpoint', endpoint, madeAsOurs),
      need('sagemaker:CreateEndpoint', endpointConfig, madeAsOurs),
      tagWhileMaking('CreateEndpoint', endpoint),
      ...volumeKeyNeeds,
    ],
  },
  'sagemaker:UpdateEndpoint': {
    page: 'https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpoint.html',
    needs: [
      need('sagemaker:UpdateEndpoint', endpoint, ours),
      need('sagemaker:UpdateEndpoint', endpointConfig),
      ...volumeKeyNeeds,
    ],
  },
  'sagemaker:UpdateEndpointWeightsAndCapacities': {
    page: SAGEMAKER,
    needs: [need('sagemaker:UpdateEndpointWeightsAndCapacities', endpoint, ours)],
  },
  'sagemaker:DeleteEndpoint': { page: SAGEMAKER, needs: [need('sagemaker:DeleteEndpoint', endpoint, ours)] },
  'sagemaker:DeleteEndpointConfig': {
    page: SAGEMAKER,
    needs: [need('sagemaker:DeleteEndpointConfig', endpointConfig, ours)],
  },
  'sagemaker:DeleteModel': { page: SAGEMAKER, needs: [need('sagemaker:DeleteModel', model, ours)] },
  'sagemaker:AddTags': {
    page: SAGEMAKER,
    needs: [need('sagemaker:AddTags', taggedEndpoint, ours, tagNotGivenAway)],
  },
  'sagemaker:DeleteTags': {
    page: SAGEMAKER,
    needs: [need('sagemaker:DeleteTags', taggedEndpoint, ours, tagNotRemoved)],
  },
  'sagemaker-runtime:InvokeEndpoint': {
    page: SAGEMAKER,
    needs: [need('sagemaker:InvokeEndpoint', endpoint, ours)],
  },
  'sagemaker-runtime:InvokeEndpointAsync': {
    page: SAGEMAKER,
    needs: [need('sagemaker:InvokeEndpointAsync', endpoint, ours)],
  },

  'application-autoscaling:DescribeScalableTargets': describeScaling('DescribeScalableTargets'),
  'application-autoscaling:DescribeScalingPolicies': describeScaling('DescribeScalingPolicies'),
  'application-autoscaling:DescribeScheduledActions': describeScaling('DescribeScheduledActions'),
  'application-autoscaling:DescribeScalingActivities': describeScaling('DescribeScalingActivities'),
  'application-autoscaling:RegisterScalableTarget': scaling(
    'RegisterScalableTarget',
    ...onScaledEndpoint,
    need('iam:CreateServiceLinkedRole', scalingServiceLinkedRole, forSageMakerScaling),
  ),
  'application-autoscaling:DeregisterScalableTarget': scaling('DeregisterScalableTarget', ...removesAlarms),
  'application-autoscaling:PutScalingPolicy': scaling(
    'PutScalingPolicy',
    ...onScaledEndpoint,
    ...onTargetTrackingAlarms,
  ),
  'application-autoscaling:DeleteScalingPolicy': scaling('DeleteScalingPolicy', ...removesAlarms),
  'application-autoscaling:PutScheduledAction': scaling('PutScheduledAction', ...onScaledEndpoint),
  'application-autoscaling:DeleteScheduledAction': scaling('DeleteScheduledAction'),

  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html, Tags */
  'cloudwatch:PutMetricAlarm': {
    page: CLOUDWATCH,
    needs: [need('cloudwatch:PutMetricAlarm', ownAlarm), needIf(tagged, need('cloudwatch:TagResource', ownAlarm))],
  },
  'cloudwatch:DescribeAlarms': { page: CLOUDWATCH, needs: [need('cloudwatch:DescribeAlarms', namedAlarms)] },
  'cloudwatch:DeleteAlarms': { page: CLOUDWATCH, needs: [need('cloudwatch:DeleteAlarms', ownAlarm)] },
  'cloudwatch:GetMetricData': { page: CLOUDWATCH, needs: [need('cloudwatch:GetMetricData', everything)] },

  's3:HeadObject': { page: S3, needs: readObject },
  's3:GetObject': { page: S3, needs: [...readObject, decryptObject, decryptAnswer] },
  's3:ListObjectsV2': { page: S3, needs: [need('s3:ListBucket', bucket)] },
  's3:ListObjectVersions': { page: S3, needs: [need('s3:ListBucketVersions', bucket, listedPrefix)] },
  's3:PutObject': { page: S3, needs: [need('s3:PutObject', object), encryptObject] },
  's3:CreateMultipartUpload': { page: MULTIPART, needs: [need('s3:PutObject', object), ...encryptParts] },
  /** Its source needs what reading it needs. */
  's3:UploadPartCopy': { page: MULTIPART, needs: [need('s3:PutObject', object), ...encryptParts] },
  's3:CompleteMultipartUpload': { page: MULTIPART, needs: [need('s3:PutObject', object), decryptObject] },
  's3:AbortMultipartUpload': { page: MULTIPART, needs: [need('s3:AbortMultipartUpload', object)] },
  /** Without a version, which would need s3:DeleteObjectVersion and could not be undone. */
  's3:DeleteObject': {
    page: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html',
    needs: [need('s3:DeleteObject', object)],
  },

  'ecr:DescribeImages': {
    page: reference('amazonelasticcontainerregistry'),
    needs: [need('ecr:DescribeImages', repository)],
  },
  'ecr:BatchGetImage': {
    page: reference('amazonelasticcontainerregistry'),
    needs: [need('ecr:BatchGetImage', repository)],
  },
  'ecr:GetDownloadUrlForLayer': {
    page: reference('amazonelasticcontainerregistry'),
    needs: [need('ecr:GetDownloadUrlForLayer', repository)],
  },

  'cloudwatch-logs:FilterLogEvents': {
    page: reference('amazoncloudwatchlogs'),
    needs: [need('logs:FilterLogEvents', containerLogs)],
  },
  'cloudwatch-logs:PutRetentionPolicy': {
    page: reference('amazoncloudwatchlogs'),
    needs: [need('logs:PutRetentionPolicy', containerLogs)],
  },

  'dynamodb:GetItem': { page: reference('amazondynamodb'), needs: [need('dynamodb:GetItem', table), openTable] },
  'dynamodb:BatchGetItem': {
    page: reference('amazondynamodb'),
    needs: [need('dynamodb:BatchGetItem', batchTables), openTable],
  },
  'dynamodb:Query': { page: reference('amazondynamodb'), needs: [need('dynamodb:Query', table), openTable] },
  'dynamodb:PutItem': { page: reference('amazondynamodb'), needs: [need('dynamodb:PutItem', table), openTable] },
  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
  'dynamodb:TransactWriteItems': {
    page: reference('amazondynamodb'),
    needs: [need('dynamodb:PutItem', tablesOf('Put')), openTable],
  },
  'dynamodb:DeleteItem': { page: reference('amazondynamodb'), needs: [need('dynamodb:DeleteItem', table), openTable] },

  'sfn:DescribeExecution': {
    page: reference('awsstepfunctions'),
    needs: [need('states:DescribeExecution', execution)],
  },
  /** https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html: of one machine. */
  'sfn:ListExecutions': { page: reference('awsstepfunctions'), needs: [need('states:ListExecutions', stateMachine)] },
  /** On no resource: whoever has the token may answer it. */
  'sfn:SendTaskSuccess': { page: reference('awsstepfunctions'), needs: [need('states:SendTaskSuccess', everything)] },
  'sfn:StartExecution': { page: reference('awsstepfunctions'), needs: [need('states:StartExecution', stateMachine)] },

  'sns:Publish': { page: reference('amazonsns'), needs: [need('sns:Publish', topic), ...encryptMessage] },
  'eventbridge:PutEvents': { page: reference('amazoneventbridge'), needs: [need('events:PutEvents', eventBuses)] },
} as const satisfies Record<string, Authorisation>;

export type Operation = keyof typeof authorisations;

export interface Call {
  /** The SDK's name of the service: `sagemaker`, `sagemaker-runtime`, `application-autoscaling`, `s3`, ... */
  service: string;
  operation: string;
  /** The request's members, as the API reference names them. */
  input: Input;
}

/**
 * Everything that one call needs; all of it has to be allowed. `aws:ResourceTag` is not included: the request does not tell.
 *
 * @throws when the table has no entry for the call
 */
export function requiredFor(call: Call, scope: Scope): Requirement[] {
  const entry: Authorisation | undefined = authorisations[`${call.service}:${call.operation}` as Operation];
  if (!entry) throw new Error(`infra/authorisations.ts has no entry for ${call.service}:${call.operation}.`);
  return requirementsOf(entry.needs, call.input, scope);
}
