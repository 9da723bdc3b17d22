// Which rollouts of a queue would be granted a free lease before this one, if their executions still run.
import type { Lease, LeasedRollout } from '../../../state-machine/contract/lease.ts';
import { cancellationOf } from './cancellation.ts';
import { isDebouncing } from './debounce.ts';

/** In the order of the queue; none while the lease is held. */
export function queueHeads(
  lease: Lease,
  { rollout: me, now }: { rollout: Pick<LeasedRollout, 'rolloutId'>; now: Date },
): LeasedRollout[] {
  const { owner, waiting } = lease;
  if (owner !== null) return [];
  const at = waiting.findIndex(({ rollout }) => rollout.rolloutId === me.rolloutId);
  const before = at < 0 ? waiting : waiting.slice(0, at);
  return before
    .filter((entry) => !isDebouncing(entry, now) && cancellationOf(lease, entry.rollout.rolloutId) === null)
    .map(({ rollout }) => rollout);
}
