// RegisterScaling: makes the variant scale as the plan says, or not at all.
import type { Task } from '../../state-machine/contract/steps.ts';
import { SCALING_POLICY_NAME } from '../core/names.ts';
import { isScaledAs } from '../core/scaling-change.ts';
import type { Documents } from '../ports/documents.ts';
import type { Scaling } from '../ports/scaling.ts';
import { readPlan } from './read-plan.ts';

export const registerScaling =
  ({ documents, scaling }: { documents: Documents; scaling: Scaling }): Task<'RegisterScaling'> =>
  async ({ plan: planned }) => {
    const plan = await readPlan(documents, planned);
    const resourceId = plan.scalableResourceId;
    if (isScaledAs(plan.scaling, await scaling.find(resourceId))) return { resourceId, changed: false };
    if (plan.scaling === null) await scaling.deregister(resourceId);
    else await scaling.register(resourceId, SCALING_POLICY_NAME, plan.scaling);
    return { resourceId, changed: true };
  };
