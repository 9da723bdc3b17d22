// What LeaseEndpoint replies to a rollout that asks for the lease, and the lease as it must be then.
import type { Lease } from '../../../state-machine/contract/lease.ts';
import type { LeaseOutput } from '../../../state-machine/contract/outputs.ts';
import { LEASE_WAIT_SECONDS } from '../../../state-machine/contract/time-budgets.ts';
import { cancelled } from './cancellation.ts';
import { type GrantHistory, judgeGrant } from './judge-grant.ts';
import { type Asking, type askForLease, type LeaseAnswer, leaveLease, MAXIMUM_WAITING } from './lease.ts';
import { leaseWaitSeconds } from './lease-wait.ts';

export interface LeaseReply {
  output: LeaseOutput;
  /** The same object where nothing changes. */
  next: Lease;
}

export interface LeaseQuestion {
  /** As it was read. */
  lease: Lease;
  asking: Asking;
  /** ISO 8601: when the request was resolved. */
  resolvedAt: string;
  /** The reply before anything is decided. */
  asked: LeaseOutput;
}

/** @param history null where the rollout is not granted the lease, or held it already */
export function leaseReply(
  question: LeaseQuestion,
  { answer, lease: next }: ReturnType<typeof askForLease>,
  history: GrantHistory | null,
): LeaseReply {
  const { asking, asked } = question;
  switch (answer.verdict) {
    case 'superseded':
      return { output: { ...asked, verdict: 'superseded', successor: answer.successor }, next };
    case 'cancelled':
      return { output: { ...asked, verdict: 'refused', failure: cancelled(answer.cancellation) }, next };
    case 'full': {
      const Cause = `${MAXIMUM_WAITING} rollouts wait for the endpoint ${asked.endpointName} already. Start this one again later.`;
      return { output: { ...asked, verdict: 'refused', failure: { Error: 'EndpointBusy', Cause } }, next };
    }
    case 'debouncing': {
      const waitSeconds = Math.ceil((Date.parse(answer.until) - asking.now.getTime()) / 1000);
      return { output: { ...asked, waitSeconds, reason: 'a newer upload may follow at once' }, next };
    }
    case 'waiting':
      return waitingReply(question, answer, next);
    case 'granted':
      return grantedReply(question, next, history);
  }
}

function waitingReply(
  { lease, asking, asked }: LeaseQuestion,
  { for: first, isNext }: Extract<LeaseAnswer, { verdict: 'waiting' }>,
  next: Lease,
): LeaseReply {
  const { rollout, kind, now } = asking;
  const waited = now.getTime() - Date.parse(asked.startedAt);
  if (waited > LEASE_WAIT_SECONDS * 1000) {
    const Cause = `The endpoint ${asked.endpointName} was not free for ${LEASE_WAIT_SECONDS / 3600} hours; ${first} goes first. Nothing was changed.`;
    const output: LeaseOutput = { ...asked, verdict: 'refused', failure: { Error: 'EndpointBusy', Cause } };
    return { output, next: leaveLease(lease, rollout.rolloutId, now) };
  }
  const waitSeconds = leaseWaitSeconds(waited, isNext || kind === 'action');
  const isStopping = next.stopRequestedBy === rollout.rolloutId;
  return {
    output: { ...asked, waitSeconds, reason: `${first} ${isStopping ? 'was asked to stop' : 'goes first'}.` },
    next,
  };
}

function grantedReply(
  { lease, asking, resolvedAt, asked }: LeaseQuestion,
  next: Lease,
  history: GrantHistory | null,
): LeaseReply {
  const { rollout, now } = asking;
  const refusal = history && judgeGrant(asking, next, history);
  // It leaves the lease as it was read: one that does not begin neither held it nor brought an upload.
  if (refusal !== null) return { output: { ...asked, ...refusal }, next: leaveLease(lease, rollout.rolloutId, now) };
  // Another rollout held the lease since the request was resolved. A retirement needs nothing that can be outdated.
  const isOutdated = next.freedAt !== null && resolvedAt <= next.freedAt;
  const verdict = rollout.action === 'retireEndpoint' ? 'retire' : isOutdated ? 'outdated' : 'granted';
  const acquiredAt = next.owner?.acquiredAt ?? null;
  return { output: { ...asked, verdict, holder: rollout.rolloutId, fencing: next.fencing, acquiredAt }, next };
}
