// The named outputs: one schema for each key of the execution's state, written by the step of the same purpose.
import * as z from 'zod/mini';
import { ActionSchema } from './action.ts';
import { AwaitsSchema, IsRefusedSchema } from './awaits.ts';
import { FailureSchema } from './failure.ts';
import { LeasedRolloutSchema } from './lease.ts';
import { outcomeNames, VerifiedSchema } from './outcome.ts';
import { OperationSchema } from './plan.ts';
import { ProblemSchema } from './problem.ts';
import { DocumentRefSchema, UploadSchema } from './resolved-request.ts';
import { TrialRequestSchema } from './trial.ts';
import { RequestedModelSchema } from './variant-models.ts';

export { type ArtifactOutput, ArtifactOutputSchema } from './artifact-output.ts';
export { FailureSchema } from './failure.ts';
export { OutcomeSchema } from './outcome.ts';
export { type ScalingOutput, ScalingOutputSchema } from './scaling-target.ts';

/** Written by the machine's first state, from the context object. */
export const ExecutionSchema = z.object({
  /** The execution's ARN. */
  id: z.string(),
  /** The execution's name, which is the rollout's id. */
  name: z.string(),
  startedAt: z.string(),
});

/** ResolveRequest: what is wanted, or what is wrong with it. It may both have problems and name an upload to look into. */
export const RequestOutputSchema = z.object({
  action: ActionSchema,
  /** For `recover`: the rollout whose rollback is to be finished. */
  recovers: z.nullable(z.string()),
  /** For `cancel`: the rollout that is to end; left out else. */
  cancels: z.optional(z.string()),
  /** ISO 8601: what is read here may be outdated once another rollout has held the lease since. */
  resolvedAt: z.string(),
  /** `trigger.json`: what started the execution, to be resolved again; null where nothing can become outdated. */
  trigger: z.nullable(DocumentRefSchema),
  problems: z.array(ProblemSchema),
  endpointName: z.nullable(z.string()),
  /** The archive to inspect; null when the request names none, or none that can be found. */
  upload: z.nullable(UploadSchema),
  /** For a request without a model: the sha256 of the artifact that serves now. */
  servedArtifactSha256: z.nullable(z.string()),
  /** Which model files the image can serve; null: any (an image of the author's own). */
  servableModelFiles: z.nullable(z.array(z.string())),
  /** The sha256 of the artifact that may run code; left out where none may. */
  trust: z.optional(z.string()),
  /** What may lie in the archive unused; left out where nothing may. */
  ignore: z.optional(z.array(z.string())),
  /** How the model is tried before an instance exists; left out where its image is none that can be tried. */
  trial: z.optional(TrialRequestSchema),
  /** The model of each variant, where they are named: what is said above is of the upload that the rollout is about. */
  models: z.optional(z.array(RequestedModelSchema)),
  /** For which of the named variants the upload is, if it is the only one: the newest of one is not that of another. */
  uploadVariant: z.optional(z.string()),
  /** `request.json`; null when there are problems. */
  document: z.nullable(DocumentRefSchema),
  correlationId: z.nullable(z.string()),
  /** The key of the object that started the rollout, an archive or a manifest; null for a request. */
  startedByKey: z.nullable(z.string()),
});
export type RequestOutput = z.infer<typeof RequestOutputSchema>;

const plannedFields = {
  endpointName: z.string(),
  operation: OperationSchema,
  modelNames: z.array(z.string()),
  endpointConfigName: z.string(),
  /** Null on create. */
  previousEndpointConfigName: z.nullable(z.string()),
  /** Null: no candidate is needed. */
  candidate: z.nullable(z.object({ endpointName: z.string(), endpointConfigName: z.string() })),
  /** Whether SageMaker waits while it moves the traffic, and so watches alarms, and the new fleet is judged then. */
  guarded: z.boolean(),
  /** Whether shares of the traffic move between variants once the endpoint is on its configuration; left out: they do not. */
  shiftsWeights: z.optional(z.boolean()),
  /** Whether alarms are made that watch it: SageMaker's own moves, or those of the weights. Left out: where it is guarded. */
  watched: z.optional(z.boolean()),
  /** For people who watch: how the traffic moves, and all waits of it. */
  pace: z.optional(z.nullable(z.string())),
  /** `plan.json`. */
  document: DocumentRefSchema,
  /** What an update drops of what this system made itself, and does not know any more; left out where nothing is. */
  warnings: z.optional(z.array(z.string())),
};

