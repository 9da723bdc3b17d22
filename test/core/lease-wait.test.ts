// Waiting for a lease that nobody hands on: whoever is next hears of it soon, and a day of it fits into an execution's history.
import fc from 'fast-check';
import { leaseWaitSeconds } from '../../lambdas/core/lease/lease-wait.ts';

const DAY_SECONDS = 86_400;
/** The wait (6), task (5) and Choice (2); an execution has 25,000. */
const EVENTS_TO_ASK = 13;

test('whoever is next waits 10 % of the time waited, within 60 and 300 s; the others three times as long, up to the same', () => {
  fc.assert(
    fc.property(fc.nat(2 * DAY_SECONDS), (seconds) => {
      const share = Math.min(300, Math.max(60, Math.floor(seconds / 10)));
      expect(leaseWaitSeconds(seconds * 1000, true)).toBe(share);
      expect(leaseWaitSeconds(seconds * 1000, false)).toBe(Math.min(300, 3 * share));
    }),
  );
});

test('who is next for a day asks at most 310 times: 4,030 events', () => {
  let asked = 0;
  for (let waited = 0; waited < DAY_SECONDS; asked++) waited += leaseWaitSeconds(waited * 1000, true);
  expect(asked * EVENTS_TO_ASK).toBeLessThanOrEqual(4_030);
});
