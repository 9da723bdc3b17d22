// The point of no return of a rollout: its model is live and verified, and what it replaced may go from now on.
import type { LeaseOutput } from '../../../../state-machine/contract/outputs.ts';
import { cancellationOf, cancelled, type Stop } from '../../../core/lease/cancellation.ts';
import { RolloutError } from '../../../core/rollout-error.ts';
import { heldLease, type LeasePorts } from './under-lease.ts';

/**
 * Written on the condition that nobody has cancelled it meanwhile, so that one of the two comes first.
 *
 * @returns the failure with which it has to go back where it was cancelled before
 */
export async function noteVerified(ports: LeasePorts, lease: LeaseOutput): Promise<Stop | null> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const record = await heldLease(ports, lease);
    const cancellation = cancellationOf(record, record.owner.rollout.rolloutId);
    if (cancellation !== null) return cancelled(cancellation);
    const owner = { ...record.owner, verifiedAt: ports.clock.now().toISOString() };
    if (await ports.leases.replace(record, { ...record, owner })) return null;
  }
  throw new RolloutError('NotReady', `The lease of ${lease.endpointName} was written by others at the same moment.`);
}
