// The real time, and how much of it the running invocation has left.
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../ports/clock.ts';
import { functionRun } from './function-run.ts';

export const systemClock: Clock = {
  now: () => new Date(),
  remainingMilliseconds: () => functionRun.remainingMilliseconds(),
  sleep: async (milliseconds) => {
    await setTimeout(milliseconds);
  },
};
