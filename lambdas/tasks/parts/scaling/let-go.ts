// Gives targets the limits that are wanted, which they had not until they were verified.
import type { ScalingOutput } from '../../../../state-machine/contract/scaling-target.ts';
import { sameLimits } from '../../../core/scaling/held-limits.ts';
import type { Scaling } from '../../../ports/scaling.ts';

/** Where a schedule or somebody has set others meanwhile, those stay. */
export async function letGo(scaling: Pick<Scaling, 'find' | 'limit'>, { targets }: ScalingOutput): Promise<void> {
  for (const { resourceId, held } of targets) {
    if (held === undefined) continue;
    const target = { resourceId, dimension: held.dimension };
    const live = await scaling.find(target);
    if (live !== null && sameLimits(live, held.at)) await scaling.limit(target, held.wanted);
  }
}
