// The kinds of resources that authorisations speak of: which ones a request touches, and which ones a grant covers.
import { fleetAlarmPrefix } from '../lambdas/core/guardrails/fleet-alarms.ts';
import { STEP_ALARM_PREFIX } from '../lambdas/core/scaling/own-steps.ts';

/** Where a call is made. */
export interface Scope {
  partition: string;
  region: string;
  account: string;
  /** The key of the stack's own that its resources are encrypted with, if it has one. */
  kmsKeyArn?: string | null;
  /** `KmsKeyId` of an endpoint configuration, which the requests that name one do not tell. Left out: none is known. */
  volumeKeyOf?: (endpointConfigName: string) => string | undefined;
  /** The key that an asynchronous endpoint wrote an object with, which who reads it does not tell. Left out: none is known. */
  answersKeyOf?: (bucket: string, key: string) => string | undefined;
}

/** Networks, keys and topics that requests may name, as the settings list them. */
export interface NamedByRequests {
  allowedSubnetIds: readonly string[];
  allowedSecurityGroupIds: readonly string[];
  allowedKmsKeyArns: readonly string[];
  allowedNotificationTopicArns: readonly string[];
}

/** What a grant is narrowed to. Values may be CDK tokens. */
export interface GrantScope extends Scope, NamedByRequests {
  stackName: string;
  endpointNamePrefix: string;
  bucketName: string;
  ledgerTableArn: string;
  outcomeTopicArn: string;
  eventBusArn: string;
  executionRoleArn: string;
  repositoryNames: readonly string[];
  formerKmsKeyArns: readonly string[];
}

export type Input = Record<string, unknown>;

export interface Resource<Granted extends Scope = GrantScope> {
  /** ARNs of what one request touches. */
  requested(input: Input, scope: Scope): string[];
  /** ARN patterns of what a grant covers, none where there is nothing to grant; `under` narrows objects to a key prefix. */
  granted(grant: Granted, under: string): string[];
}

export const text = (input: Input, member: string): string => String(input[member] ?? '');

// SageMaker lower-cases names in ARNs: https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html
const sagemakerArn = ({ partition, region, account }: Scope, type: string, name: string) =>
  `arn:${partition}:sagemaker:${region}:${account}:${type}/${name.toLowerCase()}`;

/** Models, configurations and endpoints: all names that the deployer makes begin with the endpoint's name. */
const hosting = (type: 'endpoint' | 'endpoint-config' | 'model', member: string): Resource => ({
  requested: (input, scope) => [sagemakerArn(scope, type, text(input, member))],
  granted: (grant) => [`${sagemakerArn(grant, type, grant.endpointNamePrefix)}*`],
});
export const endpoint = hosting('endpoint', 'EndpointName');
export const endpointConfig = hosting('endpoint-config', 'EndpointConfigName');
export const model = hosting('model', 'ModelName');

/** Whatever `ResourceArn` names, for the calls that read tags. */
export const taggedResource: Resource = {
  requested: (input) => [text(input, 'ResourceArn').toLowerCase()],
  granted: (grant) => [endpoint, endpointConfig, model].flatMap((kind) => kind.granted(grant, '')),
};

/** The endpoint that `ResourceArn` names, for the calls that change tags: models and configurations keep theirs. */
export const taggedEndpoint: Resource = { ...taggedResource, granted: endpoint.granted };

// Its ARNs end in an id that nobody knows before the target is registered:
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsapplicationautoscaling.html
const anyScalableTarget = ({ partition, region, account }: Scope) =>
  `arn:${partition}:application-autoscaling:${region}:${account}:scalable-target/`;
export const scalableTarget: Resource = {
  requested: (_, scope) => [`${anyScalableTarget(scope)}0123456789abcdef`],
  granted: (grant) => [`${anyScalableTarget(grant)}*`],
};

const scaledEndpointName = (input: Input) => text(input, 'ResourceId').split('/')[1] ?? '';
export const scaledEndpoint: Resource = {
  requested: (input, scope) => [sagemakerArn(scope, 'endpoint', scaledEndpointName(input))],
  granted: endpoint.granted,
};
/** The request does not tell the configuration; ours begin with the endpoint's name, cut to 44 characters. */
export const scaledEndpointConfig: Resource = {
  requested: (input, scope) => [
    sagemakerArn(scope, 'endpoint-config', `${scaledEndpointName(input).slice(0, 44)}-c-0000000000000000`),
  ],
  granted: endpointConfig.granted,
};

const alarmArn = ({ partition, region, account }: Scope, name: string) =>
  `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}`;
/** https://docs.aws.amazon.com/autoscaling/application/userguide/create-target-tracking-policy-cli.html names the alarms. */
export const targetTrackingAlarm: Resource = {
  requested: (input, scope) => [alarmArn(scope, `TargetTracking-${text(input, 'ResourceId')}-AlarmHigh-0`)],
  granted: (grant) => [alarmArn(grant, `TargetTracking-endpoint/${grant.endpointNamePrefix}*`)],
};

