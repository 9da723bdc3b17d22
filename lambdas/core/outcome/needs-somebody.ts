// Whether somebody has to do something about a rollout's end at once, at night too.
import { type ErrorName, errorPolicies, type Fault } from '../../../state-machine/contract/errors.ts';
import type { Outcome } from '../../../state-machine/contract/outcome.ts';

/** Theirs are faults that keep every other rollout from its end too, until they are fixed. */
const faultsOfAll: readonly Fault[] = ['platform', 'deployer'];

/**
 * The endpoint may not be as it was, or no rollout may come to a good end before somebody acts. Whatever else fails is for its
 * author, by day: a rejection changed nothing, and after a rollback what was live is live.
 */
export function needsSomebody({ outcome, error }: Pick<Outcome, 'outcome' | 'error'>): boolean {
  // Another execution has taken over, and its end counts.
  if (error === 'LeaseLost') return false;
  if (outcome !== 'rolledBack' || error === null) return outcome === 'needsAttention';
  // By a rollback, by a retirement, or by a person, of which an alarm of its own tells.
  if (error === 'Stopped') return false;
  const policy = errorPolicies[error as ErrorName];
  // Nobody foresaw an error that the table does not know.
  return policy === undefined || faultsOfAll.includes(policy.fault);
}

/** An outcome that could not be recorded, by the name of the error: one that is tried again need not ring. */
export function leavesUnrecorded(error: string): boolean {
  const policy = errorPolicies[error as ErrorName];
  return policy === undefined || policy.reaction === 'fail';
}
