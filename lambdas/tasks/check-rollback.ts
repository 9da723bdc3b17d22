// CheckRollback: one look at the endpoint while SageMaker works on the way back. Changes nothing.
import type { Task } from '../../state-machine/contract/steps.ts';
import { isBusy } from '../core/endpoint-status.ts';
import { pollIntervalSeconds } from '../core/poll-interval.ts';
import type { Clock } from '../ports/clock.ts';
import type { Endpoints } from '../ports/endpoints.ts';
import { untilDeadline } from './until-deadline.ts';

export const checkRollback =
  ({ clock, endpoints }: { clock: Clock; endpoints: Endpoints }): Task<'CheckRollback'> =>
  async ({ plan: { endpointName }, rollback }) => {
    const now = clock.now();
    return untilDeadline(rollback, now, async () => {
      const endpoint = await endpoints.find(endpointName);
      const waited = now.getTime() - Date.parse(rollback.startedAt);
      const seen = { ...rollback, status: endpoint?.status ?? null, waitSeconds: pollIntervalSeconds(waited) };
      if (endpoint === null || !isBusy(endpoint)) return { ...seen, verdict: 'act' };
      if (now.getTime() < Date.parse(rollback.deadline)) return { ...seen, verdict: 'waiting' };
      const left = `The endpoint ${endpointName} was still ${endpoint.status} at the end of the time for the way back, ${rollback.deadline}. When it is not busy any more, put it back or delete it by hand.`;
      return { ...seen, verdict: 'needsAttention', left: [...rollback.left, left] };
    });
  };