/** The alarms that a rollout makes on a new fleet, and those that fire step policies. */
export const ownAlarm: Resource = {
  requested: (input, scope) => alarmNames(input).map((name) => alarmArn(scope, name)),
  granted: (grant) => [
    alarmArn(grant, `${fleetAlarmPrefix(grant.stackName)}*`),
    alarmArn(grant, `${STEP_ALARM_PREFIX}endpoint/${grant.endpointNamePrefix}*`),
  ],
};
const alarmNames = (input: Input) =>
  (input.AlarmNames ?? [
    text(input, input.AlarmNamePrefix === undefined ? 'AlarmName' : 'AlarmNamePrefix'),
  ]) as string[];

/** Alarms that are only looked at: a rollout's own, and those of its author, which may have any name. */
export const namedAlarms: Resource = {
  requested: ownAlarm.requested,
  granted: (grant) => [alarmArn(grant, '*')],
};

/** Looking for alarms: which names Application Auto Scaling asks for when it tries the permission is not documented. */
export const anyAlarm: Resource = {
  requested: targetTrackingAlarm.requested,
  granted: (grant) => [alarmArn(grant, '*')],
};

/** The one role that Application Auto Scaling scales SageMaker endpoints with. */
export const scalingServiceLinkedRole: Resource = {
  requested: (_, scope) => [scalingRoleArn(scope)],
  granted: (grant) => [scalingRoleArn(grant)],
};
const scalingRoleArn = ({ partition, account }: Scope) =>
  `arn:${partition}:iam::${account}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/` +
  'AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint';

/**
 * What the containers of an endpoint print; the name of a log group keeps the endpoint's case:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
 */
export const containerLogs: Resource = {
  requested: (input, scope) => [logGroupArn(scope, text(input, 'logGroupName'))],
  granted: (grant) => [`${logGroupArn(grant, `/aws/sagemaker/Endpoints/${grant.endpointNamePrefix}`)}*`],
};
const logGroupArn = ({ partition, region, account }: Scope, name: string) =>
  `arn:${partition}:logs:${region}:${account}:log-group:${name}`;

export const executionRole: Resource = {
  requested: (input) => [text(input, 'ExecutionRoleArn')],
  granted: (grant) => [grant.executionRoleArn],
};

/** Calls that take no resource. */
export const everything: Resource = { requested: () => ['*'], granted: () => ['*'] };

export const bucket: Resource = {
  requested: (input, { partition }) => [`arn:${partition}:s3:::${text(input, 'Bucket')}`],
  granted: ({ partition, bucketName }) => [`arn:${partition}:s3:::${bucketName}`],
};
export const object: Resource = {
  requested: (input, { partition }) => [`arn:${partition}:s3:::${text(input, 'Bucket')}/${text(input, 'Key')}`],
  granted: ({ partition, bucketName }, under) => [`arn:${partition}:s3:::${bucketName}/${under}*`],
};

export const repository: Resource = {
  requested: (input, scope) => [repositoryArn(scope, text(input, 'repositoryName'))],
  granted: (grant) => grant.repositoryNames.map((name) => repositoryArn(grant, name)),
};
export const repositoryArn = ({ partition, region, account }: Scope, name: string) =>
  `arn:${partition}:ecr:${region}:${account}:repository/${name}`;

/** The one machine of the stack, by name: its functions come before it. */
export const stateMachineArn = ({ partition, region, account }: Scope, stackName: string): string =>
  `arn:${partition}:states:${region}:${account}:stateMachine:${stackName}-Rollout`;
export const stateMachine: Resource = {
  requested: (input) => [text(input, 'stateMachineArn')],
  granted: (grant) => [stateMachineArn(grant, grant.stackName)],
};
export const execution: Resource = {
  requested: (input) => [text(input, 'executionArn')],
  granted: (grant) => [`${stateMachineArn(grant, grant.stackName).replace(':stateMachine:', ':execution:')}:*`],
};

const tableArn = ({ partition, region, account }: Scope, name: string) =>
  `arn:${partition}:dynamodb:${region}:${account}:table/${name}`;
export const table: Resource = {
  requested: (input, scope) => [tableArn(scope, text(input, 'TableName'))],
  granted: ({ ledgerTableArn }) => [ledgerTableArn],
};
/** The tables of a batch: its members are named by them. */
export const batchTables: Resource = {
  requested: (input, scope) => Object.keys(input.RequestItems ?? {}).map((name) => tableArn(scope, name)),
  granted: table.granted,
};
/** The tables of a transaction's items of one kind. */
export const tablesOf = (kind: 'Put' | 'Update' | 'ConditionCheck'): Resource => ({
  requested: (input, scope) =>
    transactItems(input)
      .map((item) => item[kind]?.TableName)
      .filter((name) => name !== undefined)
      .map((name) => tableArn(scope, name)),
  granted: table.granted,
});
const transactItems = (input: Input) => (input.TransactItems ?? []) as Record<string, { TableName: string }>[];

export const topic: Resource = {
  requested: (input) => [text(input, 'TopicArn')],
  granted: ({ outcomeTopicArn }) => [outcomeTopicArn],
};

export const eventBuses: Resource = {
  requested: (input, { partition, region, account }) =>
    ((input.Entries ?? []) as { EventBusName?: string }[]).map(({ EventBusName: name = 'default' }) =>
      name.startsWith('arn:') ? name : `arn:${partition}:events:${region}:${account}:event-bus/${name}`,
    ),
  granted: ({ eventBusArn }) => [eventBusArn],
};
