// The dimensions under which SageMaker publishes the metrics of one fleet.
import type { Dimension } from '@aws-sdk/client-cloudwatch';
import type { Fleet } from '../core/guardrails/fleet-alarms.ts';

export const ENDPOINT_METRICS = 'AWS/SageMaker';

/** https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html */
export const fleetDimensions = ({ endpointName, variantName, endpointConfigName }: Fleet): Dimension[] => [
  { Name: 'EndpointName', Value: endpointName },
  { Name: 'VariantName', Value: variantName },
  { Name: 'EndpointConfigName', Value: endpointConfigName },
];
