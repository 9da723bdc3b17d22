// Shares of the traffic that move between the variants of an endpoint which stays on its configuration.
import * as z from 'zod/mini';
import { IsRefusedSchema } from './awaits.ts';

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
  isRefused: IsRefusedSchema,
  /** Of the plan's steps, from 0: the one that is under way. */
  step: z.int(),
  /** How many instances got the traffic when the shift began: a variant's share needs its part of as many. */
  instances: z.nullable(z.int()),
  /** What SageMaker was asked for, in words, and when (ISO 8601); null: it is still to be asked for what comes next. */
  asked: z.nullable(z.string()),
  askedAt: z.nullable(z.string()),
  /** Whether some look saw it under way, or done. Until then "as before" may be a stale read. */
  changeSeen: z.boolean(),
  /** How many looks, at least 30 s apart, found the endpoint settled on what it was before; and the last of them. */
  unchangedPolls: z.int(),
  lastUnchangedPollAt: z.nullable(z.string()),
  /** ISO 8601: since when the weights of the step are live; null: they are not. */
  liveSince: z.nullable(z.string()),
  /** Whether golden requests are to be sent to the variants that gain traffic before it is asked again. */
  sendsTraffic: z.boolean(),
  /** For people who watch. */
  status: z.nullable(z.string()),
  progress: z.nullable(z.string()),
  failure: z.nullable(z.object({ Error: z.string(), Cause: z.string() })),
});
/** ShiftWeights: asked again after each wait until every step of the plan is live, or one failed. */
export type WeightShiftOutput = z.infer<typeof WeightShiftOutputSchema>;

const OfVariantSchema = z.object({
  variantName: z.string(),
  sent: z.int(),
  /** Not answered at all: one request fewer. */
  unanswered: z.int(),
  wrong: z.int(),
});

export const VariantTrafficSchema = z.object({
  /** Of the plan's steps, from 0: the one before or in which it was sent. */
  step: z.int(),
  /** Whether every golden case was sent and answered before the step. */
  isWhole: z.boolean(),
  /** Of each variant that gains traffic. */
  variants: z.array(OfVariantSchema),
  /** The first of what was wrong. */
  mismatches: z.array(z.string()),
});
/** SendVariantTraffic: golden requests to single variants, of one step so far. */
export type VariantTraffic = z.infer<typeof VariantTrafficSchema>;
