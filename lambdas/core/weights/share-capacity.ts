// How many instances a variant needs before it gets a share of the traffic: its part of those that get the traffic now.
import type { VariantRole } from '../../../state-machine/contract/variant.ts';
import type { Weights } from '../../../state-machine/contract/weight-shift.ts';
import { gainsShare, sharesOf } from './shares.ts';

export interface Counted {
  name: string;
  role: VariantRole;
  weight: number;
  desiredInstanceCount: number | null;
}

/** The instances of all variants that get traffic. */
export const instancesInTraffic = (variants: readonly Counted[]): number =>
  variants
    .filter(({ role, weight }) => role === 'production' && weight > 0)
    .reduce((sum, { desiredInstanceCount }) => sum + (desiredInstanceCount ?? 0), 0);

/** Of the variants that gain: who keeps its share has shown that it can carry it. `instances`: those that get the traffic now. */
export function neededInstances(from: Weights, to: Weights, instances: number): ReadonlyMap<string, number> {
  const shares = sharesOf(to);
  return new Map(
    gainsShare(from, to).map((name) => [name, Math.max(1, Math.ceil((shares[name] ?? 0) * instances - 1e-9))]),
  );
}
