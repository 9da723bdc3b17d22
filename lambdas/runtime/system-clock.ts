// The real time, and how much of it the running invocation has left.
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../ports/clock.ts';

// A sandbox serves one invocation at a time: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
let remaining: () => number = () => Number.POSITIVE_INFINITY;

/** Told by the handler at each invocation. */
export function measureRemainingTime(of: () => number): void {
  remaining = of;
}

export const systemClock: Clock = {
  now: () => new Date(),
  remainingMilliseconds: () => remaining(),
  sleep: async (milliseconds) => {
    await setTimeout(milliseconds);
  },
};
