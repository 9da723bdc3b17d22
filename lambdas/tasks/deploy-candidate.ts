// DeployCandidate: brings the new model up on an endpoint of its own, where no customer meets it.
import type { Task } from '../../state-machine/contract/steps.ts';
import { deploymentBegun } from '../core/endpoint/deployment-begun.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { DeploymentTarget } from '../ports/deployment-target.ts';
import type { Documents } from '../ports/documents.ts';
import type { EndpointConfigs } from '../ports/endpoint-configs.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import { type LeasePorts, underLease } from './parts/lease/under-lease.ts';

interface Ports extends LeasePorts {
  documents: Documents;
  deploymentTarget: DeploymentTarget;
  endpointConfigs: EndpointConfigs;
}

export const deployCandidate =
  (bound: Ports): Task<'DeployCandidate'> =>
  async ({ plan: planned, lease }) => {
    const { clock, documents, deploymentTarget, endpointConfigs } = underLease(bound, lease);
    const { candidate, request, ownershipTags, patienceSeconds } = await readPlan(documents, planned);
    if (candidate === null) throw new RolloutError('CallRefused', 'The plan has no candidate to deploy.');
    const { endpointName, endpointConfig } = candidate;
    const allTags = { ...request.tags, ...ownershipTags };
    // Found: made by an earlier attempt of this very task, for the names are this rollout's own.
    if ((await endpointConfigs.find(endpointConfig.name)) === null)
      await endpointConfigs.create(endpointConfig, allTags);
    if ((await deploymentTarget.describe(endpointName)) === null)
      await deploymentTarget.create(endpointName, endpointConfig.name, allTags);
    return deploymentBegun(clock.now(), 'Creating', patienceSeconds);
  };
