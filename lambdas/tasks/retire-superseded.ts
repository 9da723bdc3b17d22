// RetireSuperseded: removes the configurations and models of releases that no rollback needs any more.
import type { Task } from '../../state-machine/contract/steps.ts';
import { STACK_TAG } from '../core/ownership-tags.ts';
import { keptReleases, supersededResources } from '../core/superseded-releases.ts';
import type { EndpointConfigs } from '../ports/endpoint-configs.ts';
import type { Endpoints } from '../ports/endpoints.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Models } from '../ports/models.ts';
import { heldLease, type LeasePorts, underLease } from './under-lease.ts';

interface Ports extends LeasePorts {
  endpoints: Endpoints;
  endpointConfigs: EndpointConfigs;
  models: Models;
  ledger: Ledger;
}

/** Looked through each time; what is older is long gone. */
const MAXIMUM_RELEASES = 50;

/** `count`: how many releases are kept besides the one that serves. Only what carries the stack's tag is removed. */
export const retireSuperseded =
  (bound: Ports, stackName: string, count: number): Task<'RetireSuperseded'> =>
  async ({ plan, lease }) => {
    await heldLease(bound, lease);
    const { endpoints, endpointConfigs, models, ledger } = underLease(bound, lease);
    const releases = await ledger.releases(plan.endpointName, MAXIMUM_RELEASES);
    const kept = keptReleases(releases, plan, count);
    const superseded = supersededResources(releases, kept);
    if (superseded.endpointConfigs.length + superseded.models.length === 0) return { removed: [], warnings: [] };
    // The endpoint may have been changed by somebody since it was verified.
    const endpoint = await endpoints.find(plan.endpointName);
    const inUse = [endpoint?.endpointConfigName, endpoint?.pendingEndpointConfigName];
    if (!inUse.includes(plan.endpointConfigName)) {
      return {
        removed: [],
        warnings: ['The endpoint was changed by somebody else: older releases were left as they are.'],
      };
    }
    const removed: string[] = [];
    for (const name of superseded.endpointConfigs) {
      const config = await endpointConfigs.find(name);
      if (config?.tags[STACK_TAG] !== stackName || inUse.includes(name)) continue;
      await endpointConfigs.remove(name);
      removed.push(name);
    }
    for (const name of superseded.models) {
      if ((await models.find(name))?.tags[STACK_TAG] !== stackName) continue;
      await models.remove(name);
      removed.push(name);
    }
    return { removed: removed.slice(0, MAXIMUM_NOTES), warnings: [] };
  };

const MAXIMUM_NOTES = 20;
