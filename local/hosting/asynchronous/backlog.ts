/** The queue of an endpoint, for tests and simulations that look into it. */

import { arnOf } from '../arns.ts';
import type { World } from '../world.ts';

export interface Backlog {
  /** InferenceIds, the oldest first. */
  readonly waiting: readonly string[];
  readonly working: readonly {
    readonly inferenceId: string;
    /** With the variant and the number of the instance: which one works on it. */
    readonly configName: string;
    readonly variantName: string;
    readonly instance: number;
  }[];
}

export function backlogOf(world: World, endpointName: string): Backlog | undefined {
  const queue = world.queues.get(arnOf(world, 'endpoint', endpointName));
  return (
    queue && {
      waiting: queue.waiting.map(({ inferenceId }) => inferenceId),
      working: [...queue.working].map(({ request: { inferenceId }, fleet, variant, instance }) => ({
        ...{ inferenceId, configName: fleet.config.name, variantName: variant.name, instance },
      })),
    }
  );
}
