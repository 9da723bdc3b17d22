// The scaling of serverless variants by what they keep warm.
import { concurrencyTarget } from '../naming/names.ts';
import type { HostingType } from './hosting-type.ts';

/** A variant without provisioned concurrency has nothing that could be registered. */
export const scaledConcurrency: HostingType<'serverless'>['scalingTargets'] = (endpointName, variants, scalingOf) =>
  variants.flatMap(({ name: variantName, role, capacity }) => {
    const isProvisioned = capacity.type === 'serverless' && capacity.provisionedConcurrency !== undefined;
    if (role !== 'production' || !isProvisioned) return [];
    const tracking = scalingOf.get(variantName) ?? null;
    return [{ ...concurrencyTarget(endpointName, variantName), variantName, tracking, suspended: false }];
  });
