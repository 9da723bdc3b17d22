// In which steps the weights of a live endpoint move to what is wanted.
import type { ResolvedStrategy } from '../../../state-machine/contract/resolved-request.ts';
import type { WeightStep, Weights } from '../../../state-machine/contract/weight-shift.ts';
import { sameShares, sameWeights, sharesOf, weightOf } from './shares.ts';

/** How far of the way each step goes, and how long it waits there. */
interface Pace {
  way: number;
  waitSeconds: number;
}

/**
 * A strategy says of the way what it says of an update's traffic: all of it at once, a part of it first, or even parts. Here too
 * `terminationWaitSeconds` is the last wait, in which the alarms are watched and going back is quick.
 */
function paceOf({ traffic, terminationWaitSeconds }: ResolvedStrategy): Pace[] {
  const last = { way: 1, waitSeconds: terminationWaitSeconds };
  switch (traffic.type) {
    case 'allAtOnce':
      return [last];
    case 'canary':
      return [{ way: traffic.canaryPercent / 100, waitSeconds: traffic.waitSeconds }, last];
    case 'linear':
      return [...even(traffic.stepPercent, traffic.waitSeconds).slice(0, -1), last];
    case 'rolling':
      return even(traffic.batchPercent, traffic.waitSeconds);
  }
}

const even = (percent: number, waitSeconds: number): Pace[] =>
  Array.from({ length: Math.ceil(100 / percent) }, (_, index) => ({
    way: Math.min(1, ((index + 1) * percent) / 100),
    waitSeconds,
  }));

/** [] where the weights are as wanted. The last step is exactly what is wanted; of those before it the shares move evenly. */
export function weightSteps(from: Weights, to: Weights, strategy: ResolvedStrategy): WeightStep[] {
  if (sameWeights(from, to)) return [];
  // Other numbers, the same shares: no request goes anywhere else.
  if (sameShares(from, to)) return [{ weights: to, waitSeconds: 0 }];
  return paceOf(strategy).map(({ way, waitSeconds }) => ({
    weights: way === 1 ? to : between(from, to, way),
    waitSeconds,
  }));
}

function between(from: Weights, to: Weights, way: number): Weights {
  const [begin, end] = [sharesOf(from), sharesOf(to)];
  const sum = Object.values(to).reduce((total, weight) => total + weight, 0);
  return Object.fromEntries(
    Object.keys(to).map((name) => {
      const [was, is] = [weightOf(begin, name), weightOf(end, name)];
      return [name, rounded((was + way * (is - was)) * sum)];
    }),
  );
}

const rounded = (weight: number): number => Number(weight.toPrecision(6));

export const waitsOf = (steps: readonly WeightStep[]): number =>
  steps.reduce((sum, { waitSeconds }) => sum + waitSeconds, 0);
