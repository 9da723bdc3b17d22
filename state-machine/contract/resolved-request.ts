// A request with nothing left open: every default applied, the image pinned to its digest. Kept as `request.json` of the rollout.
import * as z from 'zod/mini';
import { KeptSettingsSchema, MergedSchema } from './kept-settings.ts';
import { ScalingMetricSchema } from './scaling-metrics.ts';
import { StepPolicySettingsSchema, SuspendableSchema } from './scaling-steps.ts';

export const DocumentRefSchema = z.object({ bucket: z.string(), key: z.string() });
/** A JSON document that this system wrote to its own bucket: state carries the reference, not the contents. */
export type DocumentRef = z.infer<typeof DocumentRefSchema>;

/** One version of one uploaded object. */
export const UploadSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  versionId: z.string(),
  sizeBytes: z.int(),
  lastModified: z.string(),
});
export type Upload = z.infer<typeof UploadSchema>;

export const ResolvedImageSchema = z.object({
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<digest>` */
  uri: z.string(),
  digest: z.string(),
  repositoryName: z.string(),
});
export type ResolvedImage = z.infer<typeof ResolvedImageSchema>;

const instances = {
  instanceType: z.string(),
  instanceCount: z.int(),
  startupTimeoutSeconds: z.nullable(z.int()),
  downloadTimeoutSeconds: z.nullable(z.int()),
};

export const RealtimeHostingSchema = z.object({ type: z.literal('realtime'), ...instances });

export const ServerlessHostingSchema = z.object({
  type: z.literal('serverless'),
  memoryMegabytes: z.int(),
  maximumConcurrency: z.int(),
  /** Left out: nothing is kept warm. */
  provisionedConcurrency: z.optional(z.int()),
});

export const NotificationsSchema = z.object({
  successTopicArn: z.optional(z.string()),
  errorTopicArn: z.optional(z.string()),
  includeInferenceResponseIn: z.optional(z.array(z.enum(['success', 'error']))),
});
/** Topics that hear of each answer of an asynchronous endpoint, and of each failure. */
export type Notifications = z.infer<typeof NotificationsSchema>;

export const AsyncHostingSchema = z.object({
  type: z.literal('async'),
  ...instances,
  maximumConcurrentInvocationsPerInstance: z.nullable(z.int()),
  /** Left out: nobody is notified. */
  notifications: z.optional(NotificationsSchema),
});

export const ResolvedHostingSchema = z.discriminatedUnion('type', [
  RealtimeHostingSchema,
  ServerlessHostingSchema,
  AsyncHostingSchema,
]);
/** What models run on: each kind has its hosting type in `lambdas/core/hosting`. */
export type ResolvedHosting = z.infer<typeof ResolvedHostingSchema>;

export const ScheduleSettingsSchema = z.object({
  name: z.string(),
  expression: z.string(),
  timezone: z.string(),
  minimum: z.optional(z.int()),
  maximum: z.optional(z.int()),
});
/** From a time on other limits, of which one stays where it is left out. */
export type ScheduleSettings = z.infer<typeof ScheduleSettingsSchema>;

export const TargetTrackingSchema = z.object({
  minimum: z.int(),
  maximum: z.int(),
  metric: ScalingMetricSchema,
  target: z.number(),
  scaleInCooldownSeconds: z.int(),
  scaleOutCooldownSeconds: z.int(),
  /** In the order of their names. Left out: none. */
  schedules: z.optional(z.array(ScheduleSettingsSchema)),
  /** In the order of their names. Left out: none. */
  steps: z.optional(z.array(StepPolicySettingsSchema)),
  /** In the order in which the request's schema lists them. Left out: what is suspended stays so, and nothing else. */
  suspended: z.optional(z.array(SuspendableSchema)),
});
/** Target tracking on one variant; `target` in what the metric counts. */
export type TargetTracking = z.infer<typeof TargetTrackingSchema>;

export const CanaryInvocationThresholdsSchema = z.object({
  requests: z.int(),
  maximumErrorPercent: z.number(),
  maximumP99Milliseconds: z.int(),
});
export type CanaryInvocationThresholds = z.infer<typeof CanaryInvocationThresholdsSchema>;

export const ResolvedDataCaptureSchema = z.object({
  samplingPercent: z.int(),
  capture: z.array(z.enum(['input', 'output'])),
  destinationS3Uri: z.string(),
  /** Left out: the bucket's own encryption. */
  kmsKeyArn: z.optional(z.string()),
});
export type ResolvedDataCapture = z.infer<typeof ResolvedDataCaptureSchema>;

/** In the order of their names, which says nothing. */
export const VpcSchema = z.object({ subnetIds: z.array(z.string()), securityGroupIds: z.array(z.string()) });
/** The private network that containers are in. */
export type Vpc = z.infer<typeof VpcSchema>;

export const StrategySettingsSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('allAtOnce') }),
  z.object({ type: z.literal('canary'), canaryPercent: z.int(), waitSeconds: z.int() }),
  z.object({ type: z.literal('linear'), stepPercent: z.int(), waitSeconds: z.int() }),
  z.object({ type: z.literal('rolling'), batchPercent: z.int(), waitSeconds: z.int() }),
]);
export const ResolvedStrategySchema = z.object({
  traffic: StrategySettingsSchema,
  /** How long the old fleet stays after the new one has all traffic; 0 for rolling updates, which have none. */
  terminationWaitSeconds: z.int(),
  /** MaximumExecutionTimeoutInSeconds; null: none is asked for. */
  maximumExecutionSeconds: z.nullable(z.int()),
});
/** How an update moves the traffic. */
export type ResolvedStrategy = z.infer<typeof ResolvedStrategySchema>;
export const ALL_AT_ONCE: ResolvedStrategy = {
  traffic: { type: 'allAtOnce' },
  terminationWaitSeconds: 0,
  maximumExecutionSeconds: null,
};

export const ResolvedAlarmsSchema = z.object({
  /** Of the new fleet; null: no alarm of this kind is made. */
  maximumErrorPercent: z.nullable(z.number()),
  maximumP99Milliseconds: z.nullable(z.int()),
  /** How long the oldest request of an asynchronous endpoint may have waited; left out of every other. */
  maximumOldestRequestSeconds: z.optional(z.int()),
  /** Alarms of the author's own. */
  names: z.array(z.string()),
});
/** What takes an update back while its traffic moves. */
export type ResolvedAlarms = z.infer<typeof ResolvedAlarmsSchema>;

export const ResolvedVariantSchema = z.object({
  name: z.string(),
  weight: z.number(),
  image: ResolvedImageSchema,
  environment: z.record(z.string(), z.string()),
  hosting: ResolvedHostingSchema,
  scaling: z.nullable(TargetTrackingSchema),
  /** The cases that the request brought; they go before those of the archive. */
  goldenCases: z.nullable(DocumentRefSchema),
  /** The sha256 of the artifact that may run code; null: none may. */
  trust: z.nullable(z.string()),
});
/** What is wanted of one variant. */
export type ResolvedVariant = z.infer<typeof ResolvedVariantSchema>;

export const ResolvedRequestSchema = z.object({
  contractVersion: z.int(),
  endpointName: z.string(),
  /**
   * All variants, where they are named. Left out in the short form: one variant, of the name that it has, of which the settings
   * below say everything. Where they are named, those settings are what variants had that say nothing themselves.
   */
  variants: z.optional(z.array(ResolvedVariantSchema)),
  image: ResolvedImageSchema,
  environment: z.record(z.string(), z.string()),
  hosting: ResolvedHostingSchema,
  scaling: z.nullable(TargetTrackingSchema),
  canaryInvocations: CanaryInvocationThresholdsSchema,
  /** The cases that the request brought; they go before those of the archive. */
  goldenCases: z.nullable(DocumentRefSchema),
  networkIsolation: z.boolean(),
  /** Left out: the containers are in no network of the author's. */
  vpc: z.optional(VpcSchema),
  /** Left out: SageMaker's own key. */
  volumeKmsKeyArn: z.optional(z.string()),
  /** Of what an asynchronous endpoint writes. Left out: the bucket's own encryption. */
  answersKmsKeyArn: z.optional(z.string()),
  dataCapture: z.nullable(ResolvedDataCaptureSchema),
  verification: z.enum(['candidate', 'live']),
  /** Null: the candidate has one instance like the live ones. */
  serverlessCandidate: z.nullable(ServerlessHostingSchema),
  strategy: ResolvedStrategySchema,
  /** The sha256 of the artifact that may run code; null: none may. */
  trust: z.nullable(z.string()),
  /** Null: the update is watched by no alarm. */
  alarms: z.nullable(ResolvedAlarmsSchema),
  /** The author's own tags, without ours. */
  tags: z.record(z.string(), z.string()),
  /** What its release keeps for the requests after it; left out by a stack of before settings were kept. */
  settings: z.optional(KeptSettingsSchema),
  /** Left out for a rollback, which has the settings of its own release. */
  merged: z.optional(MergedSchema),
});
export type ResolvedRequest = z.infer<typeof ResolvedRequestSchema>;
