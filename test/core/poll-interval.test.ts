// The arithmetic of waits that nobody ends: soon enough for whoever waits, few enough for the execution's history.
import fc from 'fast-check';
import { answerIntervalSeconds } from '../../lambdas/core/canary/answer-interval.ts';
import {
  answeredIntervalSeconds,
  pollIntervalSeconds,
  throttledIntervalSeconds,
  untilGoneSeconds,
} from '../../lambdas/core/endpoint/poll-interval.ts';
import { leaseWaitSeconds } from '../../lambdas/core/lease/lease-wait.ts';
import {
  BUSY_ENDPOINT_SECONDS,
  LEASE_WAIT_SECONDS,
  LONGEST_CANDIDATE_SECONDS,
  LONGEST_DEPLOYMENT_SECONDS,
  ROLLBACK_SECONDS,
} from '../../state-machine/contract/time-budgets.ts';

/** Of a wait and the look after it: 6, 5 and 2. */
const EVENTS_PER_LOOK = 13;
const EVENTS_ALLOWED = 25_000;
/** All tasks and choices of a rollout that waits for nothing. */
const EVENTS_BESIDE = 150;
const HOUR = 3600;

function looksIn(seconds: number, interval = pollIntervalSeconds): number {
  let looks = 0;
  for (let waited = 0; waited < seconds; looks++) waited += interval(waited * 1000);
  return looks;
}

test('max(60 s, 10 % of the time waited), at most 300 s; of what is being deleted from 10 s on', () => {
  expect([0, 599, 611, 1000, 2999, 28_800].map((waited) => pollIntervalSeconds(waited * 1000))).toEqual([
    60, 60, 61, 100, 299, 300,
  ]);
  fc.assert(
    fc.property(fc.nat(100_000_000), (waited) => {
      const share = Math.max(0, Math.floor(waited / 10_000));
      expect(pollIntervalSeconds(waited)).toBe(Math.min(300, Math.max(60, share)));
      expect(untilGoneSeconds(waited)).toBe(Math.min(300, Math.max(10, share)));
    }),
  );
});

test('throttled looks come after 10 s, then at twice the interval, up to 50 s; the first after a usual wait after 10 s again', () => {
  const waits = [0, 1, 2, 3].reduce<number[]>((all) => [...all, throttledIntervalSeconds(all.at(-1)!)], [60]);
  expect(waits).toEqual([60, 10, 20, 40, 50]);
  expect(throttledIntervalSeconds(50)).toBe(50);
  expect(throttledIntervalSeconds(300)).toBe(10);
  expect([300, 150, 50, 5].map((last) => answeredIntervalSeconds(60_000, last))).toEqual([150, 75, 60, 60]);
});

test('a rollout of five minutes has at most 60 transitions, and without any event at most 120', () => {
  const besideWaits = 22;
  const looks = looksIn(300);
  // One that an event ends comes beside them, and so do those that tell of nothing: four at most for one change.
  expect(besideWaits + 3 * (looks + 4)).toBeLessThanOrEqual(60);
  expect(besideWaits + 3 * (looks + 1)).toBeLessThanOrEqual(120);
});

test('the longest update has at most 2,500 events in all of its history, its candidate included', () => {
  const looks = looksIn(8 * HOUR) + looksIn(LONGEST_CANDIDATE_SECONDS);
  expect(looks * EVENTS_PER_LOOK + EVENTS_BESIDE).toBeLessThanOrEqual(2_500);
});

test('all waits at their longest stay below 25,000 events', () => {
  const lease = (waited: number) => leaseWaitSeconds(waited, true);
  const answers = 2 * looksIn(6_600, answerIntervalSeconds);
  const looks =
    looksIn(LEASE_WAIT_SECONDS, lease) +
    looksIn(BUSY_ENDPOINT_SECONDS) +
    2 * looksIn(LONGEST_CANDIDATE_SECONDS, untilGoneSeconds) +
    looksIn(LONGEST_DEPLOYMENT_SECONDS) +
    looksIn(ROLLBACK_SECONDS, untilGoneSeconds) +
    answers;
  expect(looks * EVENTS_PER_LOOK).toBeLessThan(EVENTS_ALLOWED * 0.65);
});
