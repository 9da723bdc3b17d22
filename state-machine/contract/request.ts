// What a person or a service asks for: one schema for the console, the manifest (`rollout.json`) and the typed client.
import * as z from 'zod/mini';
import { EndpointNameSchema } from './endpoint-name.ts';
import { excludedText } from './excluded.ts';
import { GoldenCaseSchema } from './golden-cases.ts';
import { KEPT } from './kept.ts';
import { EncryptionSchema, NetworkSchema } from './network.ts';
import { InstanceCountSchema, ScalingSchema } from './scaling-request.ts';
import { StrategySchema } from './strategy-request.ts';
import { TopicArnSchema } from './topic-arn.ts';
import { VariantNameSchema } from './variant-name.ts';

const describe = z.describe;

const S3UriSchema = z.string().check(z.regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/.+$/), z.maxLength(1024));
const InstanceTypeSchema = z
  .string()
  .check(z.regex(/^ml\.[a-z0-9-]+\.[a-z0-9-]+$/), describe('For example ml.m5.large.'));
// Both 60 to 3600 s: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
const TimeoutSecondsSchema = z.int().check(z.minimum(60), z.maximum(3600));
const Sha256Schema = z.string().check(z.regex(/^[0-9a-f]{64}$/));

const ModelLocationSchema = z.strictObject({
  s3Uri: S3UriSchema.check(describe("s3://<the stack's bucket>/models/<endpoint>/<version>/model.tar.gz")),
  versionId: z.optional(z.string().check(z.minLength(1), z.maxLength(1024), describe('Default: the current version.'))),
});

const ImageSchema = z
  .string()
  .check(z.minLength(1), z.maxLength(255), describe('An ECR image by tag or digest. Default: the serving image.'));

const InstancesSchema = {
  instanceType: z.optional(InstanceTypeSchema),
  instanceCount: z.optional(InstanceCountSchema),
  startupTimeoutSeconds: z.optional(
    TimeoutSecondsSchema.check(
      describe('ContainerStartupHealthCheckTimeoutInSeconds: how long /ping may take to answer 200.'),
    ),
  ),
  downloadTimeoutSeconds: z.optional(TimeoutSecondsSchema.check(describe('ModelDataDownloadTimeoutInSeconds.'))),
};

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantServerlessConfig.html */
const MemoryMegabytesSchema = z.literal([1024, 2048, 3072, 4096, 5120, 6144]);

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceNotificationConfig.html */
const NotificationsSchema = z.strictObject({
  successTopicArn: z.optional(TopicArnSchema.check(describe('Hears of each answer.'))),
  errorTopicArn: z.optional(TopicArnSchema.check(describe('Hears of each request that failed.'))),
  includeInferenceResponseIn: z.optional(
    z
      .array(z.enum(['success', 'error']))
      .check(
        z.minLength(1),
        z.maxLength(2),
        describe('Topics whose messages carry the response itself, up to 128 KB. Default: none, only where it is.'),
      ),
  ),
});

export const HostingSchema = z.discriminatedUnion('type', [
  z
    .strictObject({ type: z.literal('realtime'), ...InstancesSchema })
    .check(describe(`Instances that answer at once. ${excludedText('realtime')}`)),
  z
    .strictObject({
      type: z.literal('serverless'),
      memoryMegabytes: MemoryMegabytesSchema,
      maximumConcurrency: z
        .int()
        .check(z.minimum(1), z.maximum(200), describe('Requests at once; beyond it callers get 429.')),
      provisionedConcurrency: z.optional(
        z.int().check(z.minimum(1), z.maximum(200), describe('So many are always warm, and paid for. Default: none.')),
      ),
    })
    .check(describe(`Containers that start as requests come. ${excludedText('serverless')}`)),
  z
    .strictObject({
      type: z.literal('async'),
      ...InstancesSchema,
      // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceClientConfig.html
      maximumConcurrentInvocationsPerInstance: z.optional(
        z.int().check(z.minimum(1), z.maximum(1000), describe('Default: SageMaker chooses.')),
      ),
      notifications: z.optional(
        NotificationsSchema.check(
          describe('Topics of Amazon SNS that the platform lists. Default: who asked looks for the answer.'),
        ),
      ),
    })
    .check(describe(`Instances that work off a queue, and write answers to S3. ${excludedText('async')}`)),
]);

const CASES = {
  cases: z.optional(
    z.array(GoldenCaseSchema).check(z.minLength(1), z.maxLength(100), describe('At most 8 KiB as JSON.')),
  ),
  casesS3Uri: z.optional(
    S3UriSchema.check(describe("In place of `cases`: an object in the stack's bucket under golden-cases/.")),
  ),
};

export const CanaryInvocationsSchema = z.strictObject({
  ...CASES,
  requests: z.optional(z.int().check(z.minimum(1), z.maximum(1000), describe('Requests to measure with. Default 20.'))),
  maximumErrorPercent: z.optional(z.number().check(z.minimum(0), z.maximum(100), describe('Default 0.'))),
  maximumP99Milliseconds: z.optional(z.int().check(z.minimum(1), z.maximum(60000), describe('Default 5000.'))),
});

