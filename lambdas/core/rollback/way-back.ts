// How weights and counts of an endpoint become again what they were, whose variants are those of before again.
import type { Concurrency, EndpointRecord, Plan } from '../../../state-machine/contract/plan.ts';
import { scalingBefore } from '../../../state-machine/contract/scaling-target.ts';
import type { EndpointConfigDescription } from '../endpoint/endpoint-config-description.ts';
import type { EndpointDescription } from '../endpoint/endpoint-description.ts';
import { concurrencyTarget, contentName, variantTarget } from '../naming/names.ts';
import { namesChange } from '../weights/first-weights.ts';
import { type Adjustment, nextAdjustment } from '../weights/next-adjustment.ts';
import { gainsShare, sameNames, sameWeights, weightsOf } from '../weights/shares.ts';

/** Whether anything of the plan changes weights, or numbers that weights need. */
export const movesWeights = (plan: Plan): boolean =>
  plan.before !== null && ((plan.weightSteps ?? []).length > 0 || namesChange(plan));

/** Whether the endpoint has the variants that it had. */
export const hasNamesOfBefore = ({ before }: Plan, { variants }: EndpointDescription): boolean =>
  sameNames(weightsOf(variants), weightsOf(before?.variants ?? []));

/**
 * What an update back to the configuration of before left behind: it gives what that configuration says, and not what scaling,
 * or somebody, had made of it. What scales is only raised, for scaling lowers it.
 */
export function concurrencyBack({ before, endpointName }: Plan, { variants }: EndpointDescription): Adjustment | null {
  for (const { name, concurrency: had, initialConcurrency: initial } of before?.variants ?? []) {
    const live = variants.find((variant) => variant.name === name)?.concurrency;
    if (had === undefined || live === undefined || !isSame(live, initial) || isSame(live, had)) continue;
    const isScaled = scalingBefore(before, concurrencyTarget(endpointName, name)) !== null;
    const provisioned = isScaled ? Math.max(had.provisioned ?? 0, live.provisioned ?? 0) : had.provisioned;
    const concurrency = { maximum: Math.max(had.maximum, provisioned ?? 0), provisioned };
    if (!isSame(live, concurrency)) return { variantName: name, concurrency };
  }
  return null;
}

const isSame = (one: Concurrency, other: Concurrency | undefined): boolean =>
  one.maximum === other?.maximum && one.provisioned === other.provisioned;

/**
 * Null where nothing is left to ask. Who gets traffic back has at least the instances that it had with it. What was raised goes
 * down last, and only where no scaling does that: then nobody but the rollout has raised it.
 */
export function adjustmentBack(plan: Plan, endpoint: EndpointDescription): Adjustment | null {
  const { before, endpointName } = plan;
  if (before === null || !movesWeights(plan) || !hasNamesOfBefore(plan, endpoint)) return null;
  const was = weightsOf(before.variants);
  const countOf = (variantName: string) =>
    before.variants.find(({ name }) => name === variantName)?.desiredInstanceCount ?? 0;
  const gains = gainsShare(weightsOf(endpoint.variants), was);
  const next = nextAdjustment(endpoint, was, new Map(gains.map((name) => [name, countOf(name)])));
  if (next !== null) return next;
  const raised = endpoint.variants.find(
    ({ name, role, desiredInstanceCount }) =>
      role === 'production' &&
      (desiredInstanceCount ?? 0) > countOf(name) &&
      countOf(name) > 0 &&
      scalingBefore(before, variantTarget(endpointName, name)) === null,
  );
  return raised === undefined ? null : { variantName: raised.name, instanceCount: countOf(raised.name) };
}

/**
 * The name of a configuration between the two: it has the variants of before, with the weights and instances that they had.
 * Where variants come or go nothing is retained, and the configuration of before may say fewer instances, or other weights, than
 * there were. From this one to it everything can be retained, for the names are the same.
 */
export const betweenName = ({ endpointName, rolloutId, before }: Plan): string =>
  contentName(endpointName, 'b', [rolloutId, before?.endpointConfigName]);

/** Whether a configuration alone gives what there was: the weights, and not fewer instances. */
export function givesAllOfBefore(before: EndpointRecord, { variants }: EndpointConfigDescription): boolean {
  const weights = Object.fromEntries(variants.map(({ name, initialWeight }) => [name, initialWeight]));
  return (
    sameWeights(weights, weightsOf(before.variants)) &&
    before.variants.every(({ name, desiredInstanceCount }) => {
      const initial = variants.find((variant) => variant.name === name)?.initialInstanceCount ?? 0;
      return initial >= (desiredInstanceCount ?? 0);
    })
  );
}

/** By the variant's name: what a variant had, or what it has now, where something else than the rollout gave it more. */
export function numbersOfBefore(
  { endpointConfig }: Pick<Plan, 'endpointConfig'>,
  before: EndpointRecord,
  endpoint: EndpointDescription,
) {
  const given = (variantName: string) => {
    const { capacity } = endpointConfig.variants.find(({ name }) => name === variantName) ?? {};
    return capacity !== undefined && 'instanceCount' in capacity ? capacity.instanceCount : 0;
  };
  return new Map(
    before.variants.map(({ name, weight, desiredInstanceCount }) => {
      const live = endpoint.variants.find((variant) => variant.name === name)?.desiredInstanceCount ?? 0;
      const had = desiredInstanceCount ?? 0;
      return [name, { weight, instanceCount: live > given(name) ? Math.max(had, live) : had }];
    }),
  );
}
