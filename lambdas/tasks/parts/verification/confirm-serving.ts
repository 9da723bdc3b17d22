// Whether what gave the answers is what was meant to give them.
import type { CanaryVerdict } from '../../../core/canary/judge-canary.ts';
import { isBusy, servesSettled } from '../../../core/endpoint/endpoint-status.ts';
import { RolloutError } from '../../../core/rollout-error.ts';
import type { DeploymentTarget } from '../../../ports/deployment-target.ts';
import type { LeasePorts } from '../lease/under-lease.ts';

export interface ServingPorts extends LeasePorts {
  deploymentTarget: DeploymentTarget;
}

/** What is asked: the live endpoint, or the candidate. */
export interface Verified {
  endpointName: string;
  endpointConfigName: string;
  /** The one variant that shall answer; left out: whichever does. */
  targetVariant?: string;
}

/** The answers are worth only as much as the endpoint that gave them: it must still be the intended one, settled. */
export async function confirmServing(
  { deploymentTarget }: ServingPorts,
  plan: Verified,
  verdict: CanaryVerdict,
): Promise<CanaryVerdict> {
  const endpoint = await deploymentTarget.describe(plan.endpointName);
  if (endpoint !== null && servesSettled(endpoint, plan.endpointConfigName)) return verdict;
  const isOurs = [endpoint?.endpointConfigName, endpoint?.pendingEndpointConfigName ?? plan.endpointConfigName].every(
    (name) => name === plan.endpointConfigName,
  );
  if (endpoint !== null && isBusy(endpoint) && isOurs) {
    throw new RolloutError(
      'NotReady',
      `The endpoint ${plan.endpointName} is ${endpoint.status}; it is verified once it is settled.`,
    );
  }
  const found =
    endpoint === null ? 'does not exist' : `is ${endpoint.status} on the configuration ${endpoint.endpointConfigName}`;
  const Cause = `After the canary run the endpoint ${plan.endpointName} ${found}: somebody else changed it.`;
  return { ...verdict, verdict: 'failed', verified: null, failure: { Error: 'EndpointChanged', Cause } };
}
