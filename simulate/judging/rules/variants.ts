// What holds for endpoints with several variants: who gets how much of the traffic, with how many instances, and which there are.
import { firstClaims, outcomesOf, succeeded } from '../claims.ts';
import type { Claim, Evidence } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { liveOf, weightsOfLive } from '../served.ts';

const SMALL = 1e-6;

/** By variant, shares of the traffic. */
function sharesOf(weights: Readonly<Record<string, number>>): Record<string, number> {
  const sum = Object.values(weights).reduce((total, weight) => total + weight, 0);
  return Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, sum === 0 ? 0 : weight / sum]));
}

const isSame = (one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): boolean =>
  Object.keys(one).sort().join() === Object.keys(other).sort().join() &&
  Object.entries(one).every(([name, value]) => Math.abs(value - (other[name] ?? 0)) <= SMALL);

export const weightsAreAsSaid: Rule = {
  number: 15,
  name: 'weightsAreAsSaid',
  text: 'After a success each variant has the share of the traffic that was asked for, and after a failure exactly the weight that it had.',
  broken: (evidence, { outsider, mayDelete }) => {
    const { before, after } = evidence;
    if (after === null || outsider || mayDelete) return [];
    const found = firstClaims(evidence).filter(succeeded).flatMap(otherShares);
    const outcomes = outcomesOf(evidence);
    if (outcomes.length === 0 || !outcomes.every(({ outcome }) => outcome === 'rolledBack' || outcome === 'rejected'))
      return found;
    for (const name of Object.keys(before.endpoints)) {
      const [was, is] = [before, after].map((alive) => weightsOfLive(liveOf(alive, name)));
      if (!isSame(was!, is!)) found.push(`the weights of ${name} were ${text(was!)}, and are ${text(is!)}`);
    }
    return found;
  },
};

function otherShares({ outcome, plan, live }: Claim): string[] {
  const variants = plan?.request.variants;
  if (variants === undefined || live === null) return [];
  const wanted = sharesOf(Object.fromEntries(variants.map(({ name, weight }) => [name, weight])));
  const is = sharesOf(weightsOfLive(live));
  if (isSame(wanted, is)) return [];
  return [`${outcome.rolloutId} says ${outcome.outcome} with the shares ${text(is)} in place of ${text(wanted)}`];
}

const text = (weights: Readonly<Record<string, number>>): string => JSON.stringify(weights);

export const roomBeforeTraffic: Rule = {
  number: 16,
  name: 'roomBeforeTraffic',
  text: 'A variant gets a share of the traffic only once it has that part of the instances that serve.',
  broken: ({ traffic }, { outsider }) => (outsider ? [] : traffic.crowded),
};

export const uploadsAddNothing: Rule = {
  number: 17,
  name: 'uploadsAddNothing',
  text: 'An upload never adds a variant to an endpoint, nor removes one: only who names them all does.',
  broken: (evidence, { outsider }) =>
    outsider
      ? []
      : firstClaims(evidence)
          .filter(succeeded)
          .flatMap((claim) => otherVariants(evidence, claim)),
};

function otherVariants(evidence: Evidence, { outcome, plan, live }: Claim): string[] {
  if (outcome.upload === null || plan?.before == null || live === null || isRequested(evidence, outcome.rolloutId))
    return [];
  const before = plan.before.variants.map(({ name }) => name).sort();
  const now = Object.keys(weightsOfLive(live)).sort();
  const named = namedInManifests(evidence, plan.endpointName);
  if (now.join() === before.join() || now.join() === named?.join()) return [];
  return [`${outcome.rolloutId} of an upload found the variants ${before.join(', ')} and left ${now.join(', ')}`];
}

/** Whether somebody asked for the rollout, and no event of an upload. */
function isRequested({ stack }: Evidence, rolloutId: string): boolean {
  const execution = [...stack.account.executions.values()].find(({ name }) => name === rolloutId);
  return !Object.hasOwn((execution?.input ?? {}) as object, 'detail');
}

function namedInManifests({ stack }: Evidence, endpointName: string): string[] | undefined {
  const [manifest] = (stack.account.s3.objects.get(`models/${endpointName}/rollout.json`) ?? []).slice(-1);
  if (manifest?.body == null) return undefined;
  const { variants } = JSON.parse(Buffer.from(manifest.body).toString('utf8')) as { variants?: { name: string }[] };
  return variants?.map(({ name }) => name).sort();
}

export const askedBeforeTraffic: Rule = {
  number: 18,
  name: 'askedBeforeTraffic',
  text: 'A variant is asked its golden cases, and no other in its place, before it gets more of the traffic of a live endpoint.',
  broken: (evidence) => {
    const asked = new Set<string>();
    const found: string[] = [];
    for (const { by, operation, input, tookEffect } of evidence.stack.account.calls) {
      if (!tookEffect) continue;
      if (operation === 'InvokeEndpoint') asked.add(`${by.executionName} ${input.TargetVariant}`);
      if (operation !== 'UpdateEndpointWeightsAndCapacities' || by.of.step !== 'ShiftWeights') continue;
      const claim = firstClaims(evidence).find(({ outcome }) => outcome.rolloutId === by.executionName);
      for (const { VariantName, DesiredWeight } of input.DesiredWeightsAndCapacities as Desired[])
        if (
          DesiredWeight !== undefined &&
          gains(claim, VariantName) &&
          !asked.has(`${by.executionName} ${VariantName}`)
        )
          found.push(`${by.executionName} gave ${VariantName} more of the traffic without asking it`);
    }
    return found;
  },
};

interface Desired {
  readonly VariantName: string;
  readonly DesiredWeight?: number;
}

/** Whether the variant is to get more than it had, and has golden cases. */
function gains(claim: Claim | undefined, variantName: string): boolean {
  const plan = claim?.plan;
  const wanted = plan?.weightSteps?.at(-1)?.weights ?? {};
  const before = Object.fromEntries((plan?.before?.variants ?? []).map(({ name, weight }) => [name, weight]));
  const hasMore = (sharesOf(wanted)[variantName] ?? 0) > (sharesOf(before)[variantName] ?? 0) + SMALL;
  return hasMore && plan?.casesOfVariants?.[variantName] != null;
}
