// The members of a live configuration, and of its models, that an update takes over. Every other one that is set is refused by name.
import { KEY_ARN } from '../../../state-machine/contract/key-arn.ts';
import type { Answers } from '../../../state-machine/contract/plan.ts';
import { DATA_CAPTURE_CONTENT_TYPES } from '../endpoint/data-capture.ts';
import { isMembers } from '../endpoint/members.ts';
import { canonicalJson } from '../naming/names.ts';
import { environmentProblems } from '../request/environment-problems.ts';

/** What every rollout of this stack sets in its own way. */
export interface OwnWays {
  /** The role that models run with. */
  readonly executionRoleArn: string;
  /** Where requests and answers are captured. */
  readonly captureS3Uri: string;
  /** Where asynchronous endpoints write their answers, and why there is none. */
  readonly answers: Pick<Answers, 'outputS3Uri' | 'failureS3Uri'>;
}

export interface Fault {
  /** Below the member; empty: the member itself. */
  readonly at: string;
  readonly message: string;
}

export interface CarriedMember {
  /** Below the answer; `[]` stands for each entry of a list. */
  readonly path: string;
  /** The setting of a request that stands for it; null: it is taken over without one, or replaced. */
  readonly setting: string | null;
  /** What becomes of it, for people. */
  readonly how: string;
  /** Why some values are not taken over. */
  readonly faults?: (value: unknown, ways: OwnWays) => readonly Fault[];
  /** The setting's value, where it is another one than the member's. `values`: of every entry of a list. */
  readonly read?: (values: readonly unknown[]) => unknown;
}

type More = Pick<CarriedMember, 'faults' | 'read'>;
const setting = (path: string, name: string, more: More = {}): CarriedMember => ({
  ...{ path, setting: name, how: `as \`${name}\`` },
  ...more,
});
const carried = (path: string, how: string, more: More = {}): CarriedMember => ({ path, setting: null, how, ...more });

/** Only the value that every rollout gives. `why`: what to do with another one. */
const only = (value: (ways: OwnWays) => unknown, why: (ways: OwnWays) => string): More => ({
  faults: (found, ways) =>
    canonicalJson(found) === canonicalJson(value(ways)) ? [] : [{ at: '', message: why(ways) }],
});

/** SageMaker takes four ways of naming a key, and requests one. */
const byArn: More = {
  faults: (found) =>
    KEY_ARN.test(String(found))
      ? []
      : [{ at: '', message: 'Requests name a key by its ARN alone, no alias and no id: name it so there.' }],
};

/** In which order they are answered is not documented. */
const inOrder: More = { read: (values) => [...values].sort() };

/** Only the folder of this stack, with or without its last slash. */
const onlyIn = (own: (ways: OwnWays) => string, why: (own: string) => string): More => ({
  faults: (found, ways) => (folder(found) === folder(own(ways)) ? [] : [{ at: '', message: why(own(ways)) }]),
});
const OWN_FOLDER = "only if it is the stack's own folder";

const AS_IT_IS = 'as it is';
const REPLACED = 'replaced by the rollout';

