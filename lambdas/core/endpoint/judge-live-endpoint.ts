// Whether the endpoint that exists may be rolled out to, and if not, what its owner can do.
import type { Failure } from '../../../state-machine/contract/errors.ts';
import { BUSY_ENDPOINT_SECONDS } from '../../../state-machine/contract/time-budgets.ts';
import { STACK_TAG } from '../naming/ownership-tags.ts';
import type { EndpointDescription } from './endpoint-description.ts';
import { isBusy } from './endpoint-status.ts';
import { pollIntervalSeconds } from './poll-interval.ts';

/** Why no rollout can begin, or not now. */
export type NotUsable =
  | { verdict: 'wait'; waitSeconds: number; reason: string }
  | { verdict: 'rejected'; failure: Failure };
export type LiveEndpointVerdict = { verdict: 'usable' } | NotUsable;

const usable = { verdict: 'usable' } as const;
export const rejected = (cause: string): NotUsable => ({
  verdict: 'rejected',
  failure: { Error: 'RequestRejected', Cause: cause },
});

/** Ownership first, so that nobody waits for an endpoint that is not ours. */
export function judgeLiveEndpoint(
  endpoint: EndpointDescription,
  tags: Record<string, string>,
  stackName: string,
  waitedMilliseconds: number,
): LiveEndpointVerdict {
  const { name, status } = endpoint;
  if (tags[STACK_TAG] !== stackName) {
    return rejected(
      `The endpoint ${name} exists and is not managed by ${stackName}${tags[STACK_TAG] ? ` but by ${tags[STACK_TAG]}` : ''}. ` +
        `Choose another name, or let ${stackName} take it over: aws sagemaker add-tags --resource-arn ${endpoint.arn} --tags Key=${STACK_TAG},Value=${stackName}`,
    );
  }
  if (isBusy(endpoint)) {
    if (waitedMilliseconds > BUSY_ENDPOINT_SECONDS * 1000) {
      const Cause = `The endpoint ${name} has been ${status} for ${BUSY_ENDPOINT_SECONDS / 3600} hours without this rollout. Nothing was changed; start it again when the endpoint is InService.`;
      return { verdict: 'rejected', failure: { Error: 'EndpointBusy', Cause } };
    }
    return {
      verdict: 'wait',
      waitSeconds: pollIntervalSeconds(waitedMilliseconds),
      reason: `The endpoint ${name} is ${status}.`,
    };
  }
  if (status === 'InService') return usable;
  return rejected(
    `The endpoint ${name} is ${status}${endpoint.failureReason ? ` (${endpoint.failureReason})` : ''}, and an update that fails could not be taken back. ` +
      (status === 'Failed'
        ? `A Failed endpoint can only be deleted: aws sagemaker delete-endpoint --endpoint-name ${name}. Then start this rollout again.`
        : 'Bring it to InService first.'),
  );
}
