// The settings of a stack: what its owner may choose in `cdk.json` or with `cdk deploy -c settings='{...}'`.
import * as z from 'zod/mini';
import { DEFAULT_MAXIMUM_ARCHIVE_BYTES, DEFAULT_MAXIMUM_UNPACKED_BYTES } from '../lambdas/core/archive/limits.ts';
import { unknownKey } from '../lambdas/core/problems/problems.ts';
import { RECOVERY_DELAY_SECONDS } from '../lambdas/core/recovery/recovery-delay.ts';
import { KEY_ARN, KeyArnSchema } from '../state-machine/contract/key-arn.ts';
import { SecurityGroupIdSchema, SubnetIdSchema } from '../state-machine/contract/network.ts';
import { PlatformSettingsSchema } from '../state-machine/contract/platform.ts';
import { TOPIC_ARN, TopicArnSchema } from '../state-machine/contract/topic-arn.ts';
import { SERVING_IMAGE_TARGETS } from './serving-image-tag.ts';

// zod/mini says only "Invalid input" without a language.
z.config(z.locales.en());

/** What its owner did wrong, to be shown without a stack trace. */
export class WrongSettings extends Error {
  override readonly name = 'WrongSettings';
}

const INSTANCE_TYPE = z.string().check(z.regex(/^ml\.[a-z0-9-]+\.[a-z0-9-]+$/, 'must look like ml.m5.large'));
const ENDPOINT_NAME = z.string().check(z.regex(/^[a-z0-9](-*[a-z0-9]){0,62}$/, 'must be a lower-case endpoint name'));
const identifiers = (kind: string, most: number) =>
  z
    .array(
      z.string().check(z.regex(new RegExp(`^${kind}-[0-9a-f]{8,17}$`), `must look like ${kind}-0123456789abcdef0`)),
    )
    .check(z.minLength(1), z.maxLength(most));
/** Functions read them from their environment, which has 4 KB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAXIMUM_TOPIC_CHARACTERS = 400;
/** What CloudWatch Logs takes: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const withDefault = z._default;
const platform = PlatformSettingsSchema.shape;

/** A repository that is deployed keeps the encryption that it was made with: whoever sets a key must say what becomes of it. */
const repositoryEncryptionNeeded = (kmsKeyArn: string) =>
  `must be given with kmsKeyArn, because ECR never changes the encryption of a repository. For a stack that is not deployed yet: ["${kmsKeyArn}"]. ` +
  'For one that is deployed, ["AES256"] keeps its repository as it is; ' +
  `["AES256", "${kmsKeyArn}"] makes a second one, to which images are published from then on (docs/stack-keys-and-network.md#the-repository)`;

