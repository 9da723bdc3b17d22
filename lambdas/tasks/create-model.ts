// CreateModel: makes the models of the plan, or adopts them from an earlier attempt or release.
import type { CreatedModels } from '../../state-machine/contract/outputs.ts';
import type { ModelSpec, Plan } from '../../state-machine/contract/plan.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { canonicalJson } from '../core/naming/names.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Documents } from '../ports/documents.ts';
import type { Models } from '../ports/models.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import { type LeasePorts, underLease } from './parts/lease/under-lease.ts';

interface Ports extends LeasePorts {
  documents: Documents;
  models: Models;
}

export const createModel =
  (bound: Ports): Task<'CreateModel'> =>
  async ({ plan: planned, lease }) => {
    const { documents, models } = underLease(bound, lease);
    const plan = await readPlan(documents, planned);
    let made: CreatedModels['made'] = 'adopted';
    for (const model of plan.models) if (await isCreated(models, model, plan)) made = 'created';
    return { names: plan.models.map(({ name }) => name), made };
  };

/** False where it was found. */
async function isCreated(models: Models, model: ModelSpec, { request, ownershipTags }: Plan): Promise<boolean> {
  const existing = await models.find(model.name);
  if (existing === null) {
    await models.create(model, { ...request.tags, ...ownershipTags });
    return true;
  }
  // The name is derived from the content, so a difference means that somebody else made it.
  if (canonicalJson(existing.spec) === canonicalJson(model)) return false;
  throw new RolloutError(
    'CallRefused',
    `The model ${model.name} exists with another content, and was not made by this system.`,
  );
}
