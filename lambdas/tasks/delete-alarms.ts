// DeleteAlarms: removes the alarms that the rollout made; the update that they watched is over.
import type { Task } from '../../state-machine/contract/steps.ts';
import type { Alarms } from '../ports/alarms.ts';
import type { Documents } from '../ports/documents.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import { type LeasePorts, underLease } from './parts/lease/under-lease.ts';

interface Ports extends LeasePorts {
  documents: Documents;
  alarms: Alarms;
}

export const deleteAlarms =
  (bound: Ports): Task<'DeleteAlarms'> =>
  async ({ plan: planned, lease }) => {
    const { documents, alarms } = underLease(bound, lease);
    const { fleetAlarmNames: removed } = await readPlan(documents, planned);
    await alarms.remove(removed);
    return { removed };
  };
