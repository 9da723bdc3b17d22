// The candidate goes before the live endpoint is looked at: while it is there, the live one was never touched.
import type { Rollback } from '../../../../state-machine/contract/outputs.ts';
import type { CandidateSpec, Plan } from '../../../../state-machine/contract/plan.ts';
import { polledAgain, SECONDS_BETWEEN_POLLS } from '../../../core/endpoint/confirm-unchanged.ts';
import { pollIntervalSeconds, untilGoneSeconds } from '../../../core/endpoint/poll-interval.ts';
import { noted } from '../../../core/rollback/noted.ts';
import { type CandidatePorts, removeCandidate } from './remove-candidate.ts';

export async function removeCandidateFirst(
  ports: CandidatePorts,
  plan: Plan,
  candidate: CandidateSpec,
  progress: Rollback,
  now: Date,
): Promise<Rollback> {
  const waited = now.getTime() - Date.parse(progress.startedAt);
  const waiting: Rollback = { ...progress, verdict: 'waiting', awaits: undefined };
  // What nobody has seen may only not be visible yet, and what was seen is gone only if it was asked to go.
  const looks = progress.done.length > 0 ? null : polledAgain(progress, now);
  const step = await removeCandidate(ports, candidate, plan, looks === null);
  if (step === 'unseen') return { ...waiting, ...looks, waitSeconds: SECONDS_BETWEEN_POLLS };
  if (step === 'gone') {
    return { ...progress, verdict: 'act', candidate: 'none', unchangedPolls: 0, lastUnchangedPollAt: null };
  }
  if (step === 'busy' && progress.done.length === 0)
    return { ...waiting, candidate: 'seen', waitSeconds: pollIntervalSeconds(waited), awaits: 'idle' };
  const done = step === 'asked' ? noted(progress, `deleted the candidate ${candidate.endpointName}`) : progress.done;
  return { ...waiting, candidate: 'seen', done, waitSeconds: untilGoneSeconds(waited), awaits: 'gone' };
}
