// RegisterScaling: makes the variant scale as the plan says, or not at all.
import type { Task } from '../../state-machine/contract/steps.ts';
import { SCALING_POLICY_NAME } from '../core/names.ts';
import { isScaledAs } from '../core/scaling-change.ts';
import type { Documents } from '../ports/documents.ts';
import type { Scaling } from '../ports/scaling.ts';
import { readPlan } from './read-plan.ts';
import { type LeasePorts, underLease } from './under-lease.ts';

interface Ports extends LeasePorts {
  documents: Documents;
  scaling: Scaling;
}

export const registerScaling =
  (bound: Ports): Task<'RegisterScaling'> =>
  async ({ plan: planned, lease }) => {
    const { documents, scaling } = underLease(bound, lease);
    const plan = await readPlan(documents, planned);
    const resourceId = plan.scalableResourceId;
    const found = await scaling.find(resourceId);
    const previous = plan.before?.scaling ?? null;
    // Taken off for the update: people's own policies and schedules come back before ours takes its new values.
    const isTakenOff = plan.suspendsScaling && plan.scaling !== null && previous !== null && found === null;
    if (isTakenOff) await scaling.restore(resourceId, previous);
    const live = isTakenOff ? await scaling.find(resourceId) : found;
    if (isScaledAs(plan.scaling, live)) return { resourceId, changed: isTakenOff };
    if (plan.scaling === null) await scaling.deregister(resourceId);
    else await scaling.register(resourceId, SCALING_POLICY_NAME, plan.scaling);
    return { resourceId, changed: true };
  };
