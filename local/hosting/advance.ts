/** Takes every endpoint's story as far as the clock allows; called before each call is answered. */

import { applyScalingLimits } from './scaling-limits.ts';
import { resume } from './tell.ts';
import type { World } from './world.ts';

export function advance(world: World): void {
  const now = world.now();
  for (const endpoint of [...world.endpoints.values()]) {
    do resume(world, endpoint, now);
    while (applyScalingLimits(world, endpoint));
  }
}
