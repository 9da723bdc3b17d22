// What an outcome says of the trial of its model.
import type { Outcome } from '../../../state-machine/contract/outcome.ts';
import type { Tried } from '../../../state-machine/contract/trial.ts';
import { shortened } from '../problems/shortened.ts';
import type { RolloutEnd } from './outcome.ts';

type End = Pick<RolloutEnd, 'artifact' | 'trial' | 'trialFailure'>;

const MAXIMUM_REASON = 500;

/** Null where there was no new model, and where the rollout ended before it could be tried. */
export function triedOf({ artifact, trial, trialFailure }: End): Tried | null {
  const notTried = artifact?.notTried ?? [];
  if (trial !== null) {
    const because = [...trial.untried, ...trial.skipped, ...notTried];
    const verdict = trial.verdict === 'passed' && notTried.length > 0 ? 'skipped' : trial.verdict;
    return { verdict, because };
  }
  if (trialFailure !== null) return { verdict: 'untried', because: [brokenOff(trialFailure), ...notTried] };
  return notTried.length > 0 ? { verdict: 'skipped', because: notTried } : null;
}

/** What kept a model from being tried that was to be tried. */
export function trialWarnings({ trial, trialFailure }: End): string[] {
  const reasons = trial?.untried ?? (trialFailure === null ? [] : [brokenOff(trialFailure)]);
  return reasons.map((reason) => `The model was not tried before it got an instance. ${reason}`);
}

/** Lambda's own words, for it ended without any of ours: out of time, or out of memory. */
const brokenOff = ({ Error: name, Cause }: NonNullable<End['trialFailure']>): string =>
  `The function ended with ${name}: ${shortened(Cause, MAXIMUM_REASON)}`;

/** A model that no container would serve is no acceptable archive, nor is one that belies its own golden cases. */
export function archiveVerdict({ artifact, trial }: End): Outcome['archive'] {
  const isRefused = trial?.verdict === 'rejected' && artifact?.archive === 'accepted';
  return isRefused ? 'rejected' : (artifact?.archive ?? null);
}
