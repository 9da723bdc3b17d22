// Whether an execution that comes to its end records the outcome, repeats what is recorded, or leaves it to another execution.
import type { Lease } from '../../../state-machine/contract/lease.ts';
import type { Outcome } from '../../../state-machine/contract/outcome.ts';
import { isHeld } from '../lease/lease.ts';
import { leaseRollouts } from '../lease/lease-rollouts.ts';
import type { RolloutEnd } from './outcome.ts';

export type RecordingDuty =
  /** Nothing is recorded yet. */
  | { duty: 'record' }
  /** The ledger has the outcome: of this very task, or of another execution before this one was redriven. */
  | { duty: 'repeat'; recorded: Outcome }
  /** The execution that took the lease over says how this rollout ends: this one writes and announces nothing. */
  | { duty: 'leaveToSuccessor' }
  /** To record now would be wrong, and a later recovery does it right. */
  | { duty: 'refuse'; because: string };

/**
 * @param lease the record of the endpoint's lease; null where there is none
 * @param recorded what the ledger has of the rollout whose outcome it is
 */
export function recordingDuty(
  { execution, lease: told }: Pick<RolloutEnd, 'execution' | 'lease'>,
  lease: Lease | null,
  recorded: Outcome | null,
): RecordingDuty {
  const mine = lease?.owner?.rollout.rolloutId === execution.name ? lease.owner : null;
  // It failed while it took the lease over: if it freed the lease now, no execution would finish the rollback.
  if (mine !== null && mine.recovers !== null && !told?.recovers)
    return refuse(`The rollback of ${mine.recovers.rolloutId} was not begun.`);

  const isLost = told?.holder != null && !isHeld(lease, told.holder, told.fencing);
  const isOwnRecord = recorded !== null && (recorded.recoveredBy ?? recorded.rolloutId) === execution.name;
  if (isLost && !isOwnRecord) return { duty: 'leaveToSuccessor' };
  if (recorded !== null) return { duty: 'repeat', recorded };

  const redriven = told?.verdict === 'neverStarted' ? told.recovers?.rolloutId : undefined;
  if (redriven !== undefined && leaseRollouts(lease).some(({ rolloutId }) => rolloutId === redriven))
    return refuse(`${redriven} was driven again, and tells its own end.`);
  return { duty: 'record' };
}

const refuse = (because: string): RecordingDuty => ({ duty: 'refuse', because });
