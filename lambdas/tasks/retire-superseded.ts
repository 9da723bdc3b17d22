// RetireSuperseded: lets what is verified scale to no instance, where that is wanted, and removes the configurations, models and
// artifacts that neither serve nor may be needed by a rollback.

import type { Task } from '../../state-machine/contract/steps.ts';
import { parseArtifactKey, parseS3Uri } from '../core/naming/object-keys.ts';
import { STACK_TAG } from '../core/naming/ownership-tags.ts';
import { RELEASES_READ } from '../core/releases-read.ts';
import {
  type RetainedResources,
  retainedReleases,
  supersededArtifacts,
  supersededResources,
} from '../core/rollback/superseded-releases.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { DeploymentTarget } from '../ports/deployment-target.ts';
import type { EndpointConfigs } from '../ports/endpoint-configs.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Models } from '../ports/models.ts';
import type { Scaling } from '../ports/scaling.ts';
import { heldLease, type LeasePorts, underLease } from './parts/lease/under-lease.ts';
import { letGo } from './parts/scaling/let-go.ts';

interface Ports extends LeasePorts {
  deploymentTarget: DeploymentTarget;
  endpointConfigs: EndpointConfigs;
  models: Models;
  artifacts: ArtifactStore;
  ledger: Ledger;
  scaling: Pick<Scaling, 'find' | 'limit'>;
}

/**
 * `count`: how many releases are retained besides the one that serves. Of configurations and models only those with the stack's
 * tag are removed, of artifacts only those under the endpoint's own folder.
 */
export const retireSuperseded =
  (bound: Ports, stackName: string, count: number): Task<'RetireSuperseded'> =>
  async ({ plan, lease, artifact, scaling }) => {
    const { retirement } = await heldLease(bound, lease);
    const ports = underLease(bound, lease);
    const { deploymentTarget, endpointConfigs, models, artifacts, ledger } = ports;
    if (scaling !== null) await letGo(ports.scaling, scaling);
    const { endpointName, endpointConfigName, modelNames } = plan;
    const served = (artifact.variants ?? [artifact]).flatMap(({ sha256 }) => sha256 ?? []);
    // What a retirement took away is not gone back to: a copy that somebody made anew since is no retained release's.
    const releases = (await ledger.releases(endpointName, RELEASES_READ)).filter(
      ({ releasedAt }) => retirement === null || releasedAt > retirement.at,
    );
    const released = retainedReleases(releases, { endpointConfigName, modelNames, artifacts: served }, count);
    // Without knowing what was deployed just now nobody knows what may go.
    const keys = served.length === 0 ? [] : await artifacts.list(endpointName);
    if (isEmpty(supersededBy(releases, keys, endpointName, released))) return { removed: [], warnings: [] };

    // The endpoint may have been changed by somebody since it was verified.
    const endpoint = await deploymentTarget.describe(endpointName);
    const inUse = [endpoint?.endpointConfigName, endpoint?.pendingEndpointConfigName];
    if (!inUse.includes(endpointConfigName)) return left('The endpoint was changed by somebody else');
    // Until the outcome is recorded this rollout may still be taken back, to what was there before.
    const retained = await alsoRetaining(ports, released, [...inUse, plan.previousEndpointConfigName]);
    if (retained === null) return left('A configuration that the endpoint may need cannot be read');

    const superseded = supersededBy(releases, keys, endpointName, retained);
    const removed: string[] = [];
    for (const name of superseded.endpointConfigs) {
      if ((await endpointConfigs.find(name))?.tags[STACK_TAG] !== stackName) continue;
      await endpointConfigs.remove(name);
      removed.push(name);
    }
    for (const name of superseded.models) {
      if ((await models.find(name))?.tags[STACK_TAG] !== stackName) continue;
      await models.remove(name);
      removed.push(name);
    }
    // Last: nothing that is left refers to them.
    for (const key of superseded.artifacts) {
      await artifacts.remove(key);
      removed.push(key);
    }
    return { removed: removed.slice(0, MAXIMUM_NOTES), warnings: [] };
  };

const MAXIMUM_NOTES = 20;
const left = (why: string) => ({ removed: [], warnings: [`${why}: older releases were left as they are.`] });

const supersededBy = (
  releases: Parameters<typeof supersededResources>[0],
  keys: readonly string[],
  endpointName: string,
  retained: RetainedResources,
) => ({ ...supersededResources(releases, retained), artifacts: supersededArtifacts(endpointName, keys, retained) });

const isEmpty = (superseded: Record<string, readonly string[]>) =>
  Object.values(superseded).every((names) => names.length === 0);

/** The sha256 of what a model is made of, if that is one of ours. */
const artifactOf = (model: Awaited<ReturnType<Models['find']>>): string | null =>
  parseArtifactKey(parseS3Uri(model?.spec.modelDataUrl ?? '')?.key ?? '')?.sha256 ?? null;

/** What is retained, and what configurations refer to that no retained release tells of; null where one of them cannot be read. */
async function alsoRetaining(
  { endpointConfigs, models }: Ports,
  retained: RetainedResources,
  configNames: readonly (string | null | undefined)[],
): Promise<RetainedResources | null> {
  const also = {
    endpointConfigs: new Set(retained.endpointConfigs),
    models: new Set(retained.models),
    artifacts: new Set(retained.artifacts),
  };
  for (const name of configNames) {
    if (name == null || also.endpointConfigs.has(name)) continue;
    const config = await endpointConfigs.find(name);
    if (config === null) return null;
    also.endpointConfigs.add(name);
    for (const { modelName } of config.variants) {
      const model = modelName === null ? null : await models.find(modelName);
      if (modelName === null || model === null) return null;
      also.models.add(modelName);
      const artifact = artifactOf(model);
      if (artifact !== null) also.artifacts.add(artifact);
    }
  }
  return also;
}
