// What SageMaker is to be asked for next, so that weights become what they should be: room first, then the weights.

import type { Concurrency } from '../../../state-machine/contract/plan.ts';
import type { Weights } from '../../../state-machine/contract/weight-shift.ts';
import type { EndpointDescription } from '../endpoint/endpoint-description.ts';
import { sameWeights, sharesText, weightsOf } from './shares.ts';

/** UpdateEndpointWeightsAndCapacities takes the weights of all variants, or the capacity of one. */
export type Adjustment =
  | { weights: Weights }
  | { variantName: string; instanceCount: number }
  | { variantName: string; concurrency: Concurrency };

/** For people, and to know it again. */
export function adjustmentText(adjustment: Adjustment): string {
  if ('weights' in adjustment) return sharesText(adjustment.weights);
  if ('instanceCount' in adjustment) return `${adjustment.variantName}: ${adjustment.instanceCount} instances`;
  const { maximum, provisioned } = adjustment.concurrency;
  const warm = provisioned === null ? '' : `, ${provisioned} of them provisioned`;
  return `${adjustment.variantName}: a concurrency of ${maximum}${warm}`;
}

/** Null where nothing is left to do. `needed`: how many instances a variant must have before the weights move. */
export function nextAdjustment(
  { variants }: EndpointDescription,
  wanted: Weights,
  needed: ReadonlyMap<string, number>,
): Adjustment | null {
  if (sameWeights(weightsOf(variants), wanted)) return null;
  for (const { name, currentInstanceCount } of variants) {
    const instanceCount = needed.get(name) ?? 0;
    if (currentInstanceCount !== null && currentInstanceCount < instanceCount)
      return { variantName: name, instanceCount };
  }
  return { weights: wanted };
}
