// The verdict of one look at an endpoint that is being deployed.
import type { ErrorName } from '../../../state-machine/contract/errors.ts';
import type { Deployment } from '../../../state-machine/contract/outputs.ts';
import { polledAgain, SECONDS_BETWEEN_POLLS } from './confirm-unchanged.ts';
import type { EndpointDescription } from './endpoint-description.ts';
import { isBusy } from './endpoint-status.ts';
import { answeredIntervalSeconds, pollIntervalSeconds } from './poll-interval.ts';

/** The live endpoint of a plan, or its candidate, which nothing was before. */
export interface IntendedDeployment {
  endpointName: string;
  endpointConfigName: string;
  previousEndpointConfigName: string | null;
}

/**
 * In service means: InService, on the intended configuration, and nothing pending. InService on the previous one is how
 * SageMaker ends a failed update, often without a word (terraform-provider-aws issues 46663 and 48997).
 *
 * @param endpoint what DescribeEndpoint said just now; null when there is no such endpoint
 */
export function judgeDeployment(
  plan: IntendedDeployment,
  before: Deployment,
  endpoint: EndpointDescription | null,
  now: Date,
): Deployment {
  const seen: Deployment = {
    ...before,
    verdict: 'inProgress',
    isRefused: undefined,
    // While traffic moves, a machine of before the watching task sends a batch of golden traffic after each wait.
    waitSeconds: endpoint?.trafficMoves
      ? pollIntervalSeconds(0)
      : answeredIntervalSeconds(now.getTime() - Date.parse(before.startedAt), before.waitSeconds),
    status: endpoint?.status ?? 'NotFound',
    progress: endpoint?.progress ?? null,
    trafficMoves: endpoint?.trafficMoves ?? false,
    changeSeen:
      before.changeSeen ||
      endpoint?.status === 'Creating' ||
      endpoint?.status === 'Updating' ||
      endpoint?.status === 'RollingBack',
    failureReason: endpoint?.failureReason ?? before.failureReason,
  };
  const failed = (error: ErrorName, cause: string): Deployment => ({
    ...seen,
    verdict: 'failed',
    failure: { Error: error, Cause: seen.failureReason ? `${cause} SageMaker says: ${seen.failureReason}` : cause },
  });
  const name = plan.endpointName;
  if (endpoint === null)
    return believed(seen, now, () =>
      failed('EndpointChanged', `The endpoint ${name} does not exist: somebody deleted it.`),
    );
  const { endpointConfigName: current, pendingEndpointConfigName: pending } = endpoint;
  if (endpoint.status === 'Deleting')
    return failed('EndpointChanged', `The endpoint ${name} is being deleted by somebody else.`);
  if (
    pending !== null &&
    pending !== plan.endpointConfigName &&
    (seen.changeSeen || current === plan.endpointConfigName)
  ) {
    return failed('EndpointChanged', `Somebody else is updating the endpoint ${name} to the configuration ${pending}.`);
  }
  const isPending = endpoint.status === 'InService' && pending === plan.endpointConfigName;
  if (isBusy(endpoint) || isPending) {
    return now.getTime() < Date.parse(before.deadline)
      ? seen
      : failed(
          'DeadlineExceeded',
          `The endpoint ${name} is still ${endpoint.status} at the deadline of this rollout, ${before.deadline}.`,
        );
  }
  if (endpoint.status !== 'InService') {
    return failed('DeploymentFailed', `The endpoint ${name} is ${endpoint.status} instead of InService.`);
  }
  if (current === plan.endpointConfigName) return { ...seen, verdict: 'inService', failureReason: null };
  if (current !== plan.previousEndpointConfigName) {
    return failed('EndpointChanged', `Somebody else put the endpoint ${name} on the configuration ${current}.`);
  }
  const rolledBack = () =>
    failed('DeploymentRolledBack', `SageMaker put the endpoint ${name} back on its previous configuration ${current}.`);
  return seen.changeSeen ? rolledBack() : believed(seen, now, rolledBack);
}

function believed(seen: Deployment, now: Date, conclusion: () => Deployment): Deployment {
  const looks = polledAgain(seen, now);
  return looks === null ? conclusion() : { ...seen, ...looks, waitSeconds: SECONDS_BETWEEN_POLLS };
}
