// Which outcome a rollout has, from what its execution's state holds at the end.
import type { Failure } from '../../../state-machine/contract/errors.ts';
import { MAXIMUM_CAUSE_BYTES, type OutcomeName, succeededOutcomes } from '../../../state-machine/contract/outcome.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { StepInput } from '../../../state-machine/contract/steps.ts';
import { bounded } from '../problems/problems.ts';
import { cutToBytes, shortened } from '../problems/shortened.ts';

/** What RecordOutcome receives. */
export type RolloutEnd = StepInput<'RecordOutcome'>;

export interface Ending {
  outcome: OutcomeName;
  /** Null exactly when it succeeded. */
  failure: Failure | null;
  problems: Problem[];
  /** What is left and what to do; empty but for `needsAttention`. */
  left: string[];
}

/**
 * - No failure, and the canary passed: `unchanged` if the plan found everything as it should be, else `deployed`. No
 *   failure and no passed canary is itself a failure: no data is not a pass.
 * - What its author has to mend, found before anything was made: `rejected`.
 * - Another rollout took its place before it began: `superseded`, a failure where the platform wants it so. The endpoint is
 *   deleted, as was asked: `retired`. A rollout that was to be cancelled has ended, and does not serve: `cancelled`.
 * - Cancelled or stopped while it had the lease, and before anything was made: `rolledBack`, as after that.
 * - Failed otherwise before anything was made: `rolledBack`, since nothing was made and what was live is live. The error
 *   says why, for example AccessDenied.
 * - Failed later: `rolledBack` only if the rollback came to its end and says so, else `needsAttention`.
 */
export function ending(end: RolloutEnd, supersededFails = false): Ending {
  const { lease, plan, canaryInvocations, retirement, rollback, rollbackFailure } = end;
  const begun = plan !== null && (plan.verdict === 'proceed' || plan.verdict === 'recover');
  const failure = failureOf(end);
  const problems = failure === null ? [] : problemsOf(end);
  const is = (outcome: OutcomeName, left: string[] = []): Ending => ({ outcome, failure, problems, left });
  if (failure === null) {
    if (lease?.verdict === 'superseded')
      return { ...is('superseded'), failure: supersededFails ? superseded(lease.successor) : null };
    if (retirement?.verdict === 'retired') return is('retired');
    if (lease?.verdict === 'cancelled') return is('cancelled');
    if (canaryInvocations?.verdict === 'passed' && plan?.verdict === 'proceed') return is('deployed');
    if (canaryInvocations?.verdict === 'passed' && plan?.verdict === 'unchanged') return is('unchanged');
    const Cause = 'The rollout came to its end without a canary that passed.';
    return { ...is('needsAttention', leftOf(end)), failure: { Error: 'CanaryFailed', Cause } };
  }
  if (begun || rollback !== null || rollbackFailure !== null) {
    const isBack = rollback?.verdict === 'rolledBack' && rollbackFailure === null;
    return isBack ? is('rolledBack') : is('needsAttention', leftOf(end));
  }
  // Its rollback could not even be taken up.
  if (lease?.verdict === 'recover') return is('needsAttention', leftOf(end));
  if (lease?.repeats === 'needsAttention') return is('needsAttention', [listedElsewhere(end)]);
  const isRejected =
    failure.Error === 'RequestRejected' ||
    (plan?.verdict === 'rejected' && failure.Error !== 'Stopped' && failure.Error !== 'Cancelled') ||
    (lease?.verdict === 'refused' && lease.repeats === null);
  if (isRejected) return is('rejected');
  return lease?.verdict === 'retire' ? is('needsAttention', [halfRetired(lease.endpointName)]) : is('rolledBack');
}

const listedElsewhere = ({ request }: RolloutEnd) =>
  request?.cancels === undefined
    ? 'What the earlier outcome of this upload lists.'
    : `What the outcome of ${request.cancels} lists.`;

const halfRetired = (endpointName: string) =>
  `The endpoint ${endpointName} is deleted in part at most. Ask for it again: {"action": "retireEndpoint", "endpointName": "${endpointName}"}`;

const superseded = (successor: string | null): Failure => ({
  Error: 'Superseded',
  Cause: `The rollout ${successor ?? 'of a newer upload'} took the place of this one, which was not deployed.`,
});

export const hasSucceeded = ({ outcome, failure }: Pick<Ending, 'outcome' | 'failure'>): boolean =>
  failure === null && succeededOutcomes.includes(outcome);

/** The first failure is the one that counts. Its cause is cut; an error that was caught carries JSON. */
function failureOf({
  failure,
  artifact,
  trial,
  lease,
  plan,
  candidate,
  candidateCanaryInvocations,
  deployment,
  canaryInvocations,
}: RolloutEnd): Failure | null {
  const first =
    failure ??
    artifact?.failure ??
    trial?.failure ??
    lease?.failure ??
    (plan?.verdict === 'rejected' ? plan.failure : null) ??
    candidate?.failure ??
    candidateCanaryInvocations?.failure ??
    deployment?.failure ??
    canaryInvocations?.failure ??
    null;
  if (first === null) return null;
  return { Error: shortened(first.Error, 200), Cause: cutToBytes(readable(first.Cause), MAXIMUM_CAUSE_BYTES) };
}

/** Lambda gives a caught error's cause as JSON, `{"errorType", "errorMessage", "trace"}`: the message is what people need. */
function readable(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}

/** InspectArtifact has joined the request's problems with its own; until it has run, the request's are all there are. */
function problemsOf({ request, artifact, trial, plan }: RolloutEnd): Problem[] {
  const found = [...(artifact?.problems ?? request?.problems ?? []), ...(trial?.problems ?? [])];
  return bounded(plan?.verdict === 'rejected' ? [...found, ...plan.problems] : found);
}

function leftOf({ plan, rollback, rollbackFailure }: RolloutEnd): string[] {
  const why = rollbackFailure === null ? [] : [`The rollback failed: ${explained(rollbackFailure)}`];
  const known = (rollback?.left ?? []).slice(0, 20);
  return [...why, ...(known.length > 0 ? known : [whatToCompare(plan)])].map((text) => shortened(text, 700));
}

function whatToCompare(plan: RolloutEnd['plan']): string {
  if (plan === null || !('document' in plan)) {
    return 'The rollout ended without a verdict. Look at the endpoint and at the history of the execution.';
  }
  const { endpointName, modelNames, endpointConfigName, document } = plan;
  return (
    `The rollback did not end. Compare the endpoint ${endpointName}, the configuration ${endpointConfigName} and the model ` +
    `${modelNames.join(', ')} with "before" in s3://${document.bucket}/${document.key}, put back what differs ` +
    '(configuration, weights, instances, concurrency, scaling, tags), and delete the configuration and the model if nothing refers to them.'
  );
}

const explained = ({ Error: name, Cause }: Failure) => `${name}: ${readable(Cause)}`;
