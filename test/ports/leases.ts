// Leases in memory, with the promise of compare-and-set.
import type { Leases } from '../../lambdas/ports/leases.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';

export interface InMemoryLeases extends Leases {
  readonly records: Map<string, Lease>;
}

export function inMemoryLeases(): InMemoryLeases {
  const records = new Map<string, Lease>();
  return {
    records,
    read: async (endpointName) => structuredClone(records.get(endpointName) ?? null),
    replace: async (previous, next) => {
      if ((records.get(next.endpointName)?.version ?? 0) !== previous.version) return false;
      records.set(next.endpointName, structuredClone({ ...next, version: previous.version + 1 }));
      return true;
    },
    inUse: async () =>
      structuredClone([...records.values()].filter(({ owner, waiting }) => owner !== null || waiting.length > 0)),
  };
}
