// A clock that moves only when somebody sleeps.
import type { Clock } from '../../lambdas/ports/clock.ts';

export function virtualClock(start = '2026-01-01T12:00:00.000Z'): Clock {
  let now = Date.parse(start);
  return {
    now: () => new Date(now),
    remainingMilliseconds: () => 60_000,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
}
