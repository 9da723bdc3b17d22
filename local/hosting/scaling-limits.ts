/** Where scaling and endpoints meet: capacity is brought into its limits, and scaled variants restrict updates. */

import { randomUUID } from 'node:crypto';
import { validationException } from './aws-error.ts';
import { setStatus } from './moves.ts';
import type { Endpoint, EndpointConfigRecord, Variant } from './records.ts';
import { begin } from './run-transitions.ts';
import { INSTANCE_COUNT, type ScalableTarget, targetKey } from './scaling-records.ts';
import { scaling } from './transitions.ts';
import type { World } from './world.ts';

const targetsOf = (world: World, endpointName: string) =>
  [...world.targets.values()].filter((target) => target.endpointName === endpointName);

/** Brings current capacity into [min, max]: the endpoint is Updating meanwhile, on the same config. True if it began. */
export function applyScalingLimits(world: World, endpoint: Endpoint): boolean {
  if (endpoint.status !== 'InService') return false;
  for (const target of targetsOf(world, endpoint.name)) {
    if (target.unsettledSince === undefined) continue;
    const at = Math.max(target.unsettledSince, endpoint.modifiedAt);
    target.unsettledSince = undefined;
    const variant = endpoint.fleet!.variants.find(({ name }) => name === target.variantName);
    const count = (variant && capacityOf(variant, target)) ?? 0;
    const limited = Math.min(Math.max(count, target.min), target.max);
    if (!variant || limited === count) continue;
    const cause = limited > count ? 'minimum capacity was increased' : 'maximum capacity was decreased';
    scaleVariant(world, endpoint, target, limited, cause, at);
    return true;
  }
  return false;
}

/** What a scaling policy does when its alarm fires; within the limits of the target. */
export function scaleVariant(
  world: World,
  endpoint: Endpoint,
  target: ScalableTarget,
  count: number,
  cause: string,
  at: number,
): void {
  const variant = endpoint.fleet!.variants.find(({ name }) => name === target.variantName)!;
  world.activities.unshift({
    id: randomUUID(),
    resourceId: target.resourceId,
    dimension: target.dimension,
    startedAt: at,
    description: `Setting desired ${target.dimension === INSTANCE_COUNT ? 'instance count' : 'provisioned concurrency'} to ${count}.`,
    cause,
  });
  setStatus(world, endpoint, 'Updating', at);
  const wanted =
    target.dimension === INSTANCE_COUNT
      ? { variant, count }
      : { variant, serverless: { ...variant.desiredServerless!, ProvisionedConcurrency: count } };
  begin(world, endpoint, scaling(world, endpoint, [wanted], at), at);
}

const capacityOf = (variant: Variant, { dimension }: ScalableTarget): number | undefined =>
  dimension === INSTANCE_COUNT ? variant.desiredCount : variant.desiredServerless?.ProvisionedConcurrency;

/** A scaled variant may get another model, but keeps its name and instance type
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-update.html). */
export function checkScaledVariants(world: World, endpoint: Endpoint, config: EndpointConfigRecord): void {
  const changed = targetsOf(world, endpoint.name)
    .map((target) => target.variantName)
    .filter((name) => {
      const before = endpoint.fleet!.variants.find((variant) => variant.name === name);
      const after = config.input.ProductionVariants!.find((variant) => variant.VariantName === name);
      if (!before) return false;
      // That provisioned concurrency may not go either while it is scaled, no page says.
      const isProvisioned = before.desiredServerless?.ProvisionedConcurrency !== undefined;
      if (isProvisioned && after?.ServerlessConfig?.ProvisionedConcurrency === undefined) return true;
      return before.production.InstanceType !== after?.InstanceType;
    });
  if (changed.length > 0)
    throw validationException(
      `Variant(s) "[${changed.join(', ')}]" must be deregistered as scalable targets with AWS Auto Scaling before they ` +
        'can be removed or have their instance type updated.',
    );
}

/** Policies and scheduled actions go with their target. */
export function deregister(world: World, target: ScalableTarget): void {
  const key = targetKey(target.resourceId, target.dimension);
  world.targets.delete(key);
  world.tags.delete(target.arn);
  for (const [id, policy] of world.policies) if (policy.targetKey === key) world.policies.delete(id);
  for (const [id, action] of world.scheduledActions) if (action.targetKey === key) world.scheduledActions.delete(id);
}

/** DeleteEndpoint deregisters silently, for callers who may (https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-delete-with-scaling.html). */
export function deregisterAllOf(world: World, endpointName: string): void {
  for (const target of targetsOf(world, endpointName)) deregister(world, target);
}
