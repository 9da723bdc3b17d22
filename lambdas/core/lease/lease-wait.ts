// How long to wait before the lease is asked for again.

const SHORTEST_SECONDS = 5;
const LONGEST_SECONDS = 300;
const SHARE_OF_TIME_WAITED = 0.02;

/**
 * Whoever is next waits 2 % of the time waited, the others three times as long; 5 s at least, 300 s at most.
 *
 * Events: asking is Wait (2), task (5), Choice (2) = 9. In the longest wait, 24 h = 86,400 s, of whoever is next: 50 of 5 s
 * up to 250 s, ln(15000 / 250) / ln(1.02) = 207 that grow up to 15,000 s, 238 of 300 s: 495, and 500 as seconds are whole.
 * 4,500 events, of 25,000.
 */
export function leaseWaitSeconds(waitedMilliseconds: number, isUrgent: boolean): number {
  const share = Math.floor((waitedMilliseconds / 1000) * SHARE_OF_TIME_WAITED);
  const interval = Math.max(SHORTEST_SECONDS, share) * (isUrgent ? 1 : 3);
  return Math.min(LONGEST_SECONDS, interval);
}
