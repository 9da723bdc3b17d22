// The cancellations that a lease keeps, and what whoever holds it is asked to do.
import type { Cancellation, Lease } from '../../../state-machine/contract/lease.ts';

/** More than people cancel at once. */
export const MAXIMUM_CANCELLATIONS = 100;

export interface Stop {
  Error: 'Stopped' | 'Cancelled';
  Cause: string;
}

/** Null where nobody cancelled it. */
export const cancellationOf = ({ cancellations }: Lease, rolloutId: string): Cancellation | null =>
  cancellations.find((each) => each.rolloutId === rolloutId) ?? null;

export const cancelled = ({ by }: Cancellation): Stop => ({
  Error: 'Cancelled',
  Cause: `The rollout was cancelled by ${by}.`,
});

/** The failure with which the owner has to go back; null where it may go on. */
export function stopOf(lease: Lease): Stop | null {
  const cancellation = cancellationOf(lease, lease.owner?.rollout.rolloutId ?? '');
  if (cancellation !== null) return cancelled(cancellation);
  if (lease.stopRequestedBy === null) return null;
  return { Error: 'Stopped', Cause: `The rollout ${lease.stopRequestedBy} asked this one to stop.` };
}

/** The same object where it is cancelled already. */
export function withCancellation(lease: Lease, cancellation: Cancellation): Lease {
  if (cancellationOf(lease, cancellation.rolloutId) !== null) return lease;
  return { ...lease, cancellations: [...lease.cancellations, cancellation] };
}

/** Without those of rollouts that have ended, and those that they asked for; the same object where there are none. */
export function withoutCancellations(lease: Lease, ended: readonly string[]): Lease {
  const cancellations = lease.cancellations.filter(
    ({ rolloutId, by }) => !ended.includes(rolloutId) && !ended.includes(by),
  );
  return cancellations.length === lease.cancellations.length ? lease : { ...lease, cancellations };
}
