// What private networks, keys and topics of models need: of who calls SageMaker, and of the role that it hosts models with. The roles, the
// local gateway and the tests read these, as they read the table of authorisations.
import { forAwsResource } from './authorisation-conditions.ts';
import { type Need, need, type Requirement, requirementsOf } from './authorisation-needs.ts';
import type { Input, NamedByRequests, Resource, Scope } from './authorisation-resources.ts';

type Models = Scope & NamedByRequests;

const keysOf = (keyOf: (input: Input, scope: Scope) => unknown): Resource<Models> => ({
  requested: (input, scope) => {
    const key = keyOf(input, scope);
    return typeof key === 'string' && key.startsWith('arn:') ? [key] : [];
  },
  granted: ({ allowedKmsKeyArns }) => [...allowedKmsKeyArns],
});

/** Of the configuration that a request names, which tells its name alone. */
const keyOfEndpointConfig = keysOf((input, { volumeKeyOf }) => volumeKeyOf?.(String(input.EndpointConfigName ?? '')));

/**
 * Who brings up a fleet on volumes with a key: CreateEndpoint by
 * https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html, and UpdateEndpoint as well, which
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html (KmsKeyId) names beside it.
 */
export const volumeKeyNeeds: readonly Need<Models>[] = [need('kms:CreateGrant', keyOfEndpointConfig, forAwsResource)];

interface VpcConfig {
  readonly Subnets?: readonly string[];
  readonly SecurityGroupIds?: readonly string[];
}
const vpcOf = (input: Input): VpcConfig | undefined => input.VpcConfig as VpcConfig | undefined;

const ec2Arn = ({ partition, region }: Scope, account: string, resource: string) =>
  `arn:${partition}:ec2:${region}:${account}:${resource}`;

/** Of any account: subnets and security groups may be shared by the one that owns the network. */
const shared = (
  kind: string,
  member: keyof VpcConfig,
  allowed: (models: NamedByRequests) => readonly string[],
): Resource<Models> => ({
  requested: (input, scope) =>
    (vpcOf(input)?.[member] ?? []).map((id) => ec2Arn(scope, scope.account, `${kind}/${id}`)),
  granted: (grant) => allowed(grant).map((id) => ec2Arn(grant, '*', `${kind}/${id}`)),
});
const subnet = shared('subnet', 'Subnets', ({ allowedSubnetIds }) => allowedSubnetIds);
const securityGroup = shared(
  'security-group',
  'SecurityGroupIds',
  ({ allowedSecurityGroupIds }) => allowedSecurityGroupIds,
);

/** Where requests may name networks at all. */
const whereNetworked = (requested: (scope: Scope) => string, granted: (scope: Scope) => string): Resource<Models> => ({
  requested: (input, scope) => (vpcOf(input) === undefined ? [] : [requested(scope)]),
  granted: (grant) => (grant.allowedSubnetIds.length === 0 ? [] : [granted(grant)]),
});
/** Their ids are SageMaker's to choose. */
const networkInterface = whereNetworked(
  (scope) => ec2Arn(scope, scope.account, 'network-interface/eni-0123456789abcdef0'),
  (scope) => ec2Arn(scope, scope.account, 'network-interface/*'),
);
/** None of these takes a resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
const everyNetwork = whereNetworked(
  () => '*',
  () => '*',
);

const volumeKey = keysOf(({ KmsKeyId }) => KmsKeyId);
const captureKey = keysOf(
  ({ DataCaptureConfig }) => (DataCaptureConfig as { KmsKeyId?: unknown } | undefined)?.KmsKeyId,
);

interface AsyncInferenceConfig {
  readonly OutputConfig?: {
    readonly KmsKeyId?: string;
    readonly NotificationConfig?: { readonly SuccessTopic?: string; readonly ErrorTopic?: string };
  };
}
const outputOf = ({ AsyncInferenceConfig: config }: Input) =>
  (config as AsyncInferenceConfig | undefined)?.OutputConfig;
const answersKey = keysOf((input) => outputOf(input)?.KmsKeyId);
const topics: Resource<Models> = {
  requested: (input) => {
    const { SuccessTopic, ErrorTopic } = outputOf(input)?.NotificationConfig ?? {};
    return [...new Set([SuccessTopic, ErrorTopic])].filter((topic) => topic !== undefined);
  },
  granted: ({ allowedNotificationTopicArns }) => [...allowedNotificationTopicArns],
};

/** S3 encrypts and decrypts with the permissions of who writes and reads. */
const writesWith = (key: Resource<Models>) =>
  ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'].map((action) => need(action, key));

/**
 * What the execution role needs besides. The network:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms. The volume: AWS asks the
 * grant of this role where SageMaker makes endpoints by itself (VolumeKmsKeyId,
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_RecommendationJobInputConfig.html), and scale-outs come without a
 * caller. Captured data: kms:Encrypt as AWS's texts on its other keys have it, kms:GenerateDataKey and kms:Decrypt as S3 needs them:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html. Answers of asynchronous endpoints are written as
 * captured data is, and their topics need sns:Publish:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-create-endpoint-prerequisites.html
 */
export const executionRoleNeeds: readonly Need<Models>[] = [
  ...[networkInterface, subnet, securityGroup].map((on) => need('ec2:CreateNetworkInterface', on)),
  ...['CreateNetworkInterfacePermission', 'DeleteNetworkInterface', 'DeleteNetworkInterfacePermission'].map((action) =>
    need(`ec2:${action}`, networkInterface),
  ),
  ...['NetworkInterfaces', 'Vpcs', 'DhcpOptions', 'Subnets', 'SecurityGroups'].map((of) =>
    need(`ec2:Describe${of}`, everyNetwork),
  ),
  need('kms:CreateGrant', volumeKey, forAwsResource),
  need('kms:Decrypt', volumeKey),
  ...writesWith(captureKey),
  ...writesWith(answersKey),
  need('sns:Publish', topics),
];

/**
 * What the execution role needs for one endpoint.
 *
 * @param hosted `VpcConfig` as CreateModel has it; `KmsKeyId`, `DataCaptureConfig` and `AsyncInferenceConfig` as
 *   CreateEndpointConfig has them
 */
export const requiredOfExecutionRole = (hosted: Input, scope: Scope): Requirement[] =>
  requirementsOf(executionRoleNeeds, hosted, scope);
