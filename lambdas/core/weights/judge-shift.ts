// What one look at an endpoint whose weights move calls for: to wait, to ask for what comes next, or to watch what is live.
import type { ErrorName } from '../../../state-machine/contract/errors.ts';
import type { Plan } from '../../../state-machine/contract/plan.ts';
import type { WeightShiftOutput, WeightStep, Weights } from '../../../state-machine/contract/weight-shift.ts';
import { polledAgain, SECONDS_BETWEEN_POLLS } from '../endpoint/confirm-unchanged.ts';
import type { EndpointDescription } from '../endpoint/endpoint-description.ts';
import { isBusy } from '../endpoint/endpoint-status.ts';
import { pollIntervalSeconds } from '../endpoint/poll-interval.ts';
import { weightsBeforeSteps } from './first-weights.ts';
import { type Adjustment, adjustmentText, nextAdjustment } from './next-adjustment.ts';
import { instancesInTraffic, neededInstances } from './share-capacity.ts';
import { sameWeights, sharesText, weightsOf } from './shares.ts';
import { NOTHING_ASKED } from './shift-begun.ts';

export type ShiftLook =
  /** The output says all: it waits, or has failed. */
  | { does: 'wait'; output: WeightShiftOutput }
  | { does: 'ask'; adjustment: Adjustment; output: WeightShiftOutput }
  /** The weights of the step are live. */
  | { does: 'watch'; step: WeightStep; output: WeightShiftOutput };

/** What is live before a step. */
export const weightsBefore = (plan: Plan, step: number): Weights =>
  plan.weightSteps?.[step - 1]?.weights ?? weightsBeforeSteps(plan);

export const shiftFailed = (before: WeightShiftOutput, error: ErrorName, cause: string): WeightShiftOutput => ({
  ...before,
  ...{ verdict: 'failed', sendsTraffic: false, failure: { Error: error, Cause: cause } },
});

/** @param endpoint what DescribeEndpoint said just now; null when there is no such endpoint */
export function judgeShift(
  plan: Plan,
  before: WeightShiftOutput,
  step: WeightStep,
  endpoint: EndpointDescription | null,
  now: Date,
): ShiftLook {
  const { endpointName } = plan;
  const seen: WeightShiftOutput = {
    ...before,
    ...{ verdict: 'waiting', sendsTraffic: false, isRefused: undefined },
    waitSeconds: pollIntervalSeconds(now.getTime() - Date.parse(before.askedAt ?? before.startedAt)),
    status: endpoint?.status ?? 'NotFound',
    progress: `step ${before.step + 1} of ${plan.weightSteps?.length ?? 0}: ${before.asked ?? sharesText(step.weights)}`,
    changeSeen: before.changeSeen || (before.asked !== null && endpoint !== null && isBusy(endpoint)),
  };
  const failed = (error: ErrorName, cause: string): ShiftLook => ({
    does: 'wait',
    output: shiftFailed(
      seen,
      error,
      endpoint?.failureReason ? `${cause} SageMaker says: ${endpoint.failureReason}` : cause,
    ),
  });
  const believed = (conclusion: () => ShiftLook): ShiftLook => {
    const looks = seen.changeSeen ? null : polledAgain(seen, now);
    return looks === null
      ? conclusion()
      : { does: 'wait', output: { ...seen, ...looks, waitSeconds: SECONDS_BETWEEN_POLLS } };
  };
  if (endpoint === null)
    return believed(() =>
      failed('EndpointChanged', `The endpoint ${endpointName} does not exist: somebody deleted it.`),
    );
  const { endpointConfigName, pendingEndpointConfigName } = endpoint;
  if (endpointConfigName !== plan.endpointConfig.name || pendingEndpointConfigName !== null)
    return failed('EndpointChanged', `Somebody else is changing the endpoint ${endpointName}.`);
  if (now.getTime() >= Date.parse(before.deadline) && before.liveSince === null) {
    const text = `The weights of the endpoint ${endpointName} were not live at the deadline, ${before.deadline}.`;
    return failed('DeadlineExceeded', text);
  }
  // Asked for by an attempt that nobody heard the end of, or by somebody else: what is there afterwards tells.
  if (isBusy(endpoint)) return { does: 'wait', output: seen };
  if (endpoint.status !== 'InService')
    return failed('DeploymentFailed', `The endpoint ${endpointName} is ${endpoint.status} instead of InService.`);

  const instances = before.instances ?? instancesInTraffic(endpoint.variants);
  const begin = weightsBefore(plan, before.step);
  const next = nextAdjustment(endpoint, step.weights, neededInstances(begin, step.weights, instances));
  const counted = { ...seen, instances };
  if (next === null) {
    const liveSince = before.liveSince ?? now.toISOString();
    return { does: 'watch', step, output: { ...counted, ...NOTHING_ASKED, liveSince } };
  }
  if (before.liveSince !== null || !sameWeights(weightsOf(endpoint.variants), begin)) {
    const live = sharesText(weightsOf(endpoint.variants));
    return failed('EndpointChanged', `Somebody else set the weights of the endpoint ${endpointName}: ${live}.`);
  }
  // Noted before anything is asked for: instances that came for a share would be counted too after an answer that nobody heard.
  if (before.instances === null) return { does: 'wait', output: { ...counted, waitSeconds: 1 } };
  // SageMaker may give up and be InService on what was before.
  if (before.asked === adjustmentText(next))
    return believed(() =>
      failed(
        'DeploymentFailed',
        `SageMaker did not give the endpoint ${endpointName} what was asked: ${before.asked}.`,
      ),
    );
  return { does: 'ask', adjustment: next, output: { ...counted, ...NOTHING_ASKED } };
}
