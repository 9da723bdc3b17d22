// The plan names everything before anything is made, and records what was live: all that the rollback needs. Kept as `plan.json`.
import * as z from 'zod/mini';
import { SettingChangeSchema } from './kept-settings.ts';
import { MetricsConfigSchema } from './metrics-config.ts';
import {
  DocumentRefSchema,
  NotificationsSchema,
  ResolvedAlarmsSchema,
  ResolvedDataCaptureSchema,
  ResolvedRequestSchema,
  ResolvedStrategySchema,
  VpcSchema,
} from './resolved-request.ts';
import { FoundScalingSchema, ScalingTargetSchema } from './scaling-target.ts';
import { VariantRoleSchema, VariantSchema } from './variant.ts';
import { WeightStepSchema } from './weight-shift.ts';

export const ModelSpecSchema = z.object({
  name: z.string(),
  imageUri: z.string(),
  modelDataUrl: z.string(),
  environment: z.record(z.string(), z.string()),
  networkIsolation: z.boolean(),
  /** Left out where there is none, so that such a model has the name that it had. */
  vpc: z.optional(VpcSchema),
});
/** What CreateModel is called with; its name is derived from all the rest. */
export type ModelSpec = z.infer<typeof ModelSpecSchema>;

export const AnswersSchema = z.object({
  outputS3Uri: z.string(),
  failureS3Uri: z.string(),
  /** Left out: the bucket's own encryption. */
  kmsKeyArn: z.optional(z.string()),
  /** Left out: nobody is notified. */
  notifications: z.optional(NotificationsSchema),
});
/** Where an asynchronous endpoint writes its answers, and why there is none, and who hears of them. */
export type Answers = z.infer<typeof AnswersSchema>;

export const EndpointConfigSpecSchema = z.object({
  name: z.string(),
  variants: z.array(VariantSchema),
  dataCapture: z.nullable(ResolvedDataCaptureSchema),
  /** Null: left to SageMaker, for a candidate that has no instances. */
  metrics: z.nullable(MetricsConfigSchema),
  /** Of the instances' volumes. Left out where there is none. */
  volumeKmsKeyArn: z.optional(z.string()),
  /** Of an asynchronous endpoint; left out of every other. */
  answers: z.optional(AnswersSchema),
});
/** What CreateEndpointConfig is called with; its name is derived from all the rest. */
export type EndpointConfigSpec = z.infer<typeof EndpointConfigSpecSchema>;

export const ConcurrencySchema = z.object({
  maximum: z.int(),
  /** Null: nothing is kept warm. */
  provisioned: z.nullable(z.int()),
});
/** How many requests a serverless variant answers at once. */
export type Concurrency = z.infer<typeof ConcurrencySchema>;

export const VariantRecordSchema = z.object({
  name: z.string(),
  role: VariantRoleSchema,
  /** Null: it has none, for inference components; left out by a plan of before it was recorded. */
  modelName: z.optional(z.nullable(z.string())),
  /** Null: it has no instances. */
  desiredInstanceCount: z.nullable(z.int()),
  instanceType: z.nullable(z.string()),
  weight: z.number(),
  /** Of its configuration. */
  initialWeight: z.number(),
  /** Of its configuration; null: it has no instances. Left out by a plan of before it was recorded. */
  initialInstanceCount: z.optional(z.nullable(z.int())),
  /** Of a serverless variant, as it is and as its configuration says; left out of every other. */
  concurrency: z.optional(ConcurrencySchema),
  initialConcurrency: z.optional(ConcurrencySchema),
});
export type VariantRecord = z.infer<typeof VariantRecordSchema>;

export const EndpointRecordSchema = z.object({
  endpointConfigName: z.string(),
  variants: z.array(VariantRecordSchema),
  metrics: MetricsConfigSchema,
  tags: z.record(z.string(), z.string()),
  /** Those that were there. */
  scalingTargets: z.array(FoundScalingSchema),
});
/** What was live before the rollout. */
export type EndpointRecord = z.infer<typeof EndpointRecordSchema>;

/**
 * `create`: no endpoint of this name exists. `update`: it serves with another configuration.
 * `configure`: it serves with the intended configuration already; only scaling or tags differ.
 */
export const OperationSchema = z.enum(['create', 'update', 'configure']);
export type Operation = z.infer<typeof OperationSchema>;

export const CandidateSpecSchema = z.object({
  endpointName: z.string(),
  endpointConfig: EndpointConfigSpecSchema,
});
/** The endpoint on which an update is verified before the live one is touched. */
export type CandidateSpec = z.infer<typeof CandidateSpecSchema>;

export const ExtraCapacitySchema = z.object({
  for: z.enum(['candidate', 'secondFleet']),
  variantName: z.string(),
  instanceType: z.string(),
  instances: z.int(),
  /** The longest that they may run. */
  atMostSeconds: z.int(),
});
/** Instances that an update needs beside those that serve. */
export type ExtraCapacity = z.infer<typeof ExtraCapacitySchema>;

export const PlanSchema = z.object({
  contractVersion: z.int(),
  rolloutId: z.string(),
  endpointName: z.string(),
  operation: OperationSchema,
  /** What is wanted, with nothing left open. */
  request: ResolvedRequestSchema,
  /** How long an endpoint, the candidate first and then the live one, may take into service. */
  patienceSeconds: z.int(),
  models: z.array(ModelSpecSchema),
  endpointConfig: EndpointConfigSpecSchema,
  /** Wanted, or there before. */
  scalingTargets: z.array(ScalingTargetSchema),
  /** Those of the request, or else of the archive. */
  goldenCases: z.nullable(DocumentRefSchema),
  /** Of each production variant, where they are named; left out in the short form. */
  casesOfVariants: z.optional(z.record(z.string(), z.nullable(DocumentRefSchema))),
  /** Ours: which rollout made it, and which stack manages it. On everything that this rollout makes. */
  ownershipTags: z.record(z.string(), z.string()),
  /** Null: the update is verified on the live endpoint alone, or nothing is updated. */
  candidate: z.nullable(CandidateSpecSchema),
  /** Of the request where something is updated, and all at once where nothing is. */
  strategy: ResolvedStrategySchema,
  alarms: z.nullable(ResolvedAlarmsSchema),
  /** Names of the alarms that are made to watch the update, and go with its end. */
  fleetAlarmNames: z.array(z.string()),
  /** From what the newest release has, or an endpoint that was adopted; left out where nothing is known of that. */
  settingChanges: z.optional(z.array(SettingChangeSchema)),
  /** In the order in which it is needed. */
  extraCapacity: z.array(ExtraCapacitySchema),
  /** How weights move once the endpoint is on its configuration, one step after the other; left out where none does. */
  weightSteps: z.optional(z.array(WeightStepSchema)),
  before: z.nullable(EndpointRecordSchema),
});
export type Plan = z.infer<typeof PlanSchema>;
