// Dimensions as CloudWatch's API takes them.
import type { Dimension } from '@aws-sdk/client-cloudwatch';
import type { MetricQuery } from '../core/guardrails/metric-query.ts';

export const metricDimensions = (dimensions: MetricQuery['dimensions']): Dimension[] =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