export const StackSettingsSchema = z
  .strictObject({
    /** Endpoints must be named with this, in IAM too. Ends with a hyphen, so that no other team's name begins with it by chance. */
    endpointNamePrefix: withDefault(
      z
        .string()
        .check(z.regex(/^([a-z0-9](-*[a-z0-9]){0,30}-)?$/, 'must be empty, or lower case and end with a hyphen')),
      '',
    ),
    /** Where `models/<version>/model.tar.gz` goes; without one such keys are rejected. */
    defaultEndpointName: withDefault(z.nullable(ENDPOINT_NAME), null),
    /** Repositories of this account and region, besides the stack's own, whose images may be rolled out. */
    otherRepositories: withDefault(z.array(z.string().check(z.minLength(2), z.maxLength(256))), []),
    allowedInstanceTypes: withDefault(z.array(INSTANCE_TYPE).check(z.minLength(1)), [
      'ml.t2.medium',
      'ml.t2.large',
      'ml.m5.large',
      'ml.m5.xlarge',
      'ml.m5.2xlarge',
      'ml.c5.large',
      'ml.c5.xlarge',
      'ml.c5.2xlarge',
      'ml.m6i.large',
      'ml.m6i.xlarge',
      'ml.c6i.large',
      'ml.c6i.xlarge',
    ]),
    defaultInstanceType: withDefault(INSTANCE_TYPE, 'ml.m5.large'),
    maximumInstances: withDefault(platform.maximumInstances.check(z.minimum(1), z.maximum(1000)), 10),
    /** Of a serverless endpoint. All of an account's share its quota, and an update takes twice as much. */
    maximumServerlessConcurrency: withDefault(
      platform.maximumServerlessConcurrency.check(z.minimum(1), z.maximum(200)),
      20,
    ),
    /** Subnets and security groups that models may be in; none: no request may name a VPC. */
    allowedSubnetIds: withDefault(z.array(SubnetIdSchema).check(z.maxLength(32)), []),
    allowedSecurityGroupIds: withDefault(z.array(SecurityGroupIdSchema).check(z.maxLength(16)), []),
    /** Keys of this region that requests may name, by their ARNs: policies grant nothing on aliases. */
    allowedKmsKeyArns: withDefault(z.array(KeyArnSchema).check(z.maxLength(8)), []),
    /** Topics of this region that asynchronous endpoints may publish to. */
    allowedNotificationTopicArns: withDefault(z.array(TopicArnSchema).check(z.maxLength(4)), []),
    maximumArchiveBytes: withDefault(platform.maximumArchiveBytes.check(z.minimum(1)), DEFAULT_MAXIMUM_ARCHIVE_BYTES),
    maximumUnpackedBytes: withDefault(
      platform.maximumUnpackedBytes.check(z.minimum(1)),
      DEFAULT_MAXIMUM_UNPACKED_BYTES,
    ),
    /** Whether a rollout without golden cases is rejected; otherwise it may end `verified: healthOnly`. */
    requireGoldenCases: withDefault(z.boolean(), false),
    /** Whether updates must be verified on a candidate endpoint first, whatever a request asks for. */
    requireCandidate: withDefault(z.boolean(), false),
    /** How many releases besides the one that serves are retained for rollbacks. */
    retainedReleases: withDefault(platform.retainedReleases.check(z.minimum(1), z.maximum(20)), 3),
    /** Whether a request may ask for an artifact that runs code of its own. */
    allowTrust: withDefault(z.boolean(), false),
    /** Whether the execution of a rollout that a newer one took the place of ends FAILED, not SUCCEEDED. */
    supersededFails: withDefault(z.boolean(), false),
    /**
     * How long a recovery waits after a stopped execution's end. Less than the default is for a cloud whose functions never
     * run into their timeouts, as the local one: elsewhere a late call of the stopped rollout could undo what the recovery did.
     */
    recoveryDelaySeconds: withDefault(
      platform.recoveryDelaySeconds.check(z.minimum(1), z.maximum(3600)),
      RECOVERY_DELAY_SECONDS,
    ),
    /** Tag of the serving image; default: a digest of the image's own source, which `npm run image:publish` uses too. */
    servingImageTag: z.optional(z.string().check(z.regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/))),
    /** Which of its sizes: `full` has scikit-learn, onnxruntime, XGBoost and LightGBM, `lite` has none of them. */
    servingImageTarget: withDefault(z.enum(SERVING_IMAGE_TARGETS), 'full'),
    /** Who hears by e-mail how rollouts end. Each address has to confirm its subscription. */
    notificationEmails: withDefault(z.array(z.email()), []),
    /** An existing SNS topic for the alarms; default: the topic of the outcomes. */
    alarmTopicArn: withDefault(z.nullable(TopicArnSchema), null),
    logRetentionDays: withDefault(z.literal(RETENTION_DAYS), 90),
    /** How long replaced and deleted uploads can be brought back. What was rolled out is stored apart, without end. */
    uploadHistoryDays: withDefault(z.int().check(z.minimum(1), z.maximum(3650)), 90),
    /** A customer managed key for all that the stack stores. Default: the services' own keys. */
    kmsKeyArn: withDefault(z.nullable(KeyArnSchema), null),
    /** Keys that `kmsKeyArn` named before: what was written under them is read with them. */
    formerKmsKeyArns: withDefault(z.array(KeyArnSchema).check(z.maxLength(5)), []),
    /**
     * How the repositories of the serving image are encrypted: `AES256`, or a key. One repository for each, images are
     * published to the last. Default: one, AES256; with `kmsKeyArn` it must be given, for ECR never changes it.
     */
    repositoryEncryption: withDefault(
      z.nullable(z.array(z.union([z.literal('AES256'), KeyArnSchema])).check(z.minLength(1), z.maxLength(5))),
      null,
    ),
    /** Where the functions run. Default: outside of any VPC of yours. https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html */
    vpc: withDefault(
      z.nullable(z.strictObject({ subnetIds: identifiers('subnet', 16), securityGroupIds: identifiers('sg', 5) })),
      null,
    ),
  })
  .check((context) => {
    const { defaultInstanceType, allowedInstanceTypes, defaultEndpointName, endpointNamePrefix } = context.value;
    const { kmsKeyArn, repositoryEncryption, allowedNotificationTopicArns } = context.value;
    const complain = (key: string, message: string) =>
      context.issues.push({ code: 'custom', path: [key], message, input: context.value });
    if (!allowedInstanceTypes.includes(defaultInstanceType)) {
      complain('defaultInstanceType', `${defaultInstanceType} must be one of allowedInstanceTypes`);
    }
    if (defaultEndpointName !== null && !defaultEndpointName.startsWith(endpointNamePrefix)) {
      complain(
        'defaultEndpointName',
        `${defaultEndpointName} must begin with endpointNamePrefix, ${endpointNamePrefix}`,
      );
    }
    const topics = allowedNotificationTopicArns.join('').length;
    if (topics > MAXIMUM_TOPIC_CHARACTERS) {
      const message = `must have at most ${MAXIMUM_TOPIC_CHARACTERS} characters in all, and has ${topics}: the environment of a function has room for no more`;
      complain('allowedNotificationTopicArns', message);
    }
    if (kmsKeyArn !== null && repositoryEncryption === null) {
      complain('repositoryEncryption', repositoryEncryptionNeeded(kmsKeyArn));
    }
    if (new Set(repositoryEncryption).size !== (repositoryEncryption ?? []).length) {
      complain('repositoryEncryption', 'must name each encryption once');
    }
  });
