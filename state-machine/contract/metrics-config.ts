// MetricsConfig of an endpoint configuration: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MetricsConfig.html
import * as z from 'zod/mini';

export const MetricsConfigSchema = z.object({
  /** Metrics of each instance and container. */
  enhanced: z.boolean(),
  /** SageMaker asks the container's `GET /metrics`, and publishes it. */
  detailedObservability: z.boolean(),
  publishFrequencySeconds: z.int(),
});
export type MetricsConfig = z.infer<typeof MetricsConfigSchema>;
