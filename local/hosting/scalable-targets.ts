/** RegisterScalableTarget, DescribeScalableTargets, DeregisterScalableTarget and the activities. */

import { randomBytes } from 'node:crypto';
import type {
  DeregisterScalableTargetRequest,
  DescribeScalableTargetsRequest,
  DescribeScalingActivitiesRequest,
  RegisterScalableTargetRequest,
} from '@aws-sdk/client-application-auto-scaling';
import { arnOf } from './arns.ts';
import { AwsError, validationException } from './aws-error.ts';
import { paged } from './paged.ts';
import type { Variant } from './records.ts';
import { deregister } from './scaling-limits.ts';
import { INSTANCE_COUNT, PROVISIONED_CONCURRENCY, type ScalableTarget, targetKey } from './scaling-records.ts';
import type { World } from './world.ts';

export interface TargetId {
  readonly ServiceNamespace?: string;
  readonly ResourceId?: string;
  readonly ScalableDimension?: string;
}

export const describedId = (id: TargetId) =>
  `service namespace: ${id.ServiceNamespace}, resource ID: ${id.ResourceId}, scalable dimension: ${id.ScalableDimension}`;

const VARIANT = /^endpoint\/([^/]+)\/variant\/([^/]+)$/;

/** The simulator holds only SageMaker's variants: every other resource is refused as AWS refuses unknown ones. */
export function checkScalable(id: TargetId): { endpointName: string; variantName: string } {
  const [, endpointName, variantName] = VARIANT.exec(id.ResourceId!) ?? [];
  const known = [INSTANCE_COUNT, PROVISIONED_CONCURRENCY].includes(id.ScalableDimension!);
  if (id.ServiceNamespace !== 'sagemaker' || !known || !endpointName || !variantName)
    throw validationException('Unsupported service namespace, resource type or scalable dimension');
  return { endpointName, variantName };
}

export function findTarget(world: World, id: TargetId): ScalableTarget | undefined {
  return id.ServiceNamespace === 'sagemaker'
    ? world.targets.get(targetKey(id.ResourceId!, id.ScalableDimension!))
    : undefined;
}

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html */
export function registerScalableTarget(world: World, input: RegisterScalableTargetRequest) {
  const { endpointName, variantName } = checkScalable(input);
  checkVariant(findVariant(world, endpointName, variantName), input);
  const least = leastCapacity(world, endpointName, input);
  const existing = findTarget(world, input);
  const min = input.MinCapacity ?? existing?.min;
  const max = input.MaxCapacity ?? existing?.max;
  if (min === undefined || max === undefined)
    throw validationException('MinCapacity and MaxCapacity are required when registering a new scalable target');
  if (min < least) throw validationException(`Minimum capacity cannot be less than ${least}`);
  if (min > max) throw validationException('Maximum capacity cannot be less than minimum capacity');
  if (existing && input.Tags)
    throw validationException(
      'The scalable target that you tried to tag already exists. To update tags on an existing scalable target, use ' +
        'the TagResource API.',
    );
  const target = existing ?? newTarget(world, input, endpointName, variantName);
  Object.assign(target, { min, max, unsettledSince: world.now() });
  if (input.SuspendedState) target.suspended = { ...target.suspended, ...input.SuspendedState };
  world.targets.set(targetKey(target.resourceId, target.dimension), target);
  return { ScalableTargetARN: target.arn };
}

function newTarget(
  world: World,
  input: RegisterScalableTargetRequest,
  endpointName: string,
  variantName: string,
): ScalableTarget {
  const arn = `arn:aws:application-autoscaling:${world.region}:${world.accountId}:scalable-target/${randomBytes(16).toString('hex')}`;
  world.tags.set(arn, new Map(Object.entries(input.Tags ?? {})));
  // Whatever role the caller names, SageMaker targets use the service-linked one.
  const role =
    'sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint';
  return {
    ...{ arn, endpointName, variantName, resourceId: input.ResourceId!, dimension: input.ScalableDimension! },
    ...{ createdAt: world.now(), min: 0, max: 0, unsettledSince: world.now() },
    roleArn: `arn:aws:iam::${world.accountId}:role/aws-service-role/${role}`,
    suspended: {
      DynamicScalingInSuspended: false,
      DynamicScalingOutSuspended: false,
      ScheduledScalingSuspended: false,
    },
  };
}

