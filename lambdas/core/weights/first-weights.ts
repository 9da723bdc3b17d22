// With which weights an update begins: it never moves shares between variants, the steps that follow do.
import type { Plan, VariantRecord } from '../../../state-machine/contract/plan.ts';
import type { Weights } from '../../../state-machine/contract/weight-shift.ts';
import { sameNames, sameShares, weightOf, weightsOf } from './shares.ts';

/**
 * What is live keeps the weight that it has, so that it does not matter whether SageMaker retains weights; what is new begins
 * without traffic. Where nothing of what gets traffic stays, what is wanted is there at once: somebody has to answer.
 */
export function firstWeights(wanted: Weights, live: readonly VariantRecord[]): Weights {
  const now = weightsOf(live);
  const kept = Object.fromEntries(Object.keys(wanted).map((name) => [name, weightOf(now, name)]));
  if (Object.values(kept).every((weight) => weight === 0)) return wanted;
  // Of other variants nothing is retained, and where the shares are as wanted already, so may be the numbers.
  return !sameNames(now, wanted) && sameShares(kept, wanted) ? wanted : kept;
}

/** The weights from which the steps of a plan go. */
export const weightsBeforeSteps = ({ operation, before, endpointConfig }: Plan): Weights =>
  operation === 'configure' ? weightsOf(before?.variants ?? []) : weightsOf(endpointConfig.variants);

/** Whether a variant is added or removed, for which SageMaker has no guardrails and retains nothing. The short form keeps the name. */
export const namesChange = ({ request, before, endpointConfig }: Pick<Plan, 'request' | 'before' | 'endpointConfig'>) =>
  request.variants !== undefined &&
  before !== null &&
  !sameNames(weightsOf(before.variants), weightsOf(endpointConfig.variants));
