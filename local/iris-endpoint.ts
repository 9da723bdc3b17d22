// Asks the iris endpoint what it should know, and how it scales.
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';

export interface Client {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** Rows 1, 66 and 101 of Fisher's data, and what they are. */
const FLOWERS: [row: number[], species: string][] = [
  [[5.1, 3.5, 1.4, 0.2], 'setosa'],
  [[6.7, 3.1, 4.4, 1.4], 'versicolor'],
  [[6.3, 3.3, 6.0, 2.5], 'virginica'],
];

/**
 * What the endpoint makes of one flower of each species, a line for each.
 *
 * @throws when it is wrong about one
 */
export async function predictions(client: Client, EndpointName: string): Promise<string[]> {
  const runtime = new SageMakerRuntimeClient(client);
  const instances = FLOWERS.map(([row]) => row);
  const { Body } = await runtime.send(
    new InvokeEndpointCommand({ EndpointName, ContentType: 'application/json', Body: JSON.stringify({ instances }) }),
  );
  const answer = JSON.parse(Body!.transformToString()) as {
    predictions: { predicted_class: string; confidence: number }[];
  };
  return FLOWERS.map(([row, species], index) => {
    const { predicted_class: predicted, confidence } = answer.predictions[index]!;
    const flower = row.map((centimetres) => centimetres.toFixed(1)).join(', ');
    if (predicted !== species) throw new Error(`the endpoint takes [${flower}], a ${species}, for a ${predicted}`);
    return `[${flower}]  ${predicted.padEnd(10)}  confidence ${confidence.toFixed(2)}`;
  });
}

/** @throws when no scaling is registered for the endpoint */
export async function scaling(client: Client, endpointName: string): Promise<string> {
  const autoScaling = new ApplicationAutoScalingClient(client);
  const ServiceNamespace = 'sagemaker';
  const targets = await autoScaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace }));
  const target = targets.ScalableTargets?.find(({ ResourceId }) => ResourceId?.startsWith(`endpoint/${endpointName}/`));
  if (!target) throw new Error(`no auto scaling is registered for ${endpointName}`);
  const { ResourceId, MinCapacity, MaxCapacity } = target;
  const { ScalingPolicies } = await autoScaling.send(
    new DescribeScalingPoliciesCommand({ ServiceNamespace, ResourceId }),
  );
  const tracking = ScalingPolicies?.[0]?.TargetTrackingScalingPolicyConfiguration;
  const metric = tracking?.PredefinedMetricSpecification?.PredefinedMetricType;
  return `${MinCapacity} to ${MaxCapacity} instances, target ${tracking?.TargetValue} (${metric})`;
}
