/** Takes every endpoint's transition as far as the clock allows; called before each call is answered. */

import { resume } from './run-transitions.ts';
import { applyScalingLimits } from './scaling-limits.ts';
import type { World } from './world.ts';

export function advance(world: World): void {
  const now = world.now();
  world.capture?.flush(now);
  // Looked for once: of ten thousand scaled endpoints hardly any has limits that are not settled.
  const unsettled = new Set<string>();
  for (const { unsettledSince, endpointName } of world.targets.values())
    if (unsettledSince !== undefined) unsettled.add(endpointName);
  for (const endpoint of world.endpoints.values()) {
    do resume(world, endpoint, now);
    while (unsettled.has(endpoint.name) && applyScalingLimits(world, endpoint));
  }
}
