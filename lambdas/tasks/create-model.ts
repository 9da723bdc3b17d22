// CreateModel: makes the model of the plan, or adopts it from an earlier attempt or release.
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
  async ({ plan, lease }) => {
    const { documents, models } = underLease(bound, lease);
    const { model, tags, ownershipTags } = await readPlan(documents, plan);
    const existing = await models.find(model.name);
    if (existing === null) {
      await models.create(model, { ...tags, ...ownershipTags });
      return { name: model.name, made: 'created' };
    }
    // The name is derived from the content, so a difference means that somebody else made it.
    if (canonicalJson(existing.spec) !== canonicalJson(model)) {
      throw new RolloutError(
        'CallRefused',
        `The model ${model.name} exists with another content, and was not made by this system.`,
      );
    }
    return { name: model.name, made: 'adopted' };
  };
