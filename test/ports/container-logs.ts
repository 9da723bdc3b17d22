// What containers printed, in memory.
import type { ContainerLogs } from '../../lambdas/ports/container-logs.ts';

export interface InMemoryContainerLogs extends ContainerLogs {
  /** Lines of an endpoint, as `tail` gives them. */
  readonly lines: Map<string, string[]>;
  readonly retention: Map<string, number>;
}

export function inMemoryContainerLogs(lines: Record<string, string[]> = {}): InMemoryContainerLogs {
  const kept = new Map(Object.entries(lines));
  const retention = new Map<string, number>();
  return {
    lines: kept,
    retention,
    tail: async (endpointName, { limit }) => (kept.get(endpointName) ?? []).slice(-limit),
    expire: async (endpointName, days) => {
      if (kept.has(endpointName)) retention.set(endpointName, days);
    },
  };
}
