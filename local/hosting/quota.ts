/** The account's service quotas for hosting; while an endpoint is updated, both of its fleets count. */

import { AwsError } from './aws-error.ts';
import type { EndpointConfigRecord } from './records.ts';
import type { VariantSize } from './start-fleet.ts';
import type { World } from './world.ts';

export const quotaExceeded = (what: string, limit: number, used: number, delta: number, unit: string) =>
  new AwsError(
    'ResourceLimitExceeded',
    `The account-level service limit '${what}' is ${limit} ${unit}, with current utilization of ${used} ${unit} and a ` +
      `request delta of ${delta} ${unit}. Please use AWS Service Quotas to request an increase for this quota. If AWS ` +
      'Service Quotas is not available, contact AWS support to request an increase for this quota.',
  );

export function checkEndpointQuota(world: World): void {
  const { endpoints: limit = Infinity } = world.quotas;
  const used = world.endpoints.size;
  if (used + 1 > limit) throw quotaExceeded('Number of endpoints', limit, used, 1, 'Endpoints');
}

/** Refuses more instances of a type than the account may have. */
export function checkInstanceQuota(world: World, more: ReadonlyMap<string, number>): void {
  for (const [type, delta] of more) {
    const limit = world.quotas.instances?.[type] ?? world.quotas.otherInstances ?? Infinity;
    const used = instancesOf(world, type);
    if (delta > 0 && used + delta > limit)
      throw quotaExceeded(`${type} for endpoint usage`, limit, used, delta, 'Instances');
  }
}

/** Instances per type that a config asks for. */
export function instancesWanted(
  config: EndpointConfigRecord,
  sizes: ReadonlyMap<string, VariantSize>,
  share = 1,
): Map<string, number> {
  const wanted = new Map<string, number>();
  const variants = [...config.input.ProductionVariants!, ...(config.input.ShadowProductionVariants ?? [])];
  for (const { InstanceType, VariantName } of variants) {
    const count = Math.ceil((sizes.get(VariantName!)?.count ?? 0) * share);
    if (InstanceType) wanted.set(InstanceType, (wanted.get(InstanceType) ?? 0) + count);
  }
  return wanted;
}

function instancesOf(world: World, type: string): number {
  const variants = [...world.endpoints.values()].flatMap((endpoint) => endpoint.fleets().flatMap((f) => f.variants));
  return variants
    .filter((variant) => variant.production.InstanceType === type)
    .reduce((sum, variant) => sum + Math.max(variant.desiredCount ?? 0, variant.currentCount ?? 0), 0);
}
