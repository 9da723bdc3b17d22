// How weights will move, told before they do.
import type { WeightStep } from '../../../state-machine/contract/weight-shift.ts';
import { shownSteps } from '../guardrails/pace-text.ts';
import { sharesText } from './shares.ts';
import { waitsOf } from './weight-steps.ts';

/** `a 70 %, b 30 %, 60 s; a 50 %, b 50 %: waits of 60 s in all`. Null where no weights move. */
export function weightsPaceText(steps: readonly WeightStep[]): string | null {
  if (steps.length === 0) return null;
  const told = steps.map(({ weights, waitSeconds }) =>
    waitSeconds === 0 ? sharesText(weights) : `${sharesText(weights)}, ${waitSeconds} s`,
  );
  return `${shownSteps(told)}: waits of ${waitsOf(steps)} s in all`;
}
