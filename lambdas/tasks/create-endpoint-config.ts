// CreateEndpointConfig: makes the endpoint configuration of the plan, or adopts it from an earlier attempt or release.
import type { Task } from '../../state-machine/contract/steps.ts';
import { canonicalJson } from '../core/naming/names.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Documents } from '../ports/documents.ts';
import type { EndpointConfigs } from '../ports/endpoint-configs.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import { type LeasePorts, underLease } from './parts/lease/under-lease.ts';

interface Ports extends LeasePorts {
  documents: Documents;
  endpointConfigs: EndpointConfigs;
}

export const createEndpointConfig =
  (bound: Ports): Task<'CreateEndpointConfig'> =>
  async ({ plan, lease }) => {
    const { documents, endpointConfigs } = underLease(bound, lease);
    const { endpointConfig, request, ownershipTags } = await readPlan(documents, plan);
    const { name, variants } = endpointConfig;
    const existing = await endpointConfigs.find(name);
    if (existing === null) {
      await endpointConfigs.create(endpointConfig, { ...request.tags, ...ownershipTags });
      return { name, made: 'created' };
    }
    // The name is derived from the content; the models are the part of it that must not differ.
    if (modelsOf(existing.variants) !== modelsOf(variants)) {
      throw new RolloutError(
        'CallRefused',
        `The endpoint configuration ${name} exists with another content, and was not made by this system.`,
      );
    }
    return { name, made: 'adopted' };
  };

/** In any order. */
const modelsOf = (variants: readonly { name: string; modelName: string | null }[]): string =>
  canonicalJson(Object.fromEntries(variants.map(({ name, modelName }) => [name, modelName])));
