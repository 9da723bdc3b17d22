// The scaling of variants by their number of instances.
import { scalingBefore } from '../../../state-machine/contract/scaling-target.ts';
import { variantTarget } from '../naming/names.ts';
import type { HostingType } from './hosting-type.ts';

/** SageMaker refuses another instance type while the variant is scaled. */
export const scaledInstances: HostingType<'realtime'>['scalingTargets'] = (
  endpointName,
  variants,
  scalingOf,
  replaced,
) =>
  variants
    .filter(({ role }) => role === 'production')
    .map(({ name: variantName, capacity }) => {
      const target = variantTarget(endpointName, variantName);
      const live = replaced?.variants.find(({ name }) => name === variantName);
      const isOfOtherType = !('instanceType' in capacity) || live?.instanceType !== capacity.instanceType;
      const tracking = scalingOf.get(variantName) ?? null;
      return { ...target, variantName, tracking, suspended: scalingBefore(replaced, target) !== null && isOfOtherType };
    });
