// DeployEndpoint: creates the endpoint, or updates it, if it still is as planned; and sets its author's tags.
import type { Deployment } from '../../state-machine/contract/outputs.ts';
import type { Plan } from '../../state-machine/contract/plan.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import type { EndpointDescription } from '../core/endpoint-description.ts';
import { isBusy } from '../core/endpoint-status.ts';
import { pollIntervalSeconds } from '../core/poll-interval.ts';
import { RolloutError } from '../core/rollout-error.ts';
import { tagChange } from '../core/tag-change.ts';
import type { Clock } from '../ports/clock.ts';
import type { Documents } from '../ports/documents.ts';
import type { Endpoints } from '../ports/endpoints.ts';
import { readPlan } from './read-plan.ts';

interface Ports {
  clock: Clock;
  documents: Documents;
  endpoints: Endpoints;
}

export const deployEndpoint =
  ({ clock, documents, endpoints }: Ports): Task<'DeployEndpoint'> =>
  async ({ plan: planned }) => {
    const plan = await readPlan(documents, planned);
    const { endpointName, endpointConfig, tags, ownershipTags, before } = plan;
    const endpoint = await endpoints.find(endpointName);
    if (before === null) {
      // Found after all: by an earlier attempt of this very task, or by somebody else in between.
      if (endpoint === null) await endpoints.create(endpointName, endpointConfig.name, { ...tags, ...ownershipTags });
      else if (endpoint.endpointConfigName !== endpointConfig.name) throw changed(endpointName, endpoint);
      return begun(clock, 'Creating');
    }
    if (endpoint === null) throw changed(endpointName, null);
    const isBegun = isAttemptedAlready(plan, endpoint);
    if (!isBegun && endpoint.endpointConfigName !== before.endpointConfigName) throw changed(endpointName, endpoint);
    const change = tagChange(tags, before.tags);
    if (change !== null) await endpoints.changeTags(endpoint.arn, change);
    if (plan.operation === 'configure') return settled(clock, endpoint);
    if (isBegun) return begun(clock, endpoint.status);
    if (isBusy(endpoint))
      throw new RolloutError('EndpointBusy', `The endpoint ${endpointName} is ${endpoint.status} by something else.`);
    const retainInstanceCounts = servingCount(endpoint) >= endpointConfig.hosting.instanceCount;
    await endpoints.update(endpointName, endpointConfig.name, { retainInstanceCounts });
    return begun(clock, 'Updating');
  };

/** A repeated task finds what its first attempt began, even if nobody heard the answer. */
const isAttemptedAlready = ({ endpointConfig: { name } }: Plan, endpoint: EndpointDescription): boolean =>
  endpoint.endpointConfigName === name || endpoint.pendingEndpointConfigName === name;

/** Scaled-out instances stay; only a larger count than what serves is taken from the new configuration. */
const servingCount = ({ variants }: EndpointDescription): number => variants[0]?.desiredInstanceCount ?? 0;

function changed(endpointName: string, found: EndpointDescription | null): RolloutError {
  const now = found === null ? 'does not exist any more' : `is on the configuration ${found.endpointConfigName} now`;
  return new RolloutError(
    'EndpointChanged',
    `Somebody else changed the endpoint ${endpointName} after the rollout was planned: it ${now}.`,
  );
}

function begun(clock: Clock, status: string): Deployment {
  return {
    verdict: 'inProgress',
    startedAt: clock.now().toISOString(),
    waitSeconds: pollIntervalSeconds(0),
    status,
    progress: null,
    changeSeen: false,
    unchangedPolls: 0,
    lastUnchangedPollAt: null,
    failureReason: null,
    failure: null,
  };
}

const settled = (clock: Clock, { status }: EndpointDescription): Deployment => ({
  ...begun(clock, status),
  verdict: 'inService',
});
