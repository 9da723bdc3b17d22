// The role that SageMaker hosts models with.
import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { acknowledgeWildcards } from './acknowledge-wildcards.ts';
import { executionRoleNeeds } from './authorisation-networks.ts';
import { type NamedByRequests, repositoryArn } from './authorisation-resources.ts';
import { grantsOf } from './grants.ts';
import { type StackKeys, useOfKeys } from './stack-keys.ts';

export interface ExecutionRoleProps {
  bucket: IBucket;
  repositoryNames: readonly string[];
  endpointNamePrefix: string;
  keys: StackKeys;
  /** Networks, keys and topics of models. */
  named: NamedByRequests;
}

/**
 * Reads write-once artifacts, writes captured data, reads and writes what asynchronous endpoints are asked and answer, pulls allowed images, writes its endpoints' logs and metrics:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms
 * Where the settings name networks, keys or topics, it is granted what these need.
 *
 * Retained when the stack goes, its policy within it: scale-outs, patches and DeleteEndpoint use it.
 */
export function executionRole(scope: Stack, props: ExecutionRoleProps): Role {
  const { bucket, repositoryNames, endpointNamePrefix, keys, named } = props;
  const { partition, region, account } = scope;
  const logGroups = `arn:${partition}:logs:${region}:${account}:log-group:/aws/sagemaker/Endpoints/${endpointNamePrefix}*`;
  const statements = [
    allow(['s3:GetObject'], [bucket.arnForObjects('artifacts/*')]),
    allow(['s3:ListBucket'], [bucket.bucketArn], { StringLike: { 's3:prefix': ['artifacts/*', 'async/*'] } }),
    allow(['s3:PutObject'], [bucket.arnForObjects('capture/*')]),
    // https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-create-endpoint-prerequisites.html
    allow(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'], [bucket.arnForObjects('async/*')]),
    allow(
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      repositoryNames.map((name) => repositoryArn(scope, name)),
    ),
    allow(['ecr:GetAuthorizationToken'], ['*']),
    allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'], [logGroups]),
    allow(['cloudwatch:PutMetricData'], ['*'], {
      StringLike: { 'cloudwatch:namespace': ['AWS/SageMaker', '/aws/sagemaker/*'] },
    }),
    // Artifacts are read and captures written under the stack's key, by S3 and never by a container.
    ...useOfKeys(scope, keys, ['s3']),
    // Guardrails read their alarms with this role, those that authors name among them:
    // https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
    allow(['cloudwatch:DescribeAlarms'], [`arn:${partition}:cloudwatch:${region}:${account}:alarm:*`]),
  ];
  const ofNamed = grantsOf(executionRoleNeeds, { partition, region, account, ...named }).map((grant) =>
    PolicyStatement.fromJson(grant),
  );
  const role = new Role(scope, 'ExecutionRole', {
    description: `Hosts the models of ${scope.stackName}. Endpoints that outlive the stack still need it.`,
    // https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html
    assumedBy: new ServicePrincipal('sagemaker.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
    inlinePolicies: { HostModels: new PolicyDocument({ statements: [...statements, ...ofNamed] }) },
  });
  role.applyRemovalPolicy(RemovalPolicy.RETAIN);
  acknowledgeWildcards(
    role,
    statements,
    'Artifacts, captures and log groups are many and narrowed by prefix; alarms are read, whatever name their author gave them; ecr:GetAuthorizationToken and cloudwatch:PutMetricData take no resource, the latter is narrowed by namespace.',
  );
  acknowledgeWildcards(
    role,
    ofNamed,
    'Network interfaces have ids that SageMaker chooses, subnets and security groups may be shared by another account, and EC2 describes networks without a resource (infra/authorisation-networks.ts).',
  );
  return role;
}

const allow = (actions: string[], resources: string[], conditions?: PolicyStatement['conditions']) =>
  new PolicyStatement({ actions, resources, conditions });
