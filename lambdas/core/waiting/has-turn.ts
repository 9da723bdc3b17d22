// Whether who waits for a lease would be told something else than to wait.
import type { Lease } from '../../../state-machine/contract/lease.ts';
import { cancellationOf } from '../lease/cancellation.ts';
import { isDebouncing } from '../lease/debounce.ts';
import { queueHeads } from '../lease/queue-heads.ts';

/** Whoever before it may be over is not known here: who follows one that is waits for the end of its time, or for the sweeper. */
export function hasTurn(lease: Lease, rolloutId: string, now: Date): boolean {
  const mine = lease.waiting.find(({ rollout }) => rollout.rolloutId === rolloutId);
  // It holds the lease, or a newer one took its place.
  if (mine === undefined || cancellationOf(lease, rolloutId) !== null) return true;
  return (
    lease.owner === null && !isDebouncing(mine, now) && queueHeads(lease, { rollout: mine.rollout, now }).length === 0
  );
}
