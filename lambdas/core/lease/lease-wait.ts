// How long to wait before the lease is asked for again, where nobody who leaves it ends the wait before.

const SHORTEST_SECONDS = 60;
const LONGEST_SECONDS = 300;
const SHARE_OF_TIME_WAITED = 0.1;

/**
 * Whoever is next waits 10 % of the time waited, the others three times as long; 60 s at least, 300 s at most. Who leaves the lease
 * wakes the next; this is for an answer that is lost, and for an execution before it in the line that is over.
 *
 * Events: asking is 13, as a look is (`poll-interval.ts`). In the longest wait, 24 h = 86,400 s, of whoever is next: 10 of 60 s,
 * 17 that grow up to 3,000 s, 278 of 300 s: 305, and 310 as seconds are whole. 4,030 events, of 25,000.
 */
export function leaseWaitSeconds(waitedMilliseconds: number, isUrgent: boolean): number {
  const share = Math.floor((waitedMilliseconds / 1000) * SHARE_OF_TIME_WAITED);
  const interval = Math.max(SHORTEST_SECONDS, share) * (isUrgent ? 1 : 3);
  return Math.min(LONGEST_SECONDS, interval);
}
