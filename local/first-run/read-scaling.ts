// Reads how the endpoint scales.
import {
  type ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { mustBe } from './must.ts';

export interface Scaling {
  resourceId: string;
  minimum: number | undefined;
  maximum: number | undefined;
  metric: string | undefined;
  target: number | undefined;
  scaleOutCooldownSeconds: number | undefined;
  scaleInCooldownSeconds: number | undefined;
}

/** @throws NotAsItMustBe unless it is as a request without scaling asks for */
export async function readScaling(client: ApplicationAutoScalingClient, endpointName: string): Promise<Scaling> {
  const ServiceNamespace = 'sagemaker';
  const resourceId = `endpoint/${endpointName}/variant/primary`;
  const { ScalableTargets = [] } = await client.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace, ResourceIds: [resourceId] }),
  );
  const { ScalingPolicies = [] } = await client.send(
    new DescribeScalingPoliciesCommand({ ServiceNamespace, ResourceId: resourceId }),
  );
  mustBe('The number of scalable targets and policies', [ScalableTargets.length, ScalingPolicies.length], [1, 1]);
  const [target] = ScalableTargets;
  const tracking = ScalingPolicies[0]?.TargetTrackingScalingPolicyConfiguration;
  const scaling = {
    resourceId,
    minimum: target?.MinCapacity,
    maximum: target?.MaxCapacity,
    metric: tracking?.PredefinedMetricSpecification?.PredefinedMetricType,
    target: tracking?.TargetValue,
    scaleOutCooldownSeconds: tracking?.ScaleOutCooldown,
    scaleInCooldownSeconds: tracking?.ScaleInCooldown,
  };
  const { minimum, maximum, metric, target: value } = scaling;
  const expected = [1, 5, 'SageMakerVariantInvocationsPerInstance', 70];
  mustBe('Minimum, maximum, metric and target of the scaling', [minimum, maximum, metric, value], expected);
  return scaling;
}
