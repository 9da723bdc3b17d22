// What serves and scales during an update, and after one that failed.
import { canonicalJson } from '../../../lambdas/core/naming/names.ts';
import { firstClaims, outcomesOf, succeeded } from '../claims.ts';
import type { Evidence, Snapshot } from '../evidence.ts';
import { toBeAgain } from '../passed-schedules.ts';
import type { Rule } from '../rule.ts';

/** Whether somebody asked for an endpoint without the variant. */
function isToGo({ claims }: Evidence, name: string): boolean {
  const [endpointName, variantName] = name.split('/');
  return claims.some(
    ({ plan }) =>
      plan?.endpointName === endpointName && plan?.endpointConfig.variants.every((each) => each.name !== variantName),
  );
}

interface Concurrency {
  MaxConcurrency: number;
  ProvisionedConcurrency?: number;
}
const provisionedOf = ({ ProvisionedConcurrency = 0 }: Concurrency) => ProvisionedConcurrency;

/** Of serverless endpoints, by their names. */
function concurrencyOf({ endpoints }: Snapshot): Record<string, Concurrency> {
  const all = Object.entries(endpoints).flatMap(([name, endpoint]) => {
    const [variant] =
      (endpoint as { ProductionVariants?: { DesiredServerlessConfig?: Concurrency }[] }).ProductionVariants ?? [];
    return variant?.DesiredServerlessConfig === undefined ? [] : [[name, variant.DesiredServerlessConfig] as const];
  });
  return Object.fromEntries(all);
}

export const capacityStays: Rule = {
  number: 6,
  name: 'capacityStays',
  text: 'An update never lowers the serving capacity of a variant below what it was, unless it is to go, nor that of all that get traffic; and scaling is put back exactly as it was after a failure.',
  broken: (evidence, { outsider, mayDelete }) => {
    if (outsider || mayDelete) return [];
    const found: string[] = [];
    const { traffic } = evidence;
    for (const [name, was] of traffic.before) {
      const lowest = traffic.lowest.get(name) ?? was;
      if (lowest < was && !isToGo(evidence, name)) found.push(`the capacity of ${name} fell from ${was} to ${lowest}`);
    }
    for (const [name, was] of traffic.allBefore) {
      const lowest = traffic.lowestOfAll.get(name) ?? was;
      if (lowest < was) found.push(`the capacity of all variants of ${name} fell from ${was} to ${lowest}`);
    }
    const { after } = evidence;
    const outcomes = outcomesOf(evidence);
    if (after === null || outcomes.length === 0) return found;
    const before = toBeAgain(evidence, after);
    const failed = outcomes.every(({ outcome }) => outcome === 'rolledBack' || outcome === 'rejected');
    const scalingOf = (alive: Snapshot) =>
      canonicalJson([alive.scalableTargets, alive.scalingPolicies, alive.scheduledActions]);
    if (failed && scalingOf(before) !== scalingOf(after)) found.push('scaling is not as it was');
    const [had, has] = [concurrencyOf(before), concurrencyOf(after)];
    // Where calls are refused for ever it may stay lower than it was: then a person is told, and of what.
    const isTold = outcomes.some(
      ({ outcome, left }) => outcome === 'needsAttention' && left.some((text) => text.includes('concurrency')),
    );
    for (const [name, was] of isTold ? [] : Object.entries(had)) {
      const is = has[name] ?? was;
      const isLess = is.MaxConcurrency < was.MaxConcurrency || provisionedOf(is) < provisionedOf(was);
      if (isLess || (failed && canonicalJson(is) !== canonicalJson(was)))
        found.push(`the concurrency of ${name} was ${canonicalJson(was)} and is ${canonicalJson(is)}`);
    }
    // What people scheduled is theirs: an update takes it off for its own time at most, unless it is asked to end all scaling.
    const staysScaled = firstClaims(evidence).every(
      (claim) => succeeded(claim) && claim.plan?.request.scaling !== null,
    );
    if (staysScaled && canonicalJson(before.scheduledActions) !== canonicalJson(after.scheduledActions))
      found.push('the schedules are not as they were');
    return found;
  },
};
