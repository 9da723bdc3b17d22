// The lease as a rollout leaves it at its end.
import type { Lease } from '../../../state-machine/contract/lease.ts';
import type { Outcome } from '../../../state-machine/contract/outcome.ts';
import { withoutCancellations } from '../lease/cancellation.ts';
import { leaveLease, neverLeased } from '../lease/lease.ts';
import { UNKNOWN_ENDPOINT } from '../naming/rollout-documents.ts';
import type { RolloutEnd } from './outcome.ts';

/** To be written together with the outcome, both or neither. */
export interface Leaving {
  previous: Lease;
  next: Lease;
}

/** Null where the lease is not written. */
export function leaving(
  { execution, lease: told }: Pick<RolloutEnd, 'execution' | 'lease'>,
  lease: Lease | null,
  { outcome, rolloutId }: Pick<Outcome, 'outcome' | 'rolloutId'>,
  now: Date,
): Leaving | null {
  // Reported for one that was stopped: nobody but it would have taken back what it asked for.
  const next = lease && withoutCancellations(leaveLease(lease, execution.name, now), [rolloutId]);
  if (lease !== null && next !== null && next !== lease) {
    const retired = outcome === 'retired' ? { retirement: { rolloutId, at: now.toISOString() } } : {};
    return { previous: lease, next: { ...next, ...retired } };
  }
  // A rollout that never started may be redriven at this moment. It would ask for the lease and find no outcome: so both
  // write the lease, and one of them comes first.
  if (told?.verdict !== 'neverStarted' || told.recovers === null || told.endpointName === UNKNOWN_ENDPOINT) return null;
  const unchanged = lease ?? neverLeased(told.endpointName);
  return { previous: unchanged, next: unchanged };
}
