// CheckEndpoint: one look at the endpoint while it is being deployed.
import type { Task } from '../../state-machine/contract/steps.ts';
import { judgeDeployment } from '../core/judge-deployment.ts';
import { pollIntervalSeconds } from '../core/poll-interval.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Endpoints } from '../ports/endpoints.ts';

export const checkEndpoint =
  ({ clock, endpoints }: { clock: Clock; endpoints: Endpoints }): Task<'CheckEndpoint'> =>
  async ({ plan, deployment }) => {
    try {
      const endpoint = await endpoints.find(plan.endpointName);
      return judgeDeployment(plan, deployment, endpoint, clock.now());
    } catch (error) {
      if (!(error instanceof RolloutError) || error.name !== 'Throttled') throw error;
      // Many rollouts at once: look less often. Past the deadline it is an error like every other.
      const now = clock.now().getTime();
      if (now >= Date.parse(plan.deadline)) throw error;
      const waitSeconds = pollIntervalSeconds(now - Date.parse(deployment.startedAt), true);
      return { ...deployment, verdict: 'inProgress', waitSeconds };
    }
  };
