// What Application Auto Scaling may change of an endpoint: one target for each number that it sets.
import * as z from 'zod/mini';
import { TargetTrackingSchema } from './resolved-request.ts';

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScalableTarget.html */
export const ScalableDimensionSchema = z.enum([
  'sagemaker:variant:DesiredInstanceCount',
  'sagemaker:variant:DesiredProvisionedConcurrency',
  'sagemaker:inference-component:DesiredCopyCount',
]);

const scalableTarget = {
  /** For a variant `endpoint/<name>/variant/<variant>`. */
  resourceId: z.string(),
  dimension: ScalableDimensionSchema,
};
export const ScalableTargetSchema = z.object(scalableTarget);
/** The key of a target. */
export type ScalableTarget = z.infer<typeof ScalableTargetSchema>;

export const ScalingTargetSchema = z.object({
  ...scalableTarget,
  variantName: z.string(),
  /** How it is to scale; null: not at all. */
  tracking: z.nullable(TargetTrackingSchema),
  /** SageMaker refuses the update while it is scaled: scaling is taken off and put back. */
  suspended: z.boolean(),
});
/** A target of a plan: one that is wanted, or one that was there before. */
export type ScalingTarget = z.infer<typeof ScalingTargetSchema>;

export const ScalingPolicyRecordSchema = z.object({
  name: z.string(),
  type: z.string(),
  /** The policy's configuration as Application Auto Scaling returned it, to be put back unchanged. */
  configuration: z.record(z.string(), z.unknown()),
  /** Of a step policy of ours: what fires it, as CloudWatch returned it, with `this policy` for the policy's ARN. Left out: nothing. */
  alarm: z.optional(z.record(z.string(), z.unknown())),
  /** Of a step policy of somebody's: the names of the alarms that fire it. Left out: none. */
  firedBy: z.optional(z.array(z.string())),
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
/** The scaling of one target as it was found. */
export type ScalingRecord = z.infer<typeof ScalingRecordSchema>;

export const FoundScalingSchema = z.object({ ...scalableTarget, variantName: z.string(), found: ScalingRecordSchema });
/** A target that was there before the rollout. */
export type FoundScaling = z.infer<typeof FoundScalingSchema>;

/** Of a target before the rollout; null where it was not scaled. */
export const scalingBefore = (
  before: { scalingTargets: readonly FoundScaling[] } | null,
  { resourceId, dimension }: ScalableTarget,
): ScalingRecord | null =>
  before?.scalingTargets.find((each) => each.resourceId === resourceId && each.dimension === dimension)?.found ?? null;

const LimitsSchema = z.object({ minimum: z.int(), maximum: z.int() });

/** RegisterScaling. `held`: the limits that a target has until it is verified, since those that are wanted allow no instance. */
export const ScalingOutputSchema = z.object({
  targets: z.array(
    z.object({
      resourceId: z.string(),
      changed: z.boolean(),
      held: z.optional(z.object({ dimension: ScalableDimensionSchema, at: LimitsSchema, wanted: LimitsSchema })),
    }),
  ),
  /** One-time schedules that passed while scaling was taken off. */
  warnings: z.array(z.string()),
});
export type ScalingOutput = z.infer<typeof ScalingOutputSchema>;
