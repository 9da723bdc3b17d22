// Starts the recovery of a rollout that a lease knows, and whose execution was found to be over.
import type { Lease, LeasedRollout } from '../../../../state-machine/contract/lease.ts';
import type { RecoverRequest } from '../../../../state-machine/contract/other-requests.ts';
import { leaseRollouts } from '../../../core/lease/lease-rollouts.ts';
import type { ExecutionStatus } from '../../../core/recovery/execution-status.ts';
import { isTooSoon } from '../../../core/recovery/recovery-pause.ts';
import { recoveryName } from '../../../core/recovery/sweep-names.ts';
import type { SweepPorts } from '../../../ports/sweep-ports.ts';

/** `execution`: null where Step Functions has forgotten it. False when there is nothing to recover, yet or any more. */
export async function recoverEnded(
  { clock, executions, leases }: Pick<SweepPorts, 'clock' | 'executions' | 'leases'>,
  { endpointName, owner, fencing }: Lease,
  { rolloutId }: LeasedRollout,
  execution: ExecutionStatus | null,
): Promise<boolean> {
  // Read before it ended, the lease may be free by now.
  const current = await leases.read(endpointName);
  if (!leaseRollouts(current).some((rollout) => rollout.rolloutId === rolloutId)) return false;
  const recovers = rolloutId === owner?.rollout.rolloutId ? owner.recovers : null;
  if (recovers !== null && isTooSoon(execution, clock.now())) return false;
  const request: RecoverRequest = { action: 'recover', endpointName, rolloutId };
  const name = recoveryName(recovers?.rolloutId ?? rolloutId, fencing, execution?.stoppedAt ?? null, clock.now());
  return executions.start(name, request);
}
