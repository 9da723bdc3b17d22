// One look at an endpoint that is being deployed, be it the live one or the candidate.
import type { Deployment, LeaseOutput } from '../../../../state-machine/contract/outputs.ts';
import { type IntendedDeployment, judgeDeployment } from '../../../core/endpoint/judge-deployment.ts';
import { throttledIntervalSeconds } from '../../../core/endpoint/poll-interval.ts';
import { RolloutError } from '../../../core/rollout-error.ts';
import type { DeploymentTarget } from '../../../ports/deployment-target.ts';
import { beatLease } from '../lease/beat-lease.ts';
import type { LeasePorts } from '../lease/under-lease.ts';

export interface PollPorts extends LeasePorts {
  deploymentTarget: DeploymentTarget;
}

export async function pollDeployment(
  ports: PollPorts,
  lease: LeaseOutput,
  target: IntendedDeployment,
  deployment: Deployment,
): Promise<Deployment> {
  const stop = await beatLease(ports, lease);
  if (stop !== null) return { ...deployment, verdict: 'failed', failure: stop };
  try {
    const endpoint = await ports.deploymentTarget.describe(target.endpointName);
    return judgeDeployment(target, deployment, endpoint, ports.clock.now());
  } catch (error) {
    if (!(error instanceof RolloutError) || error.name !== 'Throttled') throw error;
    // Many rollouts at once: look less often. Past the deadline it is an error like every other.
    const now = ports.clock.now().getTime();
    if (now >= Date.parse(deployment.deadline)) throw error;
    const waitSeconds = throttledIntervalSeconds(deployment.waitSeconds);
    return { ...deployment, verdict: 'inProgress', waitSeconds, isRefused: true };
  }
}
