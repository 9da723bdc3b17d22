// The rollback outlasts outages: what passes by itself is waited for as long as there is time, not as long as retries last.
import { type ErrorName, errorPolicies } from '../../../../state-machine/contract/errors.ts';
import type { Rollback } from '../../../../state-machine/contract/outputs.ts';
import { pollIntervalSeconds, throttledIntervalSeconds } from '../../../core/endpoint/poll-interval.ts';
import { RolloutError } from '../../../core/rollout-error.ts';

/** What `act` says; or, where it failed with an error that the machine would retry, to come again. Throws after the deadline. */
export async function untilDeadline(progress: Rollback, now: Date, act: () => Promise<Rollback>): Promise<Rollback> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof RolloutError) || errorPolicies[error.name as ErrorName].reaction === 'fail') throw error;
    if (now.getTime() >= Date.parse(progress.deadline)) throw error;
    const waited = now.getTime() - Date.parse(progress.startedAt);
    const waitSeconds =
      error.name === 'Throttled' ? throttledIntervalSeconds(progress.waitSeconds) : pollIntervalSeconds(waited);
    return { ...progress, verdict: 'waiting', waitSeconds };
  }
}