function findVariant(world: World, endpointName: string, variantName: string): Variant | undefined {
  const endpoint = world.endpoints.get(arnOf(world, 'endpoint', endpointName));
  if (endpoint?.name !== endpointName || endpoint.status === 'Deleting') return undefined;
  return endpoint.fleet?.variants.find(({ name }) => name === variantName);
}

/** AWS's own text for this is not documented; the code is. */
function checkVariant(variant: Variant | undefined, id: TargetId): void {
  if (!variant) throw validationException(`SageMaker variant doesn't exist: ${id.ResourceId}`);
  const serverless = variant.production.ServerlessConfig !== undefined;
  if (serverless === (id.ScalableDimension === INSTANCE_COUNT))
    throw validationException(`Scalable dimension ${id.ScalableDimension} does not fit the variant ${id.ResourceId}`);
  if (serverless && variant.desiredServerless?.ProvisionedConcurrency === undefined)
    throw validationException(`The variant ${id.ResourceId} has no provisioned concurrency to scale`);
}

/**
 * "For certain resources, the minimum value allowed is 0 ... For all other resources, the minimum value allowed is 1"
 * (API_RegisterScalableTarget). Asynchronous endpoints may have none: async-inference-autoscale.html registers them so.
 */
function leastCapacity(world: World, endpointName: string, { ScalableDimension }: TargetId): number {
  const fleet = world.endpoints.get(arnOf(world, 'endpoint', endpointName))?.fleet;
  return ScalableDimension === INSTANCE_COUNT && !fleet?.config.input.AsyncInferenceConfig ? 1 : 0;
}

export function describeScalableTargets(world: World, input: DescribeScalableTargetsRequest) {
  const ids = input.ResourceIds;
  if (input.ScalableDimension && !ids)
    throw validationException('ResourceIds must be specified when ScalableDimension is specified');
  const chosen = [...world.targets.values()].filter(
    (target) =>
      input.ServiceNamespace === 'sagemaker' &&
      (!ids || ids.includes(target.resourceId)) &&
      (!input.ScalableDimension || input.ScalableDimension === target.dimension),
  );
  const { page, next } = paged(chosen, input, 50);
  const ScalableTargets = page.map((target) => ({
    ServiceNamespace: 'sagemaker',
    ResourceId: target.resourceId,
    ScalableDimension: target.dimension,
    MinCapacity: target.min,
    MaxCapacity: target.max,
    RoleARN: target.roleArn,
    CreationTime: new Date(target.createdAt),
    SuspendedState: target.suspended,
    ScalableTargetARN: target.arn,
  }));
  return { ScalableTargets, ...next };
}

export function deregisterScalableTarget(world: World, input: DeregisterScalableTargetRequest) {
  const target = findTarget(world, input);
  if (!target) throw new AwsError('ObjectNotFoundException', `No scalable target found for ${describedId(input)}`);
  deregister(world, target);
  return {};
}

export function describeScalingActivities(world: World, input: DescribeScalingActivitiesRequest) {
  const chosen = world.activities.filter(
    (activity) =>
      input.ServiceNamespace === 'sagemaker' &&
      (!input.ResourceId || input.ResourceId === activity.resourceId) &&
      (!input.ScalableDimension || input.ScalableDimension === activity.dimension),
  );
  const { page, next } = paged(chosen, input, 50);
  const ScalingActivities = page.map((activity) => ({
    ActivityId: activity.id,
    ServiceNamespace: 'sagemaker',
    ResourceId: activity.resourceId,
    ScalableDimension: activity.dimension,
    Description: activity.description,
    Cause: activity.cause,
    StartTime: new Date(activity.startedAt),
    StatusCode: 'Successful',
  }));
  return { ScalingActivities, ...next };
}
