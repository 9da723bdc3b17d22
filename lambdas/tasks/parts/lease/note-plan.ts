// The lease's reference to the plan: from then on whoever finds the rollout stopped can roll it back.
import type { LeaseOutput } from '../../../../state-machine/contract/outputs.ts';
import type { DocumentRef } from '../../../../state-machine/contract/resolved-request.ts';
import { RolloutError } from '../../../core/rollout-error.ts';
import { heldLease, type LeasePorts } from './under-lease.ts';

export async function notePlan(ports: LeasePorts, lease: LeaseOutput, document: DocumentRef): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const record = await heldLease(ports, lease);
    if (await ports.leases.replace(record, { ...record, owner: { ...record.owner, plan: document } })) return;
  }
  throw new RolloutError('NotReady', `The lease of ${lease.endpointName} was written by others at the same moment.`);
}
