// RegisterScaling: makes the variant scale as the plan says, or not at all.
import type { Task } from '../../state-machine/contract/steps.ts';
import { SCALING_POLICY_NAME } from '../core/naming/names.ts';
import { pastScheduleWarnings } from '../core/scaling/past-schedules.ts';
import { hasForeignScaling, isScaledAs } from '../core/scaling/scaling-change.ts';
import type { Documents } from '../ports/documents.ts';
import type { Scaling } from '../ports/scaling.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import { type LeasePorts, underLease } from './parts/lease/under-lease.ts';
import { restoreScaling } from './parts/rollback/restore-scaling.ts';

interface Ports extends LeasePorts {
  documents: Documents;
  scaling: Scaling;
}

export const registerScaling =
  (bound: Ports): Task<'RegisterScaling'> =>
  async ({ plan: planned, lease }) => {
    const ports = underLease(bound, lease);
    const { documents, scaling } = ports;
    const plan = await readPlan(documents, planned);
    const resourceId = plan.scalableResourceId;
    const found = await scaling.find(resourceId);
    const previous = plan.before?.scaling ?? null;
    const wasTakenOff = plan.suspendsScaling && plan.scaling !== null && previous !== null;
    // People's own policies and schedules come back before ours takes its new values, also after an attempt that broke off.
    const isToRestore = wasTakenOff && !hasForeignScaling(found, previous, ports.clock.now());
    if (isToRestore) await restoreScaling(ports, resourceId, previous);
    const live = isToRestore ? await scaling.find(resourceId) : found;
    const warnings = wasTakenOff ? pastScheduleWarnings(previous, live, ports.clock.now()) : [];
    if (isScaledAs(plan.scaling, live)) return { resourceId, changed: isToRestore, warnings };
    if (plan.scaling === null) await scaling.deregister(resourceId);
    else await scaling.register(resourceId, SCALING_POLICY_NAME, plan.scaling);
    return { resourceId, changed: true, warnings };
  };
