// The plan names everything before anything is made, and records what was live: all that the way back needs. Kept as `plan.json`.
import * as z from 'zod/mini';
import {
  CanaryInvocationThresholdsSchema,
  DocumentRefSchema,
  RealtimeHostingSchema,
  ResolvedAlarmsSchema,
  ResolvedDataCaptureSchema,
  ResolvedStrategySchema,
  ServerlessHostingSchema,
  TargetTrackingSchema,
} from './resolved-request.ts';

export const ModelSpecSchema = z.object({
  name: z.string(),
  imageUri: z.string(),
  modelDataUrl: z.string(),
  environment: z.record(z.string(), z.string()),
  networkIsolation: z.boolean(),
});
/** What CreateModel is called with; its name is derived from all the rest. */
export type ModelSpec = z.infer<typeof ModelSpecSchema>;

export const EndpointConfigSpecSchema = z.object({
  name: z.string(),
  modelName: z.string(),
  variantName: z.string(),
  hosting: RealtimeHostingSchema,
  dataCapture: z.nullable(ResolvedDataCaptureSchema),
});
/** What CreateEndpointConfig is called with; its name is derived from all the rest. */
export type EndpointConfigSpec = z.infer<typeof EndpointConfigSpecSchema>;

export const ScalingPolicyRecordSchema = z.object({
  name: z.string(),
  type: z.string(),
  /** The policy's configuration as Application Auto Scaling returned it, to be put back unchanged. */
  configuration: z.record(z.string(), z.unknown()),
});

export const ScheduledActionRecordSchema = z.object({
  name: z.string(),
  /** The action as Application Auto Scaling returned it, dates as ISO 8601. */
  definition: z.record(z.string(), z.unknown()),
});

export const ScalingRecordSchema = z.object({
  minimum: z.int(),
  maximum: z.int(),
  /** SuspendedState: which kinds of scaling somebody has suspended. */
  suspended: z.record(z.string(), z.boolean()),
  policies: z.array(ScalingPolicyRecordSchema),
  scheduledActions: z.array(ScheduledActionRecordSchema),
});
/** The scaling of one variant as it was found. */
export type ScalingRecord = z.infer<typeof ScalingRecordSchema>;

export const VariantRecordSchema = z.object({
  name: z.string(),
  desiredInstanceCount: z.nullable(z.int()),
  weight: z.number(),
});

export const EndpointRecordSchema = z.object({
  endpointConfigName: z.string(),
  /** Of the one variant. */
  instanceType: z.nullable(z.string()),
  variants: z.array(VariantRecordSchema),
  tags: z.record(z.string(), z.string()),
  scaling: z.nullable(ScalingRecordSchema),
});
/** What was live before the rollout. */
export type EndpointRecord = z.infer<typeof EndpointRecordSchema>;

/**
 * `create`: no endpoint of this name exists. `update`: it serves with another configuration.
 * `configure`: it serves with the intended configuration already; only scaling or tags differ.
 */
export const OperationSchema = z.enum(['create', 'update', 'configure']);
export type Operation = z.infer<typeof OperationSchema>;

const CandidateConfigSpecSchema = z.extend(EndpointConfigSpecSchema, {
  hosting: z.discriminatedUnion('type', [RealtimeHostingSchema, ServerlessHostingSchema]),
});
export type CandidateConfigSpec = z.infer<typeof CandidateConfigSpecSchema>;

export const CandidateSpecSchema = z.object({
  endpointName: z.string(),
  endpointConfig: CandidateConfigSpecSchema,
});
/** The endpoint on which an update is verified before the live one is touched. */
export type CandidateSpec = z.infer<typeof CandidateSpecSchema>;

export const ExtraCapacitySchema = z.object({
  for: z.enum(['candidate', 'secondFleet']),
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
  /** How long an endpoint, the candidate first and then the live one, may take into service. */
  patienceSeconds: z.int(),
  artifactSha256: z.string(),
  imageDigest: z.string(),
  model: ModelSpecSchema,
  endpointConfig: EndpointConfigSpecSchema,
  /** `endpoint/<name>/variant/<variant>`, the scalable target. */
  scalableResourceId: z.string(),
  scaling: z.nullable(TargetTrackingSchema),
  /** The instance type changes, which SageMaker refuses while the variant is scaled: scaling is taken off and put back. */
  suspendsScaling: z.boolean(),
  canaryInvocations: CanaryInvocationThresholdsSchema,
  goldenCases: z.nullable(DocumentRefSchema),
  /** The author's tags. */
  tags: z.record(z.string(), z.string()),
  /** Ours: which rollout made it, and which stack manages it. On everything that this rollout makes. */
  ownershipTags: z.record(z.string(), z.string()),
  /** Null: the update is verified on the live endpoint alone, or nothing is updated. */
  candidate: z.nullable(CandidateSpecSchema),
  strategy: ResolvedStrategySchema,
  alarms: z.nullable(ResolvedAlarmsSchema),
  /** In the order in which it is needed. */
  extraCapacity: z.array(ExtraCapacitySchema),
  before: z.nullable(EndpointRecordSchema),
});
export type Plan = z.infer<typeof PlanSchema>;
