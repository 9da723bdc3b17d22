// Which outcome a rollout has, from what its execution's state holds at the end.
import type { Failure } from '../../state-machine/contract/errors.ts';
import { MAXIMUM_CAUSE_BYTES, type OutcomeName, succeededOutcomes } from '../../state-machine/contract/outcome.ts';
import type { Problem } from '../../state-machine/contract/problem.ts';
import type { StepInput } from '../../state-machine/contract/steps.ts';
import { bounded } from './problems.ts';
import { cutToBytes, shortened } from './shortened.ts';

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
 * - Failed otherwise before anything was made: `rolledBack`, since nothing was made and what was live is live. The error
 *   says why, for example AccessDenied.
 * - Failed later: `rolledBack` only if the way back came to its end and says so, else `needsAttention`.
 */
export function ending(end: RolloutEnd): Ending {
  const { plan, canary, rollback, rollbackFailure } = end;
  const begun = plan !== null && plan.verdict === 'proceed';
  const failure = failureOf(end);
  if (failure === null) {
    if (canary?.verdict === 'passed' && (begun || plan?.verdict === 'unchanged')) {
      return { outcome: begun ? 'deployed' : 'unchanged', failure: null, problems: [], left: [] };
    }
    const Cause = 'The rollout came to its end without a canary that passed.';
    return { outcome: 'needsAttention', failure: { Error: 'CanaryFailed', Cause }, problems: [], left: leftOf(end) };
  }
  const problems = problemsOf(end);
  if (begun || rollback !== null || rollbackFailure !== null) {
    const isBack = rollback?.verdict === 'rolledBack' && rollbackFailure === null;
    return { outcome: isBack ? 'rolledBack' : 'needsAttention', failure, problems, left: isBack ? [] : leftOf(end) };
  }
  const isRejected = failure.Error === 'RequestRejected' || plan?.verdict === 'rejected';
  return { outcome: isRejected ? 'rejected' : 'rolledBack', failure, problems, left: [] };
}

export const hasSucceeded = (outcome: OutcomeName): boolean => succeededOutcomes.includes(outcome);

/** The first failure is the one that counts. Its cause is cut; an error that was caught carries JSON. */
function failureOf({ failure, artifact, plan, deployment, canary }: RolloutEnd): Failure | null {
  const first =
    failure ??
    artifact?.failure ??
    (plan?.verdict === 'rejected' ? plan.failure : null) ??
    deployment?.failure ??
    canary?.failure ??
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
function problemsOf({ request, artifact, plan }: RolloutEnd): Problem[] {
  const found = artifact?.problems ?? request?.problems ?? [];
  return bounded(plan?.verdict === 'rejected' ? [...found, ...plan.problems] : found);
}

function leftOf({ plan, rollback, rollbackFailure }: RolloutEnd): string[] {
  const why = rollbackFailure === null ? [] : [`The way back failed: ${explained(rollbackFailure)}`];
  const known = (rollback?.left ?? []).slice(0, 20);
  return [...why, ...(known.length > 0 ? known : [whatToCompare(plan)])].map((text) => shortened(text, 700));
}

function whatToCompare(plan: RolloutEnd['plan']): string {
  if (plan === null || plan.verdict === 'wait' || plan.verdict === 'rejected') {
    return 'The rollout ended without a verdict. Look at the endpoint and at the history of the execution.';
  }
  const { endpointName, modelName, endpointConfigName, document } = plan;
  return (
    `The way back did not end. Compare the endpoint ${endpointName}, the configuration ${endpointConfigName} and the model ` +
    `${modelName} with "before" in s3://${document.bucket}/${document.key}, put back what differs, and delete the ` +
    'configuration and the model if nothing refers to them.'
  );
}

const explained = ({ Error: name, Cause }: Failure) => `${name}: ${readable(Cause)}`;
