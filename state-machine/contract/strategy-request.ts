// How a request says that an update moves the traffic.
import * as z from 'zod/mini';

export const WaitSecondsSchema = z.int().check(z.minimum(0), z.maximum(3600));
const PercentSchema = z.int().check(z.minimum(1), z.maximum(100));

const guardrails = {
  terminationWaitSeconds: z.optional(WaitSecondsSchema),
  // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_BlueGreenUpdatePolicy.html
  maximumExecutionSeconds: z.optional(z.int().check(z.minimum(600), z.maximum(28800))),
};

export const StrategySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('allAtOnce'), ...guardrails }),
  z.strictObject({
    type: z.literal('canary'),
    canaryPercent: PercentSchema.check(z.maximum(50)),
    waitSeconds: WaitSecondsSchema,
    ...guardrails,
  }),
  z.strictObject({
    type: z.literal('linear'),
    stepPercent: PercentSchema.check(z.minimum(10), z.maximum(50)),
    waitSeconds: WaitSecondsSchema,
    ...guardrails,
  }),
  z.strictObject({
    type: z.literal('rolling'),
    batchPercent: PercentSchema.check(z.minimum(5), z.maximum(50)),
    waitSeconds: WaitSecondsSchema,
    maximumExecutionSeconds: guardrails.maximumExecutionSeconds,
  }),
]);
