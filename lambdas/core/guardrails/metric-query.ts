// One metric of CloudWatch, and how it is asked for.

export interface MetricQuery {
  namespace: string;
  metric: string;
  dimensions: Readonly<Record<string, string>>;
  /** `p99` and its like are percentiles: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html */
  statistic: 'Sum' | 'Average' | 'Maximum' | `p${number}`;
  periodSeconds: number;
}
