/** Takes every endpoint's transition as far as the clock allows; called before each call is answered. */

import { advanceQueue } from './asynchronous/advance-queue.ts';
import { resume } from './run-transitions.ts';
import { applyScalingLimits } from './scaling-limits.ts';
import type { World } from './world.ts';

/** Undefined when all is at `now`; otherwise what has to settle before queues of asynchronous endpoints can go on. */
export function advance(world: World): Promise<unknown> | undefined {
  const now = world.now();
  world.capture?.flush(now);
  // Looked for once: of ten thousand scaled endpoints hardly any has limits that are not settled.
  const unsettled = new Set<string>();
  for (const { unsettledSince, endpointName } of world.targets.values())
    if (unsettledSince !== undefined) unsettled.add(endpointName);
  let behind: Promise<unknown> | undefined;
  for (const endpoint of world.endpoints.values()) {
    const queue = world.queues.size > 0 ? world.queues.get(endpoint.arn) : undefined;
    if (queue) {
      behind = advanceQueue(world, endpoint, queue, now) ?? behind;
      continue;
    }
    do resume(world, endpoint, now);
    while (unsettled.has(endpoint.name) && applyScalingLimits(world, endpoint));
  }
  return behind;
}

/** Brings everything to now, however often something has to settle for it. */
export async function caughtUp(world: World): Promise<void> {
  for (let behind = advance(world); behind; behind = advance(world)) await behind;
}
