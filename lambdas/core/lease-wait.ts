// How long to wait before the lease is asked for again.
import { pollIntervalSeconds } from './poll-interval.ts';

/** Whoever is next looks as often as at an endpoint, at most a minute apart; the others a third as often. */
export function leaseWaitSeconds(waitedMilliseconds: number, isUrgent: boolean): number {
  const interval = Math.min(60, pollIntervalSeconds(waitedMilliseconds));
  return isUrgent ? interval : interval * 3;
}
