// The rollback outlasts outages: what passes by itself is waited for as long as there is time, not as long as retries last; and a
// refusal is not believed at once, for between two steps of a rollback an endpoint may serve with less than it had.
import { type ErrorName, errorPolicies } from '../../../../state-machine/contract/errors.ts';
import type { Rollback } from '../../../../state-machine/contract/outputs.ts';
import { pollIntervalSeconds } from '../../../core/endpoint/poll-interval.ts';
import { RolloutError } from '../../../core/rollout-error.ts';

/**
 * Refusals of AWS that may be over in a moment: rights that were granted just now count late
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency), and a quota may
 * be free again. After so many of them a person has to look, and hears of it within minutes.
 */
const REFUSED: readonly ErrorName[] = ['AccessDenied', 'CallRefused', 'QuotaExceeded'];
const MAXIMUM_REFUSALS = 4;
const SECONDS_AFTER_REFUSAL = 30;

/**
 * What `act` says; or, where it failed with an error that the machine would retry, or with one of the first refusals, to come
 * again. Throws after the deadline.
 */
export async function untilDeadline(progress: Rollback, now: Date, act: () => Promise<Rollback>): Promise<Rollback> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof RolloutError) || now.getTime() >= Date.parse(progress.deadline)) throw error;
    const name = error.name as ErrorName;
    // What was awaited has come, and could not be acted upon: only an event, or time, ends this wait.
    const waiting = { ...progress, verdict: 'waiting', awaits: undefined } as const;
    if (errorPolicies[name].reaction !== 'fail') {
      const waited = now.getTime() - Date.parse(progress.startedAt);
      // Throttled too: what is tried for hours must not fill the execution's history.
      return { ...waiting, waitSeconds: pollIntervalSeconds(waited) };
    }
    const refusals = (progress.refusals ?? 0) + 1;
    if (!REFUSED.includes(name) || refusals > MAXIMUM_REFUSALS) throw error;
    return { ...waiting, waitSeconds: SECONDS_AFTER_REFUSAL, refusals };
  }
}
