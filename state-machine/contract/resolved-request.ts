// A request with nothing left open: every default applied, the image pinned to its digest. Kept as `request.json` of the rollout.
import * as z from 'zod/mini';

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

export const RealtimeHostingSchema = z.object({
  type: z.literal('realtime'),
  instanceType: z.string(),
  instanceCount: z.int(),
  startupTimeoutSeconds: z.nullable(z.int()),
  downloadTimeoutSeconds: z.nullable(z.int()),
});

export const TargetTrackingSchema = z.object({
  minimum: z.int(),
  maximum: z.int(),
  metric: z.literal('SageMakerVariantInvocationsPerInstance'),
  target: z.number(),
  scaleInCooldownSeconds: z.int(),
  scaleOutCooldownSeconds: z.int(),
});
/** Target tracking on one variant; `target` in invocations per instance and minute. */
export type TargetTracking = z.infer<typeof TargetTrackingSchema>;

export const CanaryThresholdsSchema = z.object({
  requests: z.int(),
  maximumErrorPercent: z.number(),
  maximumP99Milliseconds: z.int(),
});
export type CanaryThresholds = z.infer<typeof CanaryThresholdsSchema>;

export const ResolvedDataCaptureSchema = z.object({
  samplingPercent: z.int(),
  capture: z.array(z.enum(['input', 'output'])),
  destinationS3Uri: z.string(),
});
export type ResolvedDataCapture = z.infer<typeof ResolvedDataCaptureSchema>;

export const ResolvedRequestSchema = z.object({
  contractVersion: z.int(),
  endpointName: z.string(),
  image: ResolvedImageSchema,
  environment: z.record(z.string(), z.string()),
  hosting: RealtimeHostingSchema,
  scaling: z.nullable(TargetTrackingSchema),
  canary: CanaryThresholdsSchema,
  /** The cases that the request brought; they go before those of the archive. */
  goldenCases: z.nullable(DocumentRefSchema),
  networkIsolation: z.boolean(),
  dataCapture: z.nullable(ResolvedDataCaptureSchema),
  /** The author's own tags, without ours. */
  tags: z.record(z.string(), z.string()),
});
export type ResolvedRequest = z.infer<typeof ResolvedRequestSchema>;
