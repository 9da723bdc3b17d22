// Looks at an endpoint whose traffic moves, and at the lease, between two batches of golden traffic.
import type { Deployment, LeaseOutput } from '../../../../state-machine/contract/outputs.ts';
import { SECONDS_BETWEEN_POLLS } from '../../../core/endpoint/confirm-unchanged.ts';
import { type IntendedDeployment, judgeDeployment } from '../../../core/endpoint/judge-deployment.ts';
import { RolloutError } from '../../../core/rollout-error.ts';
import { beatLease } from '../lease/beat-lease.ts';
import type { PollPorts } from './poll-deployment.ts';

/** Whoever asks a rollout to stop is heard within this time. */
export const SECONDS_BETWEEN_LEASE_LOOKS = 5;

/**
 * @param before as it was seen last: what differs from it is for CheckEndpoint to judge
 * @returns what tells, each time that it is called, whether there is anything new: a request to stop, another step of the traffic,
 *   an end. It rejects with `LeaseLost` where the lease is gone; a look that AWS does not answer tells nothing.
 */
export function trafficWatch(
  ports: PollPorts,
  lease: LeaseOutput,
  plan: IntendedDeployment,
  before: Deployment,
): () => Promise<boolean> {
  const { clock, deploymentTarget } = ports;
  let lookedAt = clock.now().getTime();
  return async () => {
    if (await answered(async () => (await beatLease(ports, lease)) !== null)) return true;
    const now = clock.now();
    if (now.getTime() - lookedAt < SECONDS_BETWEEN_POLLS * 1000) return false;
    lookedAt = now.getTime();
    return answered(async () => {
      const endpoint = await deploymentTarget.describe(plan.endpointName);
      const { verdict, trafficMoves, status, progress } = judgeDeployment(plan, before, endpoint, now);
      return verdict !== 'inProgress' || !trafficMoves || status !== before.status || progress !== before.progress;
    });
  };
}

const PASSES_BY_ITSELF: readonly string[] = ['Throttled', 'ServiceUnavailable', 'NotReady'];

async function answered(look: () => Promise<boolean>): Promise<boolean> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof RolloutError && PASSES_BY_ITSELF.includes(error.name)) return false;
    throw error;
  }
}
