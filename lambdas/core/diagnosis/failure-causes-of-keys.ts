// What AWS says when a right on a key or a network is missing, or a key cannot be used, and the statement that mends it.
// How IAM words a denial: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
// How KMS words the state of a key: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
import type { FailureRule } from './failure-rule.ts';

const said = ['failure', 'reason'] as const;

/** The denial of an action to a role; `why`: how the sentence goes on. */
const denied = (action: string, why = '') =>
  new RegExp(
    `arn:(?<partition>aws[a-z-]{0,20}):(?:sts|iam)::(?<account>\\d{12}):(?:assumed-)?role/(?<role>[\\w+=,.@-]{1,128}).{0,200}?` +
      `is not authorized to perform:? (?<action>${action})` +
      `(?: on (?:the )?resource:? "?(?<resource>[^\\s",]{1,300})"?)?${why}`,
  );
const BY_KEY_POLICY = '.{0,60}?\\b(?:no resource-based policy|explicit deny in a resource-based policy)';

const FOR_AWS = '"Condition":{"Bool":{"kms:GrantIsForAWSResource":"true"}}';
const PRINCIPAL = '"Principal":{"AWS":"arn:{partition}:iam::{account}:role/{role}"}';
const PAGE = 'More: docs/networks-and-keys.md.';
const BY_SETTING =
  'The stack grants it on the keys of its setting allowedKmsKeyArns: add the key there and deploy, or by hand to the role';

export const failureCausesOfKeys: readonly FailureRule[] = [
  {
    cause: 'keyNotUsable',
    found: said,
    pattern:
      /(?:KMSInvalidState|(?<![A-Za-z])Disabled)Exception|(?<key>arn:aws[a-z-]{0,20}:kms:[\w:/-]{1,200})'? (?:is (?:disabled|pending (?:multi-region )?(?:deletion|import|replica deletion)|unavailable)|does not exist)|KMS key\b.{0,200}?\bis (?:disabled|pending deletion|not enabled)/i,
    summary:
      'A key of AWS KMS that the endpoint needs cannot be used: it is disabled, about to be deleted, or gone. {key}',
    nextStep:
      'Enable the key (aws kms enable-key), or take its deletion back (aws kms cancel-key-deletion), and start again. Every new instance needs it: a key stays as long as an endpoint, or a release to go back to, names it. For another key, name that under encryption in the request.',
  },
  {
    cause: 'permissionMissing',
    found: said,
    pattern: denied('kms:CreateGrant', BY_KEY_POLICY),
    summary: "The key's own policy does not let the role {role} give SageMaker a grant on {resource}.",
    nextStep: `The owner of the key adds to its policy: {"Effect":"Allow",${PRINCIPAL},"Action":"kms:CreateGrant","Resource":"*",${FOR_AWS}}. Then start again. ${PAGE}`,
  },
  {
    cause: 'permissionMissing',
    found: said,
    pattern: denied('kms:\\w{1,40}', BY_KEY_POLICY),
    summary: "The key's own policy does not allow the role {role} {action} on {resource}.",
    nextStep: `The owner of the key adds to its policy: {"Effect":"Allow",${PRINCIPAL},"Action":"{action}","Resource":"*"}. Then start again. ${PAGE}`,
  },
  {
    cause: 'permissionMissing',
    found: said,
    pattern: denied('kms:CreateGrant'),
    summary: 'The role {role} may not give SageMaker a grant on the key {resource}.',
    nextStep: `${BY_SETTING}: {"Effect":"Allow","Action":"kms:CreateGrant","Resource":"{resource}",${FOR_AWS}}. ${PAGE}`,
  },
  {
    cause: 'permissionMissing',
    found: said,
    pattern: denied('kms:\\w{1,40}'),
    summary: 'The role {role} lacks {action} on the key {resource}.',
    nextStep: `${BY_SETTING}: {"Effect":"Allow","Action":"{action}","Resource":"{resource}"}. ${PAGE}`,
  },
  {
    // https://github.com/aws/amazon-sagemaker-examples/issues/4461
    cause: 'permissionMissing',
    found: said,
    pattern:
      /role\/(?<role>[\w+=,.@/-]{1,200})'? is invalid.{0,300}?"sns:Publish" permissions for topic "(?<topic>[^"]{1,300})"/,
    summary:
      'The role {role} that hosts the model may not publish to the topic {topic}, which hosting.notifications names.',
    nextStep: `The stack grants it on the topics of its setting allowedNotificationTopicArns: add the topic there and deploy, or by hand to the role: {"Effect":"Allow","Action":"sns:Publish","Resource":"{topic}"}. ${PAGE}`,
  },
  {
    // https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms
    cause: 'permissionMissing',
    found: said,
    pattern:
      /(?:role\/(?<role>[\w+=,.@-]{1,128}).{0,300}?)?(?:not authorized to perform:?|does not have(?: the)?(?: permissions?)?(?: to call| for)?) (?<action>ec2:\w{1,60})/i,
    summary: 'The role {role} that hosts the model lacks {action}, which a model in a VPC needs.',
    nextStep:
      'The stack grants it where its setting allowedSubnetIds lists subnets: deploy with it. By hand, to the execution role: {"Effect":"Allow","Action":["ec2:CreateNetworkInterface","ec2:CreateNetworkInterfacePermission","ec2:DeleteNetworkInterface","ec2:DeleteNetworkInterfacePermission","ec2:DescribeNetworkInterfaces","ec2:DescribeVpcs","ec2:DescribeDhcpOptions","ec2:DescribeSubnets","ec2:DescribeSecurityGroups"],"Resource":"*"}.',
  },
];
