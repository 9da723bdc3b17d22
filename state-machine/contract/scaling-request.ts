// How a request says that variants scale: with their load, and by the time of day.
import * as z from 'zod/mini';
import { ScalingMetricSchema } from './scaling-metrics.ts';
import { MAXIMUM_STEP_POLICIES, StepPolicySchema, SUSPENDABLE, SuspendableSchema } from './scaling-steps.ts';
import { WaitSecondsSchema } from './strategy-request.ts';

const describe = z.describe;

export const InstanceCountSchema = z.int().check(z.minimum(1), z.maximum(1000));

// Limits: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html
const ScheduleSchema = z.strictObject({
  name: z
    .string()
    .check(z.regex(/^[A-Za-z0-9-]{1,64}$/), describe('1 to 64 letters, digits and hyphens, once in the list.')),
  expression: z
    .string()
    .check(
      z.minLength(1),
      z.maxLength(1600),
      describe('cron(minutes hours day-of-month month day-of-week year), rate(value unit) or at(yyyy-mm-ddThh:mm:ss).'),
    ),
  timezone: z.optional(
    z
      .string()
      .check(z.minLength(1), z.maxLength(64), describe('Of cron and at, for example Europe/Berlin. Default UTC.')),
  ),
  minimum: z.optional(z.int().check(z.minimum(0), describe('From then on. Left out: it stays.'))),
  maximum: z.optional(z.int().check(z.minimum(0), describe('From then on. Left out: it stays.'))),
});

export const ScalingSchema = z.union([
  z.literal('none').check(describe('The number of instances stays as requested.')),
  z.strictObject({
    minimum: z.optional(
      z
        .int()
        .check(
          z.minimum(0),
          z.maximum(1000),
          describe('Default 1. 0 with async alone: without requests it has no instance then, and the first wakes it.'),
        ),
    ),
    maximum: z.optional(InstanceCountSchema.check(describe('Default 5; serverless: hosting.maximumConcurrency.'))),
    metric: z.optional(
      ScalingMetricSchema.check(
        describe(
          'What is held near the target. Default SageMakerVariantInvocationsPerInstance; serverless: SageMakerVariantProvisionedConcurrencyUtilization; async: ApproximateBacklogSizePerInstance.',
        ),
      ),
    ),
    target: z.optional(
      z
        .number()
        .check(
          z.gt(0),
          describe(
            'Of the default metric: invocations per instance and minute, default 70; serverless: the part of the provisioned concurrency that is busy, default 0.7; async: requests that wait, per instance, default 5. Of others it has to be said.',
          ),
        ),
    ),
    scaleInCooldownSeconds: z.optional(WaitSecondsSchema.check(describe('Default 300.'))),
    scaleOutCooldownSeconds: z.optional(WaitSecondsSchema.check(describe('Default 60.'))),
    schedules: z.optional(
      z
        .array(ScheduleSchema)
        .check(
          z.maxLength(20),
          describe('When minimum and maximum become others, all of it: one that is left out is removed.'),
        ),
    ),
    steps: z.optional(
      z
        .array(StepPolicySchema)
        .check(
          z.maxLength(MAXIMUM_STEP_POLICIES),
          describe('Step policies beside the target, all of it: one that is left out is removed.'),
        ),
    ),
    suspended: z.optional(
      z
        .array(SuspendableSchema)
        .check(
          z.maxLength(SUSPENDABLE.length),
          describe('What scaling does not do for now; [] resumes all of it. Left out: it stays as it is.'),
        ),
    ),
  }),
]);
