// A fleet of none answers nothing: until a rollout has verified it, a target keeps at least one instance.
import type { ScalingRecord } from '../../../state-machine/contract/scaling-target.ts';

export type Limits = Pick<ScalingRecord, 'minimum' | 'maximum'>;

export const whileVerified = ({ minimum, maximum }: Limits): Limits => ({
  minimum: Math.max(1, minimum),
  maximum: Math.max(1, maximum),
});

export const sameLimits = (one: Limits, other: Limits): boolean =>
  one.minimum === other.minimum && one.maximum === other.maximum;

/** With the limits that it had before an attempt of the same rollout raised them. */
export function asBeforeHeld(live: ScalingRecord | null, previous: ScalingRecord | null): ScalingRecord | null {
  if (live === null || previous === null || !sameLimits(live, whileVerified(previous))) return live;
  const { minimum, maximum } = previous;
  return { ...live, minimum, maximum };
}
