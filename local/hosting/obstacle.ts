/** What keeps new instances from coming up though there is capacity: the network, the rights of the role, the key, the topics. */

import type { EndpointConfigRecord, Variant } from './records.ts';
import type { Network, StartedWith } from './started-with.ts';
import type { World } from './world.ts';

export interface Obstacle {
  isKnown: boolean;
  /** A FailureReason; undefined where nothing stands in the way. */
  reason: string | undefined;
}

/**
 * Begins to look; undefined where there is nothing to look at. That all of it is found at the start of instances and not at
 * CreateModel or CreateEndpointConfig is not documented, but for one sentence: without kms:CreateGrant of the role Inference
 * Recommender's endpoints fail "asynchronously" (API_RecommendationJobInputConfig, VolumeKmsKeyId).
 */
export function lookForObstacle(
  world: World,
  config: EndpointConfigRecord,
  variants: readonly Variant[],
): Obstacle | undefined {
  const { KmsKeyId, AsyncInferenceConfig } = config.input;
  const { SuccessTopic, ErrorTopic } = AsyncInferenceConfig?.OutputConfig?.NotificationConfig ?? {};
  const topics = [SuccessTopic, ErrorTopic].filter((topic) => topic !== undefined);
  const started = variants
    .map(
      ({ model: { input } }): StartedWith => ({
        roleArn: input.ExecutionRoleArn!,
        VpcConfig: input.VpcConfig,
        KmsKeyId,
        topics,
      }),
    )
    .filter((each) => each.VpcConfig || each.KmsKeyId || topics.length > 0);
  if (started.length === 0) return undefined;
  const obstacle: Obstacle = { isKnown: false, reason: undefined };
  const learn = (reason: string | undefined) => Object.assign(obstacle, { isKnown: true, reason });
  const outsideNetwork = started
    .map((each) => notInNetwork(world.network, each))
    .find((reason) => reason !== undefined);
  if (outsideNetwork !== undefined || !world.obstacleTo) learn(outsideNetwork);
  else
    Promise.all(started.map(world.obstacleTo)).then(
      (reasons) => learn(reasons.find((reason) => reason !== undefined)),
      (error: Error) => learn(error.message),
    );
  return obstacle;
}

/** In EC2's words for InvalidSubnetID.NotFound and InvalidGroup.NotFound. */
function notInNetwork({ subnets, securityGroups }: Network, { VpcConfig }: StartedWith): string | undefined {
  const subnet = VpcConfig?.Subnets?.find((id) => !subnets.includes(id));
  if (subnet !== undefined) return `The subnet ID '${subnet}' does not exist`;
  const group = VpcConfig?.SecurityGroupIds?.find((id) => !securityGroups.includes(id));
  return group === undefined ? undefined : `The security group '${group}' does not exist`;
}
