// How many requests at once the serverless endpoints of a plan take of the account's quota, which all of the account share:
// https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html#serverless-endpoints-how-it-works-quotas
import type { Plan } from '../../state-machine/contract/plan.ts';
import type { Variant } from '../../state-machine/contract/variant.ts';
import type { PlannedConcurrency } from './rollout-plan.ts';

/** Null: nothing of it is serverless. */
export function plannedConcurrency({ operation, before, endpointConfig, candidate }: Plan): PlannedConcurrency | null {
  const live = sum((before?.variants ?? []).map(({ concurrency }) => concurrency?.maximum ?? 0));
  const after = of(endpointConfig.variants);
  const ofCandidate = of(candidate?.endpointConfig.variants ?? []);
  if (live + after + ofCandidate === 0) return null;
  // The candidate is gone before the live endpoint is touched; then its old and its new concurrency are there together.
  const atOnce = operation === 'configure' ? live : Math.max(live + ofCandidate, live + after);
  return { live, candidate: ofCandidate, after, atOnce };
}

const of = (variants: readonly Pick<Variant, 'capacity'>[]): number =>
  sum(variants.map(({ capacity }) => (capacity.type === 'serverless' ? capacity.maximumConcurrency : 0)));
const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
