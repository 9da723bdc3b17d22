// Cancels a rollout through the lease of its endpoint, with what core has to know of the ledger and the execution for it.
import type { Lease } from '../../../../state-machine/contract/lease.ts';
import type { LeaseReply } from '../../../core/lease/lease-reply.ts';
import { type AskingCancellation, isUnleased, judgeCancellation } from '../../../core/recovery/judge-cancellation.ts';
import type { Executions } from '../../../ports/executions.ts';
import type { Ledger } from '../../../ports/ledger.ts';

export async function cancelRollout(
  { executions, ledger }: { executions: Executions; ledger: Ledger },
  lease: Lease,
  asking: AskingCancellation,
): Promise<LeaseReply> {
  const { me, rolloutId } = asking;
  const recorded = await ledger.findOutcome(rolloutId);
  const isAskedFor = recorded === null && isUnleased(lease, asking);
  const executionArn = me.executionArn.slice(0, -me.rolloutId.length) + rolloutId;
  const execution = isAskedFor ? await executions.find(executionArn) : null;
  return judgeCancellation(lease, { recorded, execution }, asking);
}
