// How many instances the new fleet of each production variant has: what serves stays, unless more is asked for.
import type { Variant } from '../../../state-machine/contract/variant.ts';
import type { ServingVariant } from './hosting-type.ts';
import { hostingTypeOf } from './hosting-types.ts';

/** By the variant's name; only those that have instances. */
export function fleetSizes(
  variants: readonly Variant[],
  serving: readonly ServingVariant[],
): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { name, role, capacity } of variants) {
    const type = hostingTypeOf(capacity.type);
    const instances = type.instances(capacity);
    if (role !== 'production' || instances === null) continue;
    sizes.set(name, Math.max(instances.count, type.servingFloor(serving).get(name) ?? 0));
  }
  return sizes;
}

/** Of those whose traffic moves in the coarsest steps; 1 where no variant has instances. */
export const smallestFleet = (sizes: ReadonlyMap<string, number>): number =>
  sizes.size === 0 ? 1 : Math.min(...sizes.values());

/** Of those that take the longest to come. */
export const largestFleet = (sizes: ReadonlyMap<string, number>): number => Math.max(1, ...sizes.values());

/**
 * Whether every variant keeps the instances that it has (RetainAllVariantProperties), or all get what the new configuration
 * says. SageMaker knows no answer for each variant: one that would lose instances decides for all, so that none ever does.
 */
export function retainsInstanceCounts(variants: readonly Variant[], serving: readonly ServingVariant[]): boolean {
  const wanted = variants.flatMap(({ name, role, capacity }) => {
    const instances = hostingTypeOf(capacity.type).instances(capacity);
    const now = serving.find((each) => each.name === name)?.desiredInstanceCount ?? 0;
    return role === 'production' && instances !== null ? [{ now, next: instances.count }] : [];
  });
  return wanted.some(({ now, next }) => now > next) || wanted.every(({ now, next }) => now >= next);
}
