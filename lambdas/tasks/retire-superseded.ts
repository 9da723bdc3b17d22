// RetireSuperseded: removes what older releases left and no rollback needs any more.
import type { Task } from '../../state-machine/contract/steps.ts';
import { heldLease, type LeasePorts } from './under-lease.ts';

export const retireSuperseded =
  (ports: LeasePorts): Task<'RetireSuperseded'> =>
  async ({ lease }) => {
    await heldLease(ports, lease);
    return { removed: [], warnings: [] };
  };