const AlarmsSchema = z.strictObject({
  maximumErrorPercent: z.optional(z.number().check(z.gt(0), z.maximum(100))),
  maximumP99Milliseconds: z.optional(z.int().check(z.minimum(1))),
  maximumOldestRequestSeconds: z.optional(
    z
      .int()
      .check(z.minimum(60), z.maximum(21_600), describe('In the queue of an asynchronous endpoint. Default 3600.')),
  ),
  names: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(255))).check(z.maxLength(10))),
});

/** Paths in the archive, as they are written there; a folder ends with a slash. */
const IgnoreSchema = z
  .array(z.string().check(z.minLength(1), z.maxLength(256)))
  .check(
    z.minLength(1),
    z.maxLength(20),
    describe('Files and folders of the archive that the image may leave aside, for example "code/".'),
  );

export const DataCaptureSchema = z.strictObject({
  samplingPercent: z.int().check(z.minimum(0), z.maximum(100)),
  capture: z.optional(
    z.array(z.enum(['input', 'output'])).check(z.minLength(1), z.maxLength(2), describe('Default both.')),
  ),
});

// Limits: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
const EnvironmentSchema = z.record(
  z
    .string()
    .check(
      z.regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,1023}$/),
      describe(
        'Letters, digits and underscores, not beginning with a digit; not SAGEMAKER_ or AWS_, but for settings of the image.',
      ),
    ),
  z.string().check(z.maxLength(1024)),
);

// Limits: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html ; 50 in all, some of which are ours.
const TagsSchema = z.record(
  z
    .string()
    .check(
      z.regex(/^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u),
      describe('1 to 128 letters, digits, blanks and _.:/=+-@, not beginning with aws:'),
    ),
  z
    .string()
    .check(
      z.regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u),
      describe('At most 256 letters, digits, blanks and _.:/=+-@'),
    ),
);

/** What a setting of the same name says of all variants goes behind what is said of one. */
export const VariantRequestSchema = z.strictObject({
  name: VariantNameSchema,
  weight: z.optional(
    z
      .number()
      .check(
        z.minimum(0),
        z.maximum(1_000_000),
        describe(
          'Its share of the traffic is its weight over the sum of all weights. Default: as it is; of a new one 1.',
        ),
      ),
  ),
  model: z.optional(ModelLocationSchema),
  image: z.optional(ImageSchema),
  environment: z.optional(EnvironmentSchema),
  trust: z.optional(Sha256Schema),
  ignore: z.optional(IgnoreSchema),
  hosting: z.optional(HostingSchema),
  scaling: z.optional(ScalingSchema),
  canaryInvocations: z.optional(
    z
      .strictObject(CASES)
      .check(describe('Its golden cases; all else of canaryInvocations is said of all variants at once.')),
  ),
});

export const schemaReference = z.optional(z.string().check(describe('For editors; ignored.')));
export const CorrelationIdSchema = z
  .string()
  .check(z.minLength(1), z.maxLength(128), describe('Comes back in the outcome.'));
export const VerificationSchema = z
  .enum(['candidate', 'live'])
  .check(
    describe(
      'Where an update is verified first: on a candidate endpoint of its own, or only on the live one. Default candidate.',
    ),
  );

export const CandidateSchema = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('instance') }),
    z.strictObject({ type: z.literal('serverless'), memoryMegabytes: z.optional(MemoryMegabytesSchema) }),
  ])
  .check(
    describe(
      'What the candidate runs on: one instance like the live ones, which is the default, or serverless, where network.isolation must be false.',
    ),
  );

const ResetSchema = z
  .union([z.literal('all'), z.array(z.enum(KEPT)).check(z.minLength(1))])
  .check(
    describe(
      "Settings whose value from the newest release is forgotten: they are the request's, the manifest's or the platform's.",
    ),
  );

/**
 * A rollout request. Everything but the endpoint's name is optional: what is left out comes from the endpoint's manifest,
 * then from its newest release (`kept.ts`), then from the platform's defaults. Without `model` the artifact that serves now
 * stays, and only settings change.
 */
export const RolloutRequestSchema = z.strictObject({
  $schema: schemaReference,
  action: z.optional(z.literal('deploy')),
  endpointName: z.optional(EndpointNameSchema),
  model: z.optional(ModelLocationSchema),
  variants: z.optional(
    z
      .array(VariantRequestSchema)
      .check(
        z.minLength(1),
        z.maxLength(10),
        describe('The production variants, all of them: one that is left out is removed. Default: as they are.'),
      ),
  ),
  image: z.optional(ImageSchema),
  environment: z.optional(EnvironmentSchema),
  trust: z.optional(
    Sha256Schema.check(describe('The sha256, 64 hexadecimal digits, of an artifact that may run code.')),
  ),
  ignore: z.optional(IgnoreSchema),
  hosting: z.optional(HostingSchema),
  strategy: z.optional(StrategySchema),
  scaling: z.optional(ScalingSchema),
  canaryInvocations: z.optional(CanaryInvocationsSchema),
  alarms: z.optional(AlarmsSchema),
  network: z.optional(NetworkSchema),
  encryption: z.optional(EncryptionSchema),
  dataCapture: z.optional(DataCaptureSchema),
  tags: z.optional(TagsSchema),
  verification: z.optional(VerificationSchema),
  candidate: z.optional(CandidateSchema),
  reset: z.optional(ResetSchema),
  correlationId: z.optional(CorrelationIdSchema),
});
export type RolloutRequest = z.input<typeof RolloutRequestSchema>;