export const CARRIED_OF_ENDPOINT_CONFIG: readonly CarriedMember[] = [
  carried('ProductionVariants[].VariantName', AS_IT_IS),
  carried('ProductionVariants[].ModelName', REPLACED),
  setting('ProductionVariants[].InstanceType', 'hosting.instanceType'),
  setting('ProductionVariants[].InitialInstanceCount', 'hosting.instanceCount'),
  setting('ProductionVariants[].ServerlessConfig.MemorySizeInMB', 'hosting.memoryMegabytes'),
  setting('ProductionVariants[].ServerlessConfig.MaxConcurrency', 'hosting.maximumConcurrency'),
  setting('ProductionVariants[].ServerlessConfig.ProvisionedConcurrency', 'hosting.provisionedConcurrency'),
  carried('ProductionVariants[].InitialVariantWeight', AS_IT_IS),
  setting('ProductionVariants[].ModelDataDownloadTimeoutInSeconds', 'hosting.downloadTimeoutSeconds'),
  setting('ProductionVariants[].ContainerStartupHealthCheckTimeoutInSeconds', 'hosting.startupTimeoutSeconds'),
  carried('DataCaptureConfig.EnableCapture', 'only if it is true', {
    ...only(
      () => true,
      () => 'Rollouts write no data capture that is switched off.',
    ),
  }),
  setting('DataCaptureConfig.InitialSamplingPercentage', 'dataCapture.samplingPercent'),
  carried(
    'DataCaptureConfig.DestinationS3Uri',
    OWN_FOLDER,
    onlyIn(
      ({ captureS3Uri }) => captureS3Uri,
      (own) => `Rollouts capture to ${own} alone.`,
    ),
  ),
  setting('DataCaptureConfig.KmsKeyId', 'encryption.captureKmsKeyArn', byArn),
  setting('DataCaptureConfig.CaptureOptions[].CaptureMode', 'dataCapture.capture', { read: captures }),
  carried('DataCaptureConfig.CaptureContentTypeHeader', 'only if it is application/json and text/csv', {
    ...only(
      () => DATA_CAPTURE_CONTENT_TYPES,
      () => `Rollouts capture as text what is ${JSON.stringify(DATA_CAPTURE_CONTENT_TYPES)}, and nothing else.`,
    ),
  }),
  carried(
    'AsyncInferenceConfig.OutputConfig.S3OutputPath',
    OWN_FOLDER,
    onlyIn(
      ({ answers }) => answers.outputS3Uri,
      (own) => `Rollouts let answers be written to ${own} alone: write them there first, where whoever asks looks.`,
    ),
  ),
  carried(
    'AsyncInferenceConfig.OutputConfig.S3FailurePath',
    OWN_FOLDER,
    onlyIn(
      ({ answers }) => answers.failureS3Uri,
      (own) => `Rollouts let failures be written to ${own} alone.`,
    ),
  ),
  setting('AsyncInferenceConfig.OutputConfig.KmsKeyId', 'encryption.answersKmsKeyArn', byArn),
  setting('AsyncInferenceConfig.OutputConfig.NotificationConfig.SuccessTopic', 'hosting.notifications.successTopicArn'),
  setting('AsyncInferenceConfig.OutputConfig.NotificationConfig.ErrorTopic', 'hosting.notifications.errorTopicArn'),
  setting(
    'AsyncInferenceConfig.OutputConfig.NotificationConfig.IncludeInferenceResponseIn[]',
    'hosting.notifications.includeInferenceResponseIn',
    { read: included },
  ),
  setting(
    'AsyncInferenceConfig.ClientConfig.MaxConcurrentInvocationsPerInstance',
    'hosting.maximumConcurrentInvocationsPerInstance',
  ),
  setting('KmsKeyId', 'encryption.volumeKmsKeyArn', byArn),
  carried('MetricsConfig.EnableEnhancedMetrics', AS_IT_IS),
  carried('MetricsConfig.EnableDetailedObservability', AS_IT_IS),
  carried('MetricsConfig.MetricPublishFrequencyInSeconds', AS_IT_IS),
];

export const CARRIED_OF_MODEL: readonly CarriedMember[] = [
  setting('PrimaryContainer.Image', 'image'),
  carried('PrimaryContainer.ModelDataUrl', REPLACED),
  setting('PrimaryContainer.Environment', 'environment', { faults: environmentFaults }),
  setting('EnableNetworkIsolation', 'network.isolation'),
  setting('VpcConfig.Subnets[]', 'network.vpc.subnetIds', inOrder),
  setting('VpcConfig.SecurityGroupIds[]', 'network.vpc.securityGroupIds', inOrder),
  carried('ExecutionRoleArn', "only if it is the stack's own role", {
    ...only(
      ({ executionRoleArn }) => executionRoleArn,
      ({ executionRoleArn }) =>
        `Rollouts run models with ${executionRoleArn} alone: allow it what the container needs, and move the endpoint to a model that has it.`,
    ),
  }),
];

const folder = (uri: unknown): string => String(uri).replace(/\/$/, '');

function included(topics: readonly unknown[]): string[] {
  const has = (topic: string) => topics.includes(`${topic}_NOTIFICATION_TOPIC`);
  return [...(has('ERROR') ? ['error'] : []), ...(has('SUCCESS') ? ['success'] : [])];
}

function captures(modes: readonly unknown[]): string[] {
  const has = (mode: string) => modes.includes(mode) || modes.includes('InputAndOutput');
  return [...(has('Input') ? ['input'] : []), ...(has('Output') ? ['output'] : [])];
}

/** Of variables that no request may set, without their values. */
function environmentFaults(value: unknown): Fault[] {
  if (!isMembers(value)) return [];
  const texts = Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
  return environmentProblems(texts).map(({ where, message }) => ({
    at: where.replace(/^environment\.?/, ''),
    message: `No request may set it: ${message}`,
  }));
}
