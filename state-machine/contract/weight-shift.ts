// Shares of the traffic that move between the variants of an endpoint which stays on its configuration.
import * as z from 'zod/mini';

/** By the variant's name. A share is a weight over the sum of all weights. */
export const WeightsSchema = z.record(z.string(), z.number());
export type Weights = z.infer<typeof WeightsSchema>;

export const WeightStepSchema = z.object({
  weights: WeightsSchema,
  /** How long the alarms are watched before the next step, or before the end. */
  waitSeconds: z.int(),
});
export type WeightStep = z.infer<typeof WeightStepSchema>;

export const WeightShiftOutputSchema = z.object({
  verdict: z.enum(['waiting', 'shifted', 'failed']),
  startedAt: z.string(),
  /** ISO 8601: when it gives up. */
  deadline: z.string(),
  waitSeconds: z.int(),
  /** Of the plan's steps, from 0: the one that is under way. */
  step: z.int(),
  /** ISO 8601: when SageMaker was asked for what is under way; null: it is still to be asked. */
  askedAt: z.nullable(z.string()),
  /** Whether some look saw it under way, or done. Until then "as before" may be a stale read. */
  changeSeen: z.boolean(),
  /** How many looks, at least 30 s apart, found the endpoint settled on what it was before; and the last of them. */
  unchangedPolls: z.int(),
  lastUnchangedPollAt: z.nullable(z.string()),
  /** ISO 8601: since when the weights of the step are live; null: they are not. */
  liveSince: z.nullable(z.string()),
  /** Of the step that is under way: whether the golden cases of every variant were answered rightly before it. */
  verified: z.boolean(),
  /** For people who watch. */
  status: z.nullable(z.string()),
  progress: z.nullable(z.string()),
  failure: z.nullable(z.object({ Error: z.string(), Cause: z.string() })),
});
/** ShiftWeights: asked again after each wait until every step of the plan is live, or one failed. */
export type WeightShiftOutput = z.infer<typeof WeightShiftOutputSchema>;
