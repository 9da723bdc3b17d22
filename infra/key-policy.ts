// What the owner of the stack's key must allow in its key policy. One table, of which the policy and the page in `docs/` are made.
import { KEY_SERVICES, type KeyService, viaService } from './authorisation-keys.ts';

/** The account and region of stack and key; the stack need not be there yet. */
export interface KeyPolicyScope {
  account: string;
  region: string;
  stackName: string;
}

interface Where extends KeyPolicyScope {
  partition: string;
}

export interface KeyUse {
  readonly sid: string;
  /** Whom the statement allows it: the account, which then decides by IAM policies, or a service of AWS by itself. */
  readonly by: 'the account, by IAM' | 'CloudWatch' | 'EventBridge' | 'CloudWatch Logs';
  readonly actions: readonly string[];
  readonly why: string;
  readonly page: string;
  readonly condition?: (where: Where) => Record<string, Record<string, string | string[]>>;
}

/** These make a grant of their own when the stack is deployed, for what they do without a caller. */
const GRANTED_SERVICES = ['dynamodb', 'lambda', 'ecr'] as const satisfies KeyService[];
const through =
  (services: readonly KeyService[]) =>
  ({ region }: Where) => ({
    StringEquals: { 'kms:ViaService': services.map((service) => viaService(service, region)) },
  });

export const keyUses: readonly KeyUse[] = [
  {
    sid: 'AdministerByIam',
    by: 'the account, by IAM',
    actions: [
      ...['Describe*', 'Enable*', 'List*', 'Put*', 'Update*', 'Revoke*', 'Disable*', 'Get*', 'Delete*'],
      ...[
        'CreateAlias',
        'TagResource',
        'UntagResource',
        'ScheduleKeyDeletion',
        'CancelKeyDeletion',
        'RotateKeyOnDemand',
      ],
    ].map((action) => `kms:${action}`),
    why: 'without it nobody could change the policy again; it encrypts and decrypts nothing',
    page: 'https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html',
  },
  {
    sid: 'UseThroughServices',
    by: 'the account, by IAM',
    actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
    why: 'the stack’s roles, the people of its policies and whoever deploys it, each as far as IAM allows it',
    page: 'https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service',
    condition: through(KEY_SERVICES),
  },
  {
    sid: 'GrantToServices',
    by: 'the account, by IAM',
    actions: ['kms:CreateGrant', 'kms:RetireGrant'],
    why: 'whoever deploys the stack: table, functions and repository keep a grant of their own',
    page: 'https://docs.aws.amazon.com/kms/latest/developerguide/grants.html',
    condition: through(GRANTED_SERVICES),
  },
  {
    sid: 'PublishAlarms',
    by: 'CloudWatch',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    why: 'alarms publish on the encrypted topic',
    page: 'https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html',
  },
  {
    sid: 'KeepUndeliveredEvents',
    by: 'EventBridge',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    // Of a condition on the source AWS says that EventBridge does not support it with a key.
    why: 'events that could not be delivered go to the encrypted queue; a condition on their source is not supported',
    page: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html',
  },
  {
    sid: 'EncryptLogs',
    by: 'CloudWatch Logs',
    actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
    why: 'the log groups of functions and machine, and no others',
    page: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html',
    condition: ({ partition, region, account, stackName }) => ({
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': [
          `/aws/lambda/${stackName}-*`,
          `/aws/vendedlogs/states/${stackName}-*`,
        ].map((name) => `arn:${partition}:logs:${region}:${account}:log-group:${name}`),
      },
    }),
  },
];

/** The whole policy of a key that serves one stack and nothing else; more stacks are more statements like these. */
export function keyPolicy(scope: KeyPolicyScope) {
  const where: Where = { ...scope, partition: partitionOf(scope.region) };
  return {
    Version: '2012-10-17',
    Statement: keyUses.map(({ sid, by, actions, condition }) => ({
      Sid: sid,
      Effect: 'Allow',
      Principal: principal(by, where),
      Action: actions,
      // In a key policy, this key: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
      Resource: '*',
      ...(condition && { Condition: condition(where) }),
    })),
  };
}

function principal(by: KeyUse['by'], { partition, region, account }: Where): Record<string, string> {
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return {
    'the account, by IAM': { AWS: `arn:${partition}:iam::${account}:root` },
    CloudWatch: { Service: 'cloudwatch.amazonaws.com' },
    EventBridge: { Service: 'events.amazonaws.com' },
    'CloudWatch Logs': { Service: `logs.${region}.${suffix}` },
  }[by] as Record<string, string>;
}

/** https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