export const PlannedSchema = z.object({ verdict: z.enum(['proceed', 'unchanged', 'recover']), ...plannedFields });
/** A plan that can be carried out, that finds everything as it should be already, or whose rollback is to be finished. */
export type Planned = z.infer<typeof PlannedSchema>;

/**
 * PlanRollout. `wait`: the endpoint is busy with something else; plan afresh after `waitSeconds`. `outdated`: the artifact was
 * removed since it was inspected; resolve the request again.
 */
export const PlanOutputSchema = z.discriminatedUnion('verdict', [
  PlannedSchema,
  z.object({ verdict: z.literal('wait'), waitSeconds: z.int(), reason: z.string() }),
  z.object({
    verdict: z.enum(['rejected', 'outdated']),
    failure: FailureSchema,
    problems: z.array(ProblemSchema),
  }),
]);
export type PlanOutput = z.infer<typeof PlanOutputSchema>;

const MadeSchema = z.enum(['created', 'adopted']);

/** CreateEndpointConfig: made now, or found from an earlier attempt or release and adopted. */
export const CreatedSchema = z.object({ name: z.string(), made: MadeSchema });
export type Created = z.infer<typeof CreatedSchema>;

/** CreateModel: of every variant; adopted where all were. */
export const CreatedModelsSchema = z.object({ names: z.array(z.string()), made: MadeSchema });
export type CreatedModels = z.infer<typeof CreatedModelsSchema>;

/** DeployEndpoint and DeployCandidate begin it, CheckEndpoint and CheckCandidate replace it at each poll. */
export const DeploymentSchema = z.object({
  verdict: z.enum(['inProgress', 'inService', 'failed']),
  /** ISO 8601: when the change was asked for. */
  startedAt: z.string(),
  /** ISO 8601: when polling gives up. */
  deadline: z.string(),
  /** How long to wait before the next poll. */
  waitSeconds: z.int(),
  isRefused: IsRefusedSchema,
  /** EndpointStatus as SageMaker last gave it, and what it is busy with, for people who watch. */
  status: z.string(),
  progress: z.nullable(z.string()),
  /** Whether traffic goes to the new fleet already, or some of it. */
  trafficMoves: z.boolean(),
  /** Whether some poll saw the change under way. Until then "as before" may be a stale read. */
  changeSeen: z.boolean(),
  /** How many polls, at least 30 s apart, found the endpoint settled on what it was before; and the last of them. */
  unchangedPolls: z.int(),
  lastUnchangedPollAt: z.nullable(z.string()),
  /** SageMaker's FailureReason, kept at once because the next update erases it. */
  failureReason: z.nullable(z.string()),
  failure: z.nullable(FailureSchema),
});
export type Deployment = z.infer<typeof DeploymentSchema>;

/** DeleteCandidate: asked again after each wait until the candidate is gone. */
export const CandidateRemovalSchema = z.object({
  verdict: z.enum(['waiting', 'deleted']),
  startedAt: z.string(),
  waitSeconds: z.int(),
  /** ISO 8601: when its deletion was asked for; from then on it is believed to be gone when it is not found. */
  askedAt: z.nullable(z.string()),
  awaits: AwaitsSchema,
});
export type CandidateRemoval = z.infer<typeof CandidateRemovalSchema>;

/** RetireEndpoint: asked again after each wait until the endpoint and all that belonged to it is gone. */
export const RetirementSchema = z.object({
  verdict: z.enum(['waiting', 'retired', 'failed']),
  startedAt: z.string(),
  deadline: z.string(),
  waitSeconds: z.int(),
  status: z.nullable(z.string()),
  awaits: AwaitsSchema,
  done: z.array(z.string()),
  failure: z.nullable(FailureSchema),
});
export type Retirement = z.infer<typeof RetirementSchema>;

/** RetireSuperseded: what older releases left and nothing needs any more. */
export const RetentionSchema = z.object({ removed: z.array(z.string()), warnings: z.array(z.string()) });
export type Retention = z.infer<typeof RetentionSchema>;

/**
 * LeaseEndpoint.
 * - `granted`: this rollout alone may change the endpoint. `retire`: it may delete it. `recover`: it may finish the way
 *   back of the rollout in `recovers`.
 * - `outdated`: granted, but another rollout held the lease since the request was resolved: resolve it again.
 * - `waiting`: ask again after `waitSeconds`.
 * - `superseded`: `successor` took its place. `refused`: see `failure`. `neverStarted`: the rollout to recover had not begun.
 * `endpointName` is `_unknown` for one to recover whose execution named none.
 */
