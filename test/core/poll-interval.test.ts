// The arithmetic of polling: soon enough for whoever waits, few enough for the execution's history.
import fc from 'fast-check';
import {
  answeredIntervalSeconds,
  pollIntervalSeconds,
  throttledIntervalSeconds,
} from '../../lambdas/core/endpoint/poll-interval.ts';
import {
  BUSY_ENDPOINT_SECONDS,
  LONGEST_DEPLOYMENT_SECONDS,
  ROLLBACK_SECONDS,
} from '../../state-machine/contract/time-budgets.ts';

const EVENTS_PER_POLL = 9;
const EVENTS_ALLOWED = 25_000;

function pollsIn(seconds: number): number {
  let polls = 0;
  for (let waited = 0; waited < seconds; polls++) waited += pollIntervalSeconds(waited * 1000);
  return polls;
}

test('max(5 s, 2 % of the time waited), at most 90 s', () => {
  expect([0, 249, 251, 500, 1000, 3000, 28_800].map((waited) => pollIntervalSeconds(waited * 1000))).toEqual([
    5, 5, 5, 10, 20, 60, 90,
  ]);
  fc.assert(
    fc.property(fc.nat(100_000_000), (waited) => {
      const interval = pollIntervalSeconds(waited);
      return interval >= 5 && interval <= 90 && interval <= Math.max(5, (waited / 1000) * 0.02);
    }),
  );
});

test('throttled looks come at twice the interval, up to 90 s, and answered ones bring it back by halves', () => {
  const waits = [0, 1, 2, 3, 4, 5, 6].reduce<number[]>((all) => [...all, throttledIntervalSeconds(all.at(-1)!)], [5]);
  expect(waits).toEqual([5, 10, 20, 40, 80, 90, 90, 90]);
  expect([90, 75, 10, 5].map((last) => answeredIntervalSeconds(60_000, last))).toEqual([45, 37, 5, 5]);
});

test('an update of 8 hours is polled about 466 times, 4,194 events', () => {
  expect(pollsIn(8 * 3600)).toBeGreaterThan(440);
  expect(pollsIn(8 * 3600)).toBeLessThan(490);
  expect(pollsIn(8 * 3600) * EVENTS_PER_POLL).toBeLessThan(4_500);
});

test('waiting for a busy endpoint, the longest deployment and the longest rollback together stay far below 25,000 events', () => {
  const polls = pollsIn(BUSY_ENDPOINT_SECONDS) + pollsIn(LONGEST_DEPLOYMENT_SECONDS) + pollsIn(ROLLBACK_SECONDS);
  expect(polls * EVENTS_PER_POLL).toBeLessThan(EVENTS_ALLOWED * 0.6);
});
