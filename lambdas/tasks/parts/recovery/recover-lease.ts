// The sweeper's way to a lease, with what core has to know of executions and the ledger for it.
import type { Lease } from '../../../../state-machine/contract/lease.ts';
import type { LeaseReply } from '../../../core/lease/lease-reply.ts';
import {
  type AskingRecovery,
  isMine,
  judgeLeased,
  judgeUnleased,
  leasedAs,
  recovering,
} from '../../../core/recovery/judge-recovery.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Executions } from '../../../ports/executions.ts';
import type { Leases } from '../../../ports/leases.ts';
import type { Ledger } from '../../../ports/ledger.ts';

export interface RecoveryPorts {
  clock: Clock;
  leases: Leases;
  executions: Executions;
  ledger: Ledger;
}

export async function recoverLease(
  { executions, ledger }: Pick<RecoveryPorts, 'executions' | 'ledger'>,
  lease: Lease,
  asking: AskingRecovery,
): Promise<LeaseReply> {
  const { me, rolloutId, asked } = asking;
  if (isMine(lease, asking)) return { output: recovering(asked, lease), next: lease };
  const found = leasedAs(lease, rolloutId);
  if (found !== null) return judgeLeased(lease, found, await executions.find(found.executionArn), asking);
  const executionArn = me.executionArn.slice(0, -me.rolloutId.length) + rolloutId;
  const recorded = await ledger.findOutcome(rolloutId);
  const execution = recorded === null ? await executions.find(executionArn) : null;
  return { output: judgeUnleased(lease, recorded, execution, executionArn, asking), next: lease };
}
