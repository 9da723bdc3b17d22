// Whose wait is over by a write of the lease: who is asked to stop, who has lost his place, and who is next when it becomes free.
import type { Lease } from '../../../state-machine/contract/lease.ts';
import { cancellationOf } from './cancellation.ts';
import { isDebouncing } from './debounce.ts';

/**
 * @param before as it was read
 * @param after as it was written; the same object where nothing changed. Whoever asks others to stop wakes them each time that he
 *   asks: an answer may be lost.
 * @param me the rollout that wrote it, which is awake
 * @returns names of rollouts
 */
export function toWake(before: Lease, after: Lease, me: string, now: Date): string[] {
  const owner = after.stopRequestedBy === me ? after.owner?.rollout.rolloutId : undefined;
  const cancelled = after.cancellations.filter(({ by }) => by === me).map(({ rolloutId }) => rolloutId);
  const cancellers = before.cancellations.filter(({ by }) => !after.cancellations.some((other) => other.by === by));
  const left = waitingIn(before).filter((rolloutId) => !waitingIn(after).includes(rolloutId));
  const isFreed = after.owner === null && (before.owner !== null || left.length > 0);
  const woken = [
    ...(owner === undefined ? [] : [owner]),
    ...cancelled,
    ...cancellers.map(({ by }) => by),
    ...left,
    ...(isFreed ? upToNext(after, now) : []),
  ];
  return [...new Set(woken)].filter((rolloutId) => rolloutId !== me);
}

const waitingIn = ({ waiting }: Lease): string[] => waiting.map(({ rollout }) => rollout.rolloutId);

/** Who settles has to hear that his time runs now, and the first who does not gets the lease. */
function upToNext(lease: Lease, now: Date): string[] {
  const next = lease.waiting.findIndex(
    (entry) => !isDebouncing(entry, now) && cancellationOf(lease, entry.rollout.rolloutId) === null,
  );
  return waitingIn(lease).slice(0, next < 0 ? undefined : next + 1);
}
