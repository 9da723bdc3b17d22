// What target tracking of ours tracks: a metric that Application Auto Scaling knows, or any of CloudWatch's.
import * as z from 'zod/mini';

const describe = z.describe;

/** Those of instances, and of the provisioned concurrency of serverless variants: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html */
export const SCALING_METRICS = [
  'SageMakerVariantInvocationsPerInstance',
  'SageMakerVariantConcurrentRequestsPerModelHighResolution',
  'SageMakerVariantProvisionedConcurrencyUtilization',
] as const;

/**
 * Requests that wait in the queue of an asynchronous endpoint, for each of its instances. Application Auto Scaling knows it as
 * a metric of CloudWatch's: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html
 */
export const BACKLOG_METRIC = 'ApproximateBacklogSizePerInstance';

const NameSchema = z.string().check(z.minLength(1), z.maxLength(255), z.regex(/^[\x20-\x7e]*\S[\x20-\x7e]*$/));

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_CustomizedMetricSpecification.html */
export const CustomizedMetricSchema = z.strictObject({
  namespace: NameSchema.check(describe('For example AWS/SageMaker.')),
  metricName: NameSchema,
  dimensions: z.optional(
    z
      .record(NameSchema, z.string().check(z.minLength(1), z.maxLength(1024)))
      .check(describe('All that the metric is published with, for example EndpointName and VariantName.')),
  ),
  statistic: z.enum(['Average', 'Minimum', 'Maximum', 'SampleCount', 'Sum']),
  unit: z.optional(NameSchema),
});

export const ScalingMetricSchema = z.union([
  z.enum([...SCALING_METRICS, BACKLOG_METRIC]),
  z.strictObject({
    customized: CustomizedMetricSchema.check(describe('It must fall as instances are added, and be published at all.')),
  }),
]);
export type ScalingMetric = z.infer<typeof ScalingMetricSchema>;
