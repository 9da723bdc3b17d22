// How far the rollout came, and the first state of its rollback.
import type { Rollback } from '../../../state-machine/contract/outputs.ts';
import type { StepInput } from '../../../state-machine/contract/steps.ts';
import { ROLLBACK_SECONDS } from '../../../state-machine/contract/time-budgets.ts';

export interface Reached {
  /** Nothing was ever asked of the live endpoint: neither its scaling nor its tags need to be put back. */
  isUntouched: boolean;
  /** Whether an "as it was before" may be believed at once; else it may be a stale read. */
  changeSeen: boolean;
  candidate: Rollback['candidate'];
}

/** From what the rollout's steps put out before one of them failed. */
export function howFarItCame({
  plan,
  endpointConfig,
  candidateRemoval,
  deployment,
  weights,
}: Pick<StepInput<'RollBack'>, 'plan' | 'endpointConfig' | 'candidateRemoval' | 'deployment' | 'weights'>): Reached {
  // Of a rollout that was stopped nobody knows how far it came.
  const isKnown = plan.verdict !== 'recover';
  const madeNothing = isKnown && endpointConfig === null;
  const candidateIsGone = plan.candidate === null || madeNothing || candidateRemoval?.verdict === 'deleted';
  // The live endpoint is asked for something only once the candidate is gone.
  const isUntouched = madeNothing || (isKnown && !candidateIsGone);
  // A configuration whose making got no answer may not be visible yet, and is looked for as a change is.
  const mayHaveShifted = plan.shiftsWeights === true && !isUntouched;
  const nothingAsked = (plan.operation === 'configure' && !mayHaveShifted) || (isUntouched && endpointConfig !== null);
  // What was asked for in the last moment may not be visible yet, unless the last look saw it.
  const isSettled =
    weights !== null && (weights.verdict === 'shifted' || weights.askedAt === null || weights.changeSeen);
  const isSeen = deployment?.changeSeen === true || deployment?.verdict === 'inService';
  return {
    isUntouched,
    changeSeen: nothingAsked || (isSeen && (!mayHaveShifted || (isSettled && weights.verdict !== 'waiting'))),
    candidate: candidateIsGone ? 'none' : 'unknown',
  };
}

export function beginRollback(now: Date, { changeSeen, candidate }: Reached): Rollback {
  return {
    verdict: 'act',
    waitSeconds: 0,
    startedAt: now.toISOString(),
    deadline: new Date(now.getTime() + ROLLBACK_SECONDS * 1000).toISOString(),
    status: null,
    updateAttempts: 0,
    changeSeen,
    unchangedPolls: 0,
    lastUnchangedPollAt: null,
    candidate,
    done: [],
    left: [],
    warnings: [],
  };
}
