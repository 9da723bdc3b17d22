// The named outputs of an update that SageMaker moves step by step, under alarms.
import * as z from 'zod/mini';

/** CreateAlarms: what takes the update back. */
export const AlarmsOutputSchema = z.object({
  /** Made by the rollout, and removed by it. */
  made: z.array(z.string()),
  /** All that the update is watched by: those, and the author's own. */
  watched: z.array(z.string()),
  /** Digest of the model that served before the update, as its answer named it; null or left out where nobody asked, or it named none. */
  servingModelSha256: z.optional(z.nullable(z.string())),
  /** The same of each variant, where there are several. */
  servingModels: z.optional(z.record(z.string(), z.nullable(z.string()))),
});
export type AlarmsOutput = z.infer<typeof AlarmsOutputSchema>;

/** SendGoldenTraffic: all batches so far, of this run and of those before. */
export const GoldenTrafficSchema = z.object({
  sent: z.int(),
  /** Answered with another status than expected, or not at all: by either fleet. */
  failed: z.int(),
  /** Answers that named the new model, and those of them that were wrong. */
  compared: z.int(),
  wrong: z.int(),
  /** The first of what was wrong. */
  mismatches: z.array(z.string()),
  /** ISO 8601: when the last batch began. Left out by a function of before it was noted. */
  sentAt: z.optional(z.string()),
});
export type GoldenTraffic = z.infer<typeof GoldenTrafficSchema>;

/** JudgeFleet: whether the new fleet was reached at all, and answered rightly. */
export const FleetVerdictSchema = z.object({
  verdict: z.enum(['passed', 'failed']),
  /** As CloudWatch counted them. */
  invocations: z.int(),
  failure: z.nullable(z.object({ Error: z.string(), Cause: z.string() })),
});
export type FleetVerdict = z.infer<typeof FleetVerdictSchema>;

/** DeleteAlarms. */
export const AlarmRemovalSchema = z.object({ removed: z.array(z.string()) });
export type AlarmRemoval = z.infer<typeof AlarmRemovalSchema>;
