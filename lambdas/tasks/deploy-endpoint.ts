// DeployEndpoint: creates the endpoint, or updates it, if it still is as planned; and sets its author's tags.
import type { Plan } from '../../state-machine/contract/plan.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { deploymentBegun } from '../core/endpoint/deployment-begun.ts';
import type { EndpointDescription } from '../core/endpoint/endpoint-description.ts';
import { isBusy } from '../core/endpoint/endpoint-status.ts';
import { guardrails, updateSeconds } from '../core/guardrails/guardrails.ts';
import { fleetSizes, largestFleet, retainsInstanceCounts } from '../core/hosting/fleet-sizes.ts';
import { lostConcurrency } from '../core/hosting/lost-concurrency.ts';
import { stopOf } from '../core/lease/cancellation.ts';
import { tagChange } from '../core/naming/tag-change.ts';
import { RolloutError } from '../core/rollout-error.ts';
import { namesChange } from '../core/weights/first-weights.ts';
import type { DeploymentTarget } from '../ports/deployment-target.ts';
import type { Documents } from '../ports/documents.ts';
import type { Scaling } from '../ports/scaling.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import { heldLease, type LeasePorts, underLease } from './parts/lease/under-lease.ts';

interface Ports extends LeasePorts {
  documents: Documents;
  deploymentTarget: DeploymentTarget;
  scaling: Scaling;
}

export const deployEndpoint =
  (bound: Ports): Task<'DeployEndpoint'> =>
  async ({ plan: planned, lease, alarms }) => {
    // Here the live endpoint is touched: who is asked to stop goes no further, also where no look came in between.
    const stop = stopOf(await heldLease(bound, lease));
    if (stop !== null) throw new RolloutError(stop.Error, stop.Cause);
    const { clock, documents, deploymentTarget, scaling } = underLease(bound, lease);
    const plan = await readPlan(documents, planned);
    const { endpointName, endpointConfig, request, ownershipTags, before } = plan;
    const { tags } = request;
    const endpoint = await deploymentTarget.describe(endpointName);
    const serving = endpoint?.variants ?? [];
    const instances = largestFleet(fleetSizes(endpointConfig.variants, serving));
    const begun = (status: string) => deploymentBegun(clock.now(), status, updateSeconds(plan, instances));
    if (before === null) {
      // Found after all: by an earlier attempt of this very task, or by somebody else in between.
      if (endpoint === null)
        await deploymentTarget.create(endpointName, endpointConfig.name, { ...tags, ...ownershipTags });
      else if (endpoint.endpointConfigName !== endpointConfig.name) throw changed(endpointName, endpoint);
      return begun('Creating');
    }
    if (endpoint === null) throw changed(endpointName, null);
    const isBegun = isAttemptedAlready(plan, endpoint);
    if (!isBegun && endpoint.endpointConfigName !== before.endpointConfigName) throw changed(endpointName, endpoint);
    const change = tagChange(tags, before.tags);
    if (change !== null) await deploymentTarget.tag(endpoint.arn, change);
    if (plan.operation === 'configure') return { ...begun(endpoint.status), verdict: 'inService' };
    if (isBegun) return begun(endpoint.status);
    if (isBusy(endpoint))
      throw new RolloutError('EndpointBusy', `The endpoint ${endpointName} is ${endpoint.status} by something else.`);
    const scaledOut = namesChange(plan) ? wouldLose(plan, serving) : null;
    if (scaledOut !== null) throw scaledOut;
    const lost = lostConcurrency(plan, serving);
    if (lost !== null) throw new RolloutError('EndpointChanged', lost);
    for (const target of plan.scalingTargets) if (target.suspended) await scaling.deregister(target);
    await deploymentTarget.update(endpointName, endpointConfig.name, {
      retainInstanceCounts: retainsInstanceCounts(endpointConfig.variants, serving),
      // What SageMaker retains of other variants, or of concurrency, is not documented: then all is as the configuration says.
      retainsNothing: namesChange(plan) || serving.some(({ concurrency }) => concurrency !== undefined),
      guardrails: guardrails(plan, instances, alarms?.watched ?? []),
    });
    return begun('Updating');
  };

/** A repeated task finds what its first attempt began, even if nobody heard the answer. */
const isAttemptedAlready = ({ endpointConfig: { name } }: Plan, endpoint: EndpointDescription): boolean =>
  endpoint.endpointConfigName === name || endpoint.pendingEndpointConfigName === name;

/** Nothing is retained where variants come or go: what scaling has added since the plan was made would be gone. */
function wouldLose(
  { endpointName, endpointConfig }: Plan,
  serving: EndpointDescription['variants'],
): RolloutError | null {
  const sizes = fleetSizes(endpointConfig.variants, []);
  const loser = serving.find(({ name, desiredInstanceCount }) => {
    const count = sizes.get(name);
    return count !== undefined && (desiredInstanceCount ?? 0) > count;
  });
  if (loser === undefined) return null;
  const { name, desiredInstanceCount } = loser;
  return new RolloutError(
    'EndpointChanged',
    `The variant ${name} of ${endpointName} was scaled out to ${desiredInstanceCount} instances after the rollout was planned with ${sizes.get(name)}, and an update to other variants would take some away. Start the rollout again.`,
  );
}

function changed(endpointName: string, found: EndpointDescription | null): RolloutError {
  const now = found === null ? 'does not exist any more' : `is on the configuration ${found.endpointConfigName} now`;
  return new RolloutError(
    'EndpointChanged',
    `Somebody else changed the endpoint ${endpointName} after the rollout was planned: it ${now}.`,
  );
}