export type StackSettings = z.infer<typeof StackSettingsSchema>;

/**
 * Settings with every default applied.
 *
 * @param context the CDK context's `settings`: an object, or JSON text when it came from the command line
 * @param region the one that the stack is deployed to, as the CDK CLI tells; undefined where nobody knows it yet
 * @throws WrongSettings, which lists every problem
 */
export function stackSettings(context: unknown = {}, region?: string): StackSettings {
  const given = typeof context === 'string' ? parseJson(context) : context;
  const result = StackSettingsSchema.safeParse(given);
  const problems = [
    ...(result.success ? [] : result.error.issues.flatMap(issueProblems)),
    ...regionProblems((given ?? {}) as Partial<Record<keyof StackSettings, unknown>>, region),
  ];
  if (result.success && problems.length === 0) return result.data;
  throw new WrongSettings(`The stack's settings are not valid:\n${problems.map((each) => `  - ${each}`).join('\n')}`);
}

function issueProblems(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(StackSettingsSchema.shape);
    return issue.keys.map((key) => `${[...issue.path, key].join('.')}: ${unknownKey(key, known)}`);
  }
  return [`${issue.path.join('.') || 'settings'}: ${issue.message}`];
}

/**
 * An alarm of CloudWatch tells topics of its own region alone, and a key encrypts in its own region:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/US_SetupSNS.html,
 * https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html
 */
function regionProblems(given: Partial<Record<keyof StackSettings, unknown>>, region: string | undefined): string[] {
  const { alarmTopicArn, kmsKeyArn, formerKmsKeyArns, repositoryEncryption, allowedKmsKeyArns } = given;
  const { allowedNotificationTopicArns } = given;
  const elsewhere = (pattern: RegExp, arn: unknown, say: (found: string) => string): string[] => {
    const found = typeof arn === 'string' ? pattern.exec(arn)?.groups?.region : undefined;
    return found === undefined || region === undefined || found === region ? [] : [say(found)];
  };
  const elsewhereKey = (setting: string, arn: unknown) =>
    elsewhere(
      KEY_ARN,
      arn,
      (found) =>
        `${setting}: The key is in ${found}, and the stack goes to ${region}. A key encrypts in its own region only.`,
    );
  const elsewhereTopic = (setting: string, arn: unknown, why: string) =>
    elsewhere(
      TOPIC_ARN,
      arn,
      (found) =>
        `${setting}: The topic is in ${found}, and the stack goes to ${region}. ${why} a topic of its own region only.`,
    );
  const each = (setting: string, arns: unknown, say: (where: string, arn: unknown) => string[]) =>
    (Array.isArray(arns) ? arns : []).flatMap((arn, index) => say(`${setting}.${index}`, arn));
  return [
    ...elsewhereTopic('alarmTopicArn', alarmTopicArn, 'An alarm tells'),
    ...elsewhereKey('kmsKeyArn', kmsKeyArn),
    ...each('formerKmsKeyArns', formerKmsKeyArns, elsewhereKey),
    ...each('repositoryEncryption', repositoryEncryption, elsewhereKey),
    ...each('allowedKmsKeyArns', allowedKmsKeyArns, elsewhereKey),
    ...each('allowedNotificationTopicArns', allowedNotificationTopicArns, (where, arn) =>
      elsewhereTopic(where, arn, 'An endpoint publishes to'),
    ),
  ];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new WrongSettings(`The stack's settings are not JSON: ${(error as Error).message}`);
  }
}