export const LeaseOutputSchema = z.object({
  verdict: z.enum([
    'granted',
    'retire',
    'recover',
    'outdated',
    'waiting',
    'superseded',
    'refused',
    'neverStarted',
    'cancelled',
  ]),
  endpointName: z.string(),
  /** Who holds the lease, when it is this rollout; its name, and the number that only this holding has. */
  holder: z.nullable(z.string()),
  fencing: z.int(),
  /** ISO 8601: since when it asks, and since when it holds the lease. */
  startedAt: z.string(),
  acquiredAt: z.nullable(z.string()),
  waitSeconds: z.int(),
  /** For people who watch. */
  reason: z.nullable(z.string()),
  successor: z.nullable(z.string()),
  /** The outcome that an upload had before, where its event came again. */
  repeats: z.nullable(z.enum(outcomeNames)),
  recovers: z.nullable(LeasedRolloutSchema),
  failure: z.nullable(FailureSchema),
});
export type LeaseOutput = z.infer<typeof LeaseOutputSchema>;

/** An answer that was an error where none was expected: what a ModelError carried, the message cut at 300 characters. */
export const ModelErrorSchema = z.object({
  originalStatus: z.int(),
  originalMessage: z.string(),
  logStreamArn: z.nullable(z.string()),
});
export type ModelErrorSeen = z.infer<typeof ModelErrorSchema>;

export const LatencySchema = z.object({ p50: z.number(), p95: z.number(), p99: z.number() });

/** What came of one variant, where several are verified. */
export const VerifiedVariantSchema = z.object({
  variantName: z.string(),
  verified: z.nullable(VerifiedSchema),
  goldenCases: z.object({ passed: z.int(), failed: z.int() }),
  requests: z.object({ sent: z.int(), failed: z.int() }),
  latencyMilliseconds: z.nullable(LatencySchema),
  modelSha256: z.nullable(z.string()),
});
export type VerifiedVariant = z.infer<typeof VerifiedVariantSchema>;

/** RunCanary and VerifyCandidate, asked again after each wait: the verdict, in numbers; latencies in milliseconds. */
export const CanaryInvocationsOutputSchema = z.object({
  verdict: z.enum(['waiting', 'passed', 'failed']),
  startedAt: z.string(),
  /** Until it is asked again; 0 at its end. */
  waitSeconds: z.int(),
  /** What was asked, whose answers are still to come; null where they come at once. */
  progress: z.nullable(DocumentRefSchema),
  verified: z.nullable(VerifiedSchema),
  goldenCases: z.object({ passed: z.int(), failed: z.int() }),
  requests: z.object({ sent: z.int(), failed: z.int() }),
  latencyMilliseconds: z.nullable(LatencySchema),
  /** The first three. */
  modelErrors: z.optional(z.array(ModelErrorSchema)),
  /** Digest of the model that all golden answers named; null where they named none. */
  modelSha256: z.nullable(z.string()),
  /** Of each variant that was verified so far, where there are several: what is said above is of all of them. */
  variants: z.optional(z.array(VerifiedVariantSchema)),
  warnings: z.array(z.string()),
  failure: z.nullable(FailureSchema),
});
export type CanaryInvocationsOutput = z.infer<typeof CanaryInvocationsOutputSchema>;

/** RollBack and CheckRollback: `waiting` for SageMaker, ready to `act` again, or at an end. */
export const RollbackSchema = z.object({
  verdict: z.enum(['waiting', 'act', 'rolledBack', 'needsAttention']),
  waitSeconds: z.int(),
  startedAt: z.string(),
  /** ISO 8601: when the rollback gives up. */
  deadline: z.string(),
  status: z.nullable(z.string()),
  awaits: AwaitsSchema,
  /** How often the endpoint was asked to go back to its previous configuration. */
  updateAttempts: z.int(),
  /** How often it was asked for the weights or counts that it had, and how often AWS refused a call; left out: never. */
  adjustments: z.optional(z.int()),
  refusals: z.optional(z.int()),
  /** Whether what DeployEndpoint asked for was seen, or it asked for nothing. Until then "as before" may be a stale read. */
  changeSeen: z.boolean(),
  /** How many looks, at least 30 s apart, found the endpoint as it was before; and the last of them. */
  unchangedPolls: z.int(),
  lastUnchangedPollAt: z.nullable(z.string()),
  /** `unknown`: it may come to be seen yet, for a look may be stale; `none`: there is none, or not any more. */
  candidate: z.enum(['unknown', 'seen', 'none']),
  done: z.array(z.string()),
  left: z.array(z.string()),
  /** What could not come back because its time has passed. */
  warnings: z.array(z.string()),
});
export type Rollback = z.infer<typeof RollbackSchema>;
