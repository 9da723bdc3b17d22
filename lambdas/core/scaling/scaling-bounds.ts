// Between which capacities a way of hosting may scale.
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';

/** Why: each a sentence that says what is allowed. */
export interface ScalingBounds {
  least: 0 | 1;
  whyLeast: string;
  most: number;
  whyMost: string;
}

/** `least`: how few a fleet may be scaled to. */
export const instanceBounds = (
  { maximumInstances }: Pick<PlatformSettings, 'maximumInstances'>,
  least: ScalingBounds['least'] = 1,
): ScalingBounds => ({
  least,
  whyLeast: 'An endpoint on instances keeps at least 1.',
  most: maximumInstances,
  whyMost: `The platform allows at most ${maximumInstances} instances for an endpoint.`,
});
