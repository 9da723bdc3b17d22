// Whether the limits of a variant allow as many instances as its share of the traffic needs.
import type { Plan } from '../../../state-machine/contract/plan.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { fleetSizes } from '../hosting/fleet-sizes.ts';
import { problem } from '../problems/problems.ts';
import { namesChange } from '../weights/first-weights.ts';
import { instancesInTraffic, neededInstances } from '../weights/share-capacity.ts';
import { weightsOf } from '../weights/shares.ts';

/** [] in the short form, whose one variant keeps its share. */
export function shareProblems(plan: Plan, maximumInstances: number): Problem[] {
  const { request } = plan;
  if (plan.before === null || request.variants === undefined) return [];
  const instances = trafficInstances(plan);
  const neededBy = instancesForShares(plan);
  return request.variants.flatMap(({ name, scaling }, index): Problem[] => {
    const needed = neededBy.get(name) ?? 0;
    const most = Math.min(scaling?.maximum ?? maximumInstances, maximumInstances);
    if (needed <= most) return [];
    const where = scaling === null ? `variants.${index}.weight` : `variants.${index}.scaling.maximum`;
    const limit = scaling === null ? `the platform allows ${maximumInstances}` : `its maximum is ${scaling.maximum}`;
    return [
      problem(
        where,
        `${instances} instances get the traffic now, and the share of ${name} would need ${needed} of its own, but ${limit}. Give it a smaller share, or allow more instances.`,
      ),
    ];
  });
}

/** Of the variants that gain: as many as the largest of the shares that they get needs; by the variant's name. */
export function instancesForShares(plan: Plan): ReadonlyMap<string, number> {
  const { before, endpointConfig, weightSteps = [] } = plan;
  const now = weightsOf(before?.variants ?? []);
  const moves = [
    ...(namesChange(plan) ? [weightsOf(endpointConfig.variants)] : []),
    ...weightSteps.map(({ weights }) => weights),
  ];
  const most = new Map<string, number>();
  for (const weights of moves)
    for (const [name, needed] of neededInstances(now, weights, trafficInstances(plan)))
      most.set(name, Math.max(needed, most.get(name) ?? 0));
  return most;
}

/** As many as will get the traffic once the endpoint is on its configuration. */
function trafficInstances({ operation, before, endpointConfig }: Plan): number {
  const serving = before?.variants ?? [];
  const now = instancesInTraffic(serving);
  if (operation !== 'update') return now;
  const sizes = fleetSizes(endpointConfig.variants, serving);
  const after = endpointConfig.variants.map((variant) => ({
    ...variant,
    desiredInstanceCount: sizes.get(variant.name) ?? null,
  }));
  return Math.max(now, instancesInTraffic(after));
}
