// The lease of an endpoint: who changes it now, who waits, and which accepted upload is the newest.
import * as z from 'zod/mini';
import { ActionSchema } from './action.ts';
import { DocumentRefSchema, UploadSchema } from './resolved-request.ts';

export const LeasedRolloutSchema = z.object({
  rolloutId: z.string(),
  executionArn: z.string(),
  /** ISO 8601: when its execution started. */
  startedAt: z.string(),
  action: ActionSchema,
  /** What started it and what it brought, for the outcome of a rollout that cannot record its own. */
  upload: z.nullable(UploadSchema),
  /** For which of several variants the upload is; left out where the endpoint has one. */
  uploadVariant: z.optional(z.string()),
  startedByKey: z.nullable(z.string()),
  correlationId: z.nullable(z.string()),
});
/** A rollout as the lease knows it: enough to record an outcome in its place. */
export type LeasedRollout = z.infer<typeof LeasedRolloutSchema>;

export const LeaseOwnerSchema = z.object({
  rollout: LeasedRolloutSchema,
  /** The rollout whose rollback the owner finishes; null but for a recovery. */
  recovers: z.nullable(LeasedRolloutSchema),
  acquiredAt: z.string(),
  /** For people who watch: nothing is ever decided by it. */
  heartbeatAt: z.string(),
  /** `plan.json`, set before the first side effect; null until then. */
  plan: z.nullable(DocumentRefSchema),
  /** ISO 8601: when its model had passed its verification, live. From then on it is not cancelled any more. */
  verifiedAt: z.optional(z.string()),
});
export type LeaseOwner = z.infer<typeof LeaseOwnerSchema>;

export const WaitingRolloutSchema = z.object({
  rollout: LeasedRolloutSchema,
  /** `upload`: started by the event of an archive, so that a newer upload takes its place. */
  kind: z.enum(['upload', 'request', 'action']),
  since: z.string(),
  /** ISO 8601: until when an upload gives way to one that follows it at once; null where it does not. */
  debounceUntil: z.nullable(z.string()),
});
export type WaitingRollout = z.infer<typeof WaitingRolloutSchema>;

export const UploadOrderSchema = z.object({
  /** ISO 8601, whole seconds, as S3 gives it. */
  lastModified: z.string(),
  key: z.string(),
  versionId: z.string(),
  /** The ledger's number of its arrival, which decides within one second. */
  arrival: z.int(),
  rolloutId: z.string(),
});
/** An accepted upload's place in the order of uploads of one endpoint. */
export type UploadOrder = z.infer<typeof UploadOrderSchema>;

export const CancellationSchema = z.object({
  rolloutId: z.string(),
  /** The execution that cancels it. */
  by: z.string(),
  at: z.string(),
});
/** A rollout that is to end before it is live, whether it runs, waits, or has not asked for the lease yet. */
export type Cancellation = z.infer<typeof CancellationSchema>;

export const LeaseSchema = z.object({
  endpointName: z.string(),
  /** Raised by each write: every write names the version that it replaces. */
  version: z.int(),
  /** Raised by each new owner. */
  fencing: z.int(),
  owner: z.nullable(LeaseOwnerSchema),
  /** The rollback or retirement that asks the owner to stop. */
  stopRequestedBy: z.nullable(z.string()),
  /** Rollouts that are cancelled and have not come to their end. */
  cancellations: z._default(z.array(CancellationSchema), []),
  /** In the order in which they get the lease. */
  waiting: z.array(WaitingRolloutSchema),
  /** The newest accepted upload, whatever became of it. */
  newestUpload: z.nullable(UploadOrderSchema),
  /** The same of each of several variants, by its name: an upload for one says nothing of the others. */
  newestUploads: z.optional(z.record(z.string(), UploadOrderSchema)),
  arrivals: z.int(),
  /** The last time that the endpoint was deleted on request: events from before then do not bring it back. */
  retirement: z.nullable(z.object({ rolloutId: z.string(), at: z.string() })),
  /** When the last owner gave it up: what was resolved before then may be outdated. */
  freedAt: z.nullable(z.string()),
});
export type Lease = z.infer<typeof LeaseSchema>;
