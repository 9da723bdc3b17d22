// RetireEndpoint: deletes the endpoint with its scaling, then every configuration and model of its releases, and its artifacts. Asked until all is gone.

import type { Failure } from '../../state-machine/contract/errors.ts';
import type { Retirement } from '../../state-machine/contract/outputs.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { RETIREMENT_SECONDS } from '../../state-machine/contract/time-budgets.ts';
import { SECONDS_BETWEEN_POLLS } from '../core/endpoint/confirm-unchanged.ts';
import { isBusy } from '../core/endpoint/endpoint-status.ts';
import { pollIntervalSeconds, untilGoneSeconds } from '../core/endpoint/poll-interval.ts';
import { concurrencyTarget, variantTarget } from '../core/naming/names.ts';
import { STACK_TAG } from '../core/naming/ownership-tags.ts';
import { RELEASES_READ } from '../core/releases-read.ts';
import { supersededArtifacts } from '../core/rollback/superseded-releases.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { DeploymentTarget } from '../ports/deployment-target.ts';
import type { EndpointConfigs } from '../ports/endpoint-configs.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Models } from '../ports/models.ts';
import type { Scaling } from '../ports/scaling.ts';
import { heldLease, type LeasePorts, underLease } from './parts/lease/under-lease.ts';

interface Ports extends LeasePorts {
  deploymentTarget: DeploymentTarget;
  endpointConfigs: EndpointConfigs;
  models: Models;
  artifacts: ArtifactStore;
  scaling: Scaling;
  ledger: Ledger;
}

/** The first look and three more. */
const MILLISECONDS_TO_BELIEVE = 3 * SECONDS_BETWEEN_POLLS * 1000;

export const retireEndpoint =
  (bound: Ports, stackName: string): Task<'RetireEndpoint'> =>
  async ({ lease, retirement }) => {
    await heldLease(bound, lease);
    const ports = underLease(bound, lease);
    const now = ports.clock.now();
    const progress = retirement ?? begin(now);
    const waited = now.getTime() - Date.parse(progress.startedAt);
    const waiting: Retirement = {
      ...progress,
      verdict: 'waiting',
      waitSeconds: pollIntervalSeconds(waited),
      awaits: undefined,
    };
    const failed = (failure: Failure): Retirement => ({ ...progress, verdict: 'failed', failure });

    const endpoint = await ports.deploymentTarget.describe(lease.endpointName);
    // A look may be stale, and what serves must not lose its configuration: until it was deleted here, "not there" is believed late.
    if (endpoint === null && progress.done.length === 0 && waited < MILLISECONDS_TO_BELIEVE)
      return { ...waiting, waitSeconds: SECONDS_BETWEEN_POLLS };
    if (endpoint === null) {
      const done = [...progress.done, ...(await removeReleases(ports, lease.endpointName, stackName))];
      // Last: nothing that is left refers to them. An upload that waits meanwhile makes its copy anew when it is its turn.
      done.push(...(await removeArtifacts(ports, lease.endpointName)));
      return { ...progress, verdict: 'retired', status: null, done: done.slice(-MAXIMUM_NOTES) };
    }
    const seen = { ...waiting, status: endpoint.status };
    const owner = (await ports.deploymentTarget.tags(endpoint.arn))[STACK_TAG];
    if (owner !== stackName) {
      const Cause = `The endpoint ${endpoint.name} is not managed by ${stackName}, so it was not touched. Delete it by hand: aws sagemaker delete-endpoint --endpoint-name ${endpoint.name}`;
      return failed({ Error: 'RequestRejected', Cause });
    }
    if (now.getTime() > Date.parse(progress.deadline)) {
      const Cause = `The endpoint ${endpoint.name} was still ${endpoint.status} after ${RETIREMENT_SECONDS / 3600} hours.`;
      return failed({ Error: 'DeadlineExceeded', Cause });
    }
    if (endpoint.status === 'Deleting') return { ...seen, awaits: 'gone', waitSeconds: untilGoneSeconds(waited) };
    if (isBusy(endpoint)) return { ...seen, awaits: 'idle' };
    // First, or scaling would ask for instances of an endpoint that goes:
    // https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-delete-with-scaling.html
    for (const { name, concurrency } of endpoint.variants)
      await ports.scaling.deregister((concurrency ? concurrencyTarget : variantTarget)(endpoint.name, name));
    await ports.deploymentTarget.remove(endpoint.name);
    const done = [...seen.done, `deleted the endpoint ${endpoint.name}`];
    return { ...seen, awaits: 'gone', waitSeconds: untilGoneSeconds(waited), done };
  };

const MAXIMUM_NOTES = 20;

const begin = (now: Date): Retirement => ({
  verdict: 'waiting',
  startedAt: now.toISOString(),
  deadline: new Date(now.getTime() + RETIREMENT_SECONDS * 1000).toISOString(),
  waitSeconds: 0,
  status: null,
  done: [],
  failure: null,
});

async function removeReleases(
  { ledger, endpointConfigs, models }: Ports,
  endpointName: string,
  stackName: string,
): Promise<string[]> {
  const done: string[] = [];
  for (const release of await ledger.releases(endpointName, RELEASES_READ)) {
    const config = await endpointConfigs.find(release.endpointConfigName);
    if (config?.tags[STACK_TAG] === stackName) {
      await endpointConfigs.remove(config.name);
      done.push(`deleted the endpoint configuration ${config.name}`);
    }
    for (const { modelName } of release.variants) {
      if ((await models.find(modelName))?.tags[STACK_TAG] !== stackName) continue;
      await models.remove(modelName);
      done.push(`deleted the model ${modelName}`);
    }
  }
  return done;
}

async function removeArtifacts({ artifacts }: Ports, endpointName: string): Promise<string[]> {
  const none = { artifacts: new Set<string>() };
  const keys = supersededArtifacts(endpointName, await artifacts.list(endpointName), none);
  for (const key of keys) await artifacts.remove(key);
  return keys.length === 0 ? [] : [`deleted ${keys.length} objects of its artifacts`];
}
