// One rule of the tables of causes: which text, found where, means what.
import type { FailureCause } from '../../../state-machine/contract/explanation.ts';

/**
 * - `failure`: the error's name and cause, as `<name>: <cause>`
 * - `reason`: SageMaker's FailureReason
 * - `answer`: what a ModelError carried, as `<status>: <message>`
 * - `log`: a line that a container printed
 */
export type FailureSource = 'failure' | 'reason' | 'answer' | 'log';

/**
 * - `notServing`: the endpoint did not come into service; what containers print may say why
 * - `failedAnswers`: it answers with errors, or not at all; `wrongAnswers`: it answers otherwise than it must
 * - `other`: the rollout failed before or beside its containers: old lines of theirs explain nothing
 */
export type Situation = 'notServing' | 'failedAnswers' | 'wrongAnswers' | 'other';

export interface FailureRule {
  readonly cause: FailureCause;
  readonly found: readonly FailureSource[];
  /** Default: in every situation. */
  readonly situations?: readonly Situation[];
  /** Its named groups fill `{name}` in the texts. Runs over text of others: no nested repetition. */
  readonly pattern: RegExp;
  readonly summary: string;
  readonly nextStep: string;
}
