// Whether an endpoint shows the change that a wait is for, so that the wait would be for nothing.
import type { Awaits } from '../../../state-machine/contract/awaits.ts';
import type { Deployment, Planned } from '../../../state-machine/contract/outputs.ts';
import type { AnyWait } from '../../../state-machine/contract/waits.ts';
import type { EndpointDescription } from '../endpoint/endpoint-description.ts';
import { isBusy } from '../endpoint/endpoint-status.ts';
import { type IntendedDeployment, judgeDeployment } from '../endpoint/judge-deployment.ts';

/**
 * Only what the look that follows would act on: a stale "as before" must not end the wait, or machine and wait would go round
 * and round until it is fresh.
 */
export function hasChanged(given: AnyWait, endpoint: EndpointDescription | null, now: Date): boolean {
  const isIdle = endpoint === null || isSettled(endpoint);
  const ended = (plan: IntendedDeployment, before: Deployment) =>
    before.isRefused !== true && judgeDeployment(plan, before, endpoint, now).verdict !== 'inProgress';
  switch (given.wait) {
    case 'WaitForLease':
    case 'WaitForCandidateAnswers':
    case 'WaitForCanary':
      return false;
    case 'WaitForIdleEndpoint':
      return isIdle;
    case 'WaitForCandidate':
      return (
        given.plan.candidate === null ||
        ended({ ...given.plan.candidate, previousEndpointConfigName: null }, given.candidate)
      );
    case 'WaitForEndpoint':
      return ended(given.plan, given.deployment) || movesTraffic(given.plan, given.deployment, endpoint);
    case 'WaitForWeights':
      return isIdle && given.weights.changeSeen && given.weights.liveSince === null && given.weights.isRefused !== true;
    case 'WaitForCandidateDeletion':
      return isAwaited(given.candidateRemoval.awaits, endpoint);
    case 'WaitForRollback':
      return isAwaited(given.rollback.awaits, endpoint);
    case 'WaitForRetirement':
      return isAwaited(given.retirement.awaits, endpoint);
  }
}

const isSettled = (endpoint: EndpointDescription): boolean =>
  !isBusy(endpoint) && endpoint.pendingEndpointConfigName === null;

const movesTraffic = ({ guarded }: Planned, { isRefused }: Deployment, endpoint: EndpointDescription | null): boolean =>
  guarded && isRefused !== true && endpoint?.trafficMoves === true;

function isAwaited(awaits: Awaits, endpoint: EndpointDescription | null): boolean {
  if (awaits === undefined) return false;
  return endpoint === null || (awaits === 'idle' && isSettled(endpoint));
}
