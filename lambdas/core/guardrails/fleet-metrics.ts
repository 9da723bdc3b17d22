// The metrics that SageMaker publishes of one fleet: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
import { type Fleet, PERIOD_SECONDS, type Watched } from './fleet-alarms.ts';
import type { MetricQuery } from './metric-query.ts';

export const ENDPOINT_METRICS = 'AWS/SageMaker';

/** https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html */
export const fleetDimensions = ({
  endpointName,
  variantName,
  endpointConfigName,
}: Watched): MetricQuery['dimensions'] => ({
  EndpointName: endpointName,
  ...(variantName !== undefined && { VariantName: variantName }),
  ...(endpointConfigName !== undefined && { EndpointConfigName: endpointConfigName }),
});

/** How many invocations reached the fleet, period by period. */
export const fleetInvocations = (fleet: Fleet): MetricQuery => ({
  namespace: ENDPOINT_METRICS,
  metric: 'Invocations',
  dimensions: fleetDimensions(fleet),
  statistic: 'Sum',
  periodSeconds: PERIOD_SECONDS,
});
