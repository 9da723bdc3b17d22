// CheckRollback: one look at what SageMaker works on during the rollback. Changes nothing.
import type { Rollback } from '../../state-machine/contract/outputs.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { isBusy } from '../core/endpoint/endpoint-status.ts';
import { answeredIntervalSeconds, untilGoneSeconds } from '../core/endpoint/poll-interval.ts';
import { rolledBackEndpoint } from '../core/rollback/rolled-back-endpoint.ts';
import type { DeploymentTarget } from '../ports/deployment-target.ts';
import { heldLease, type LeasePorts } from './parts/lease/under-lease.ts';
import { untilDeadline } from './parts/rollback/until-deadline.ts';

interface Ports extends LeasePorts {
  deploymentTarget: DeploymentTarget;
}

export const checkRollback =
  (ports: Ports): Task<'CheckRollback'> =>
  async ({ plan, lease, rollback }) => {
    const now = ports.clock.now();
    const endpointName = rolledBackEndpoint(plan, rollback);
    return untilDeadline(rollback, now, async () => {
      await heldLease(ports, lease);
      const endpoint = await ports.deploymentTarget.describe(endpointName);
      const waited = now.getTime() - Date.parse(rollback.startedAt);
      const goes = endpoint?.status === 'Deleting';
      const seen: Rollback = {
        ...rollback,
        status: endpoint?.status ?? null,
        awaits: goes ? 'gone' : 'idle',
        waitSeconds: goes ? untilGoneSeconds(waited) : answeredIntervalSeconds(waited, rollback.waitSeconds),
      };
      if (endpoint === null || !isBusy(endpoint)) return { ...seen, verdict: 'act' };
      if (now.getTime() < Date.parse(rollback.deadline)) return { ...seen, verdict: 'waiting' };
      const left = `The endpoint ${endpointName} was still ${endpoint.status} at the end of the time for the rollback, ${rollback.deadline}. When it is not busy any more, put it back or delete it by hand.`;
      return { ...seen, verdict: 'needsAttention', left: [...rollback.left, left] };
    });
  };
