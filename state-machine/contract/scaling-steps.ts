// Step policies: how many instances come or go, by how far a metric is beyond the threshold of an alarm.
import * as z from 'zod/mini';
import { CustomizedMetricSchema } from './scaling-metrics.ts';
import { WaitSecondsSchema } from './strategy-request.ts';

const describe = z.describe;

const BoundSchema = z.number().check(z.minimum(-1e12), z.maximum(1e12));
const AdjustmentTypeSchema = z.enum(['ChangeInCapacity', 'PercentChangeInCapacity', 'ExactCapacity']);
const AggregationSchema = z.enum(['Average', 'Minimum', 'Maximum']);
const ComparisonSchema = z.enum([
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
]);
const MissingDataSchema = z.enum(['missing', 'notBreaching', 'breaching', 'ignore']);

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepAdjustment.html */
const AdjustmentSchema = z.strictObject({
  lowerBound: z.optional(BoundSchema.check(describe('Added to the threshold. Left out: without end.'))),
  upperBound: z.optional(BoundSchema.check(describe('Added to the threshold. Left out: without end.'))),
  adjustment: z
    .int()
    .check(z.minimum(-10_000), z.maximum(10_000), describe('Of capacity: added, percent of it, or all of it.')),
});

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const StepAlarmSchema = z.strictObject({
  ...CustomizedMetricSchema.shape,
  periodSeconds: z.optional(
    z.int().check(z.minimum(10), z.maximum(86_400), describe('10, 20, 30 or a multiple of 60. Default 60.')),
  ),
  evaluationPeriods: z.optional(z.int().check(z.minimum(1), z.maximum(1440), describe('Default 1.'))),
  datapointsToAlarm: z.optional(
    z.int().check(z.minimum(1), z.maximum(1440), describe('Of the evaluation periods. Default all of them.')),
  ),
  comparison: ComparisonSchema,
  threshold: z.number(),
  missingData: z.optional(MissingDataSchema.check(describe('Default missing.'))),
});

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepScalingPolicyConfiguration.html */
export const StepPolicySchema = z.strictObject({
  name: z
    .string()
    .check(z.regex(/^[A-Za-z0-9-]{1,64}$/), describe('1 to 64 letters, digits and hyphens, once in the list.')),
  adjustmentType: z.optional(AdjustmentTypeSchema.check(describe('Default ChangeInCapacity.'))),
  minimumAdjustmentMagnitude: z.optional(
    z.int().check(z.minimum(1), z.maximum(10_000), describe('Of PercentChangeInCapacity: at least as much.')),
  ),
  adjustments: z
    .array(AdjustmentSchema)
    .check(z.minLength(1), z.maxLength(20), describe('Without gap and overlap, each with a bound.')),
  cooldownSeconds: z.optional(WaitSecondsSchema.check(describe('Default 300.'))),
  aggregation: z.optional(AggregationSchema.check(describe('Of the metric. Default Average.'))),
  alarm: StepAlarmSchema.check(describe('What fires the policy. The alarm is made, and removed, with it.')),
});

/** As Application Auto Scaling takes them: 50 policies on a target, target tracking among them. */
export const MAXIMUM_STEP_POLICIES = 20;

export const StepPolicySettingsSchema = z.object({
  name: z.string(),
  adjustmentType: AdjustmentTypeSchema,
  minimumAdjustmentMagnitude: z.optional(z.int()),
  /** From the lowest bound to the highest. */
  adjustments: z.array(
    z.object({ lowerBound: z.optional(z.number()), upperBound: z.optional(z.number()), adjustment: z.int() }),
  ),
  cooldownSeconds: z.int(),
  aggregation: AggregationSchema,
  alarm: z.object({
    ...CustomizedMetricSchema.shape,
    periodSeconds: z.int(),
    evaluationPeriods: z.int(),
    datapointsToAlarm: z.int(),
    comparison: ComparisonSchema,
    threshold: z.number(),
    missingData: MissingDataSchema,
  }),
});
/** One step policy with the alarm that fires it, with every default. */
export type StepPolicySettings = z.infer<typeof StepPolicySettingsSchema>;

/** SuspendedState of Application Auto Scaling, in a request. */
export const SUSPENDABLE = ['scaleIn', 'scaleOut', 'schedules'] as const;
export const SuspendableSchema = z.enum(SUSPENDABLE);
