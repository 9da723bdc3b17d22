// An endpoint that somebody made and gave to a simulated stack, with scaling of its own.
import { STACK_TAG } from '../../lambdas/core/naming/ownership-tags.ts';
import type { Json } from '../../simulate/engine/asl.ts';
import { fieldsOfLive } from '../../simulate/judging/live-settings.ts';
import { archive } from '../../simulate/world/archives.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import { keyOf, SimulatedStack } from '../../simulate/world/simulated-stack.ts';
import { ACCOUNT, EXECUTION_ROLE, REGION, STACK } from '../../simulate/world/stack-names.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';

const registry = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
const OWN = `${registry}/serving:one`;
export const THEIRS = `${registry}/theirs:one`;
export const target = {
  ...{ ServiceNamespace: 'sagemaker', ScalableDimension: 'sagemaker:variant:DesiredInstanceCount' },
  ResourceId: 'endpoint/iris/variant/blue',
};

/** An endpoint of two instances that somebody made and gave to the stack. */
export async function adopted({ Image = OWN, InstanceType = 'ml.c5.large' } = {}) {
  const stack = new SimulatedStack({ ...engineAsItIs(), seed: 1 });
  stack.manifest('iris', { canaryInvocations: { requests: 1 } });
  const container = { Image, ModelDataUrl: 's3://theirs/model.tar.gz', Environment: { LEVEL: 'info' } };
  await stack.person('sagemaker', 'CreateModel', {
    ...{ ModelName: 'theirs', ExecutionRoleArn: EXECUTION_ROLE, PrimaryContainer: container },
  });
  await stack.person('sagemaker', 'CreateEndpointConfig', {
    EndpointConfigName: 'theirs',
    ProductionVariants: [{ VariantName: 'blue', ModelName: 'theirs', InstanceType, InitialInstanceCount: 2 }],
  });
  await stack.person('sagemaker', 'CreateEndpoint', {
    ...{ EndpointName: 'iris', EndpointConfigName: 'theirs', Tags: [{ Key: 'team', Value: 'flowers' }] },
  });
  await stack.account.time.run(() => false, stack.account.time.now + 600_000);
  await stack.person('application-autoscaling', 'RegisterScalableTarget', {
    ...{ ...target, MinCapacity: 2, MaxCapacity: 4 },
  });
  await stack.person('application-autoscaling', 'PutScalingPolicy', {
    ...{ ...target, PolicyName: 'theirs', PolicyType: 'TargetTrackingScaling' },
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 30,
      PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
    },
  });
  const ResourceArn = `arn:aws:sagemaker:${REGION}:${ACCOUNT}:endpoint/iris`;
  await stack.person('sagemaker', 'AddTags', { ResourceArn, Tags: [{ Key: STACK_TAG, Value: STACK }] });
  const settings = () => fieldsOfLive(stack.account.hosting.snapshot(), 'iris');
  const last = async () => {
    await stack.settle();
    return stack.account.announced.at(-1) as Outcome;
  };
  const uploaded = async (number: number) => {
    stack.upload(keyOf('iris', number), await archive('good', number));
    return last();
  };
  const model = { s3Uri: `s3://models-bucket/${keyOf('iris', 1)}` };
  const requested = async (request: Record<string, Json>) => {
    stack.upload(keyOf('iris', 1), await archive('good', 1), []);
    stack.request({ endpointName: 'iris', model, ...request });
    return last();
  };
  return { stack, settings, last, uploaded, requested };
}
