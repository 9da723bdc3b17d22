// Who may change an endpoint: what each rollout that asks for its lease is told, and how the lease changes by it.
import type {
  Cancellation,
  Lease,
  LeasedRollout,
  LeaseOwner,
  WaitingRollout,
} from '../../../state-machine/contract/lease.ts';
import { cancellationOf, withoutCancellations } from './cancellation.ts';
import { debounceUntil, isDebouncing } from './debounce.ts';
import { isNewer, isSameUpload, type OrderedUpload } from './newest-upload.ts';
import { newestUploadOf, withNewestUpload } from './newest-upload-of.ts';

/** Every one of them is an execution that polls. */
export const MAXIMUM_WAITING = 100;

export const neverLeased = (endpointName: string): Lease => ({
  endpointName,
  version: 0,
  fencing: 0,
  owner: null,
  stopRequestedBy: null,
  cancellations: [],
  waiting: [],
  newestUpload: null,
  arrivals: 0,
  retirement: null,
  freedAt: null,
});

/** What a rollout that asks for the lease brings. */
export interface Asking {
  rollout: LeasedRollout;
  kind: WaitingRollout['kind'];
  /** The accepted upload whose event started it; null for everything else. */
  upload: Omit<OrderedUpload, 'arrival'> | null;
  /** Whether it was told to wait before: it arrived then, not now. */
  hasWaited: boolean;
  now: Date;
}

/** What had to be looked up. */
export interface LeaseFacts {
  /** The current version of the upload's key, where two versions of it tie. */
  currentVersionId: string | null;
  /** Rollouts in the queue whose executions are over: the sweeper removes them, nobody waits for them. */
  over: ReadonlySet<string>;
}

export type LeaseAnswer =
  | { verdict: 'granted' }
  | { verdict: 'waiting'; for: string; isNext: boolean }
  /** The endpoint is free, and the upload gives way until then to one that follows it at once. */
  | { verdict: 'debouncing'; until: string }
  | { verdict: 'superseded'; successor: string }
  | { verdict: 'cancelled'; cancellation: Cancellation }
  | { verdict: 'full' };

/** The answer, and the lease as it must be then: the same object where nothing changes. */
export function askForLease(lease: Lease, asking: Asking, facts: LeaseFacts): { answer: LeaseAnswer; lease: Lease } {
  const me = asking.rollout.rolloutId;
  if (lease.owner?.rollout.rolloutId === me) return { answer: { verdict: 'granted' }, lease };
  const cancellation = cancellationOf(lease, me);
  // It stays until the outcome is recorded: an answer that is lost is asked for again.
  if (cancellation !== null) return { answer: { verdict: 'cancelled', cancellation }, lease: without(lease, me) };

  const { uploadVariant } = asking.rollout;
  const newestUpload = newestUploadOf(lease, uploadVariant);
  const place = asking.upload && { ...asking.upload, arrival: lease.arrivals + 1 };
  const isKnown = place !== null && newestUpload !== null && isSameUpload(place, newestUpload);
  const isQueued = lease.waiting.some(({ rollout }) => rollout.rolloutId === me);
  // Within one second the later arrival is the newer: without this, each of two would supersede the other at every look.
  const wasReplaced = asking.hasWaited && !isQueued;
  if (place !== null && newestUpload !== null && !isKnown) {
    if (wasReplaced || !isNewer(place, newestUpload, facts.currentVersionId)) {
      return { answer: { verdict: 'superseded', successor: newestUpload.rolloutId }, lease: without(lease, me) };
    }
  }
  const queued = isQueued ? lease : enqueued(lease, asking);
  if (queued === null) return { answer: { verdict: 'full' }, lease };
  const noted =
    place === null || isKnown ? queued : withNewestUpload(queued, uploadVariant, { ...place, rolloutId: me });
  const asked = stopAsked(noted, asking);
  const isFree = asked.owner === null;
  const mine = asked.waiting.find(({ rollout }) => rollout.rolloutId === me);
  const until = isFree && mine && isDebouncing(mine, asking.now) ? mine.debounceUntil : null;
  if (until !== null) return { answer: { verdict: 'debouncing', until }, lease: asked };
  // While an upload settles, others need not wait for it.
  const [next] = asked.waiting
    .filter((entry) => !(isFree && isDebouncing(entry, asking.now)))
    .map(({ rollout }) => rollout.rolloutId)
    .filter((rolloutId) => !facts.over.has(rolloutId) && cancellationOf(lease, rolloutId) === null);
  const isNext = next === me;
  if (isFree && isNext) return { answer: { verdict: 'granted' }, lease: taken(asked, asking) };
  const first = asked.owner?.rollout.rolloutId ?? next ?? me;
  return { answer: { verdict: 'waiting', for: first, isNext }, lease: asked };
}

/**
 * Actions stand before everything else, and a newer upload where the one stood that it supersedes. One that still settled
 * hands on the end of that: else uploads that follow one another would never come to their turn.
 */
function enqueued(lease: Lease, { rollout, kind, upload, now }: Asking): Lease | null {
  const isReplaced = (other: WaitingRollout) => {
    const theirs = other.kind === 'upload' ? other.rollout.upload : null;
    const isOfSame = other.rollout.uploadVariant === rollout.uploadVariant;
    return upload !== null && theirs !== null && isOfSame && !isSameUpload(theirs, upload);
  };
  const at = lease.waiting.findIndex(isReplaced);
  const others = lease.waiting.filter((other) => !isReplaced(other));
  const replaced = lease.waiting.find(isReplaced);
  const settles = replaced !== undefined && isDebouncing(replaced, now) ? replaced.debounceUntil : null;
  const entry: WaitingRollout = {
    ...{ rollout, kind, since: now.toISOString() },
    debounceUntil: settles ?? (upload === null ? null : debounceUntil(upload, now)),
  };
  if (others.length >= MAXIMUM_WAITING) return null;
  const firstOther = others.findIndex((other) => other.kind !== 'action');
  const end = others.length;
  const position = kind === 'action' ? (firstOther < 0 ? end : firstOther) : at < 0 ? end : at;
  return { ...lease, waiting: others.toSpliced(position, 0, entry) };
}

/** A rollback or a retirement does not wait for a rollout to come to its end by itself; for a recovery it does. */
function stopAsked(lease: Lease, { kind, rollout }: Asking): Lease {
  const isAsked = kind === 'action' && lease.owner?.rollout.action === 'deploy';
  if (!isAsked || lease.stopRequestedBy !== null) return lease;
  return { ...lease, stopRequestedBy: rollout.rolloutId };
}

function taken(lease: Lease, { rollout, now }: Asking): Lease {
  const owner = ownerOf(rollout, now);
  return { ...without(lease, rollout.rolloutId), owner, fencing: lease.fencing + 1, stopRequestedBy: null };
}

const ownerOf = (rollout: LeasedRollout, now: Date): LeaseOwner => ({
  rollout,
  recovers: null,
  acquiredAt: now.toISOString(),
  heartbeatAt: now.toISOString(),
  plan: null,
});

function without(lease: Lease, rolloutId: string): Lease {
  const waiting = lease.waiting.filter(({ rollout }) => rollout.rolloutId !== rolloutId);
  return waiting.length === lease.waiting.length ? lease : { ...lease, waiting };
}

/** The lease as its owner leaves it, or as one leaves it that only waited; the same object where it did neither. */
export function leaveLease(lease: Lease, rolloutId: string, now: Date): Lease {
  const { owner } = lease;
  if (owner?.rollout.rolloutId !== rolloutId) return withoutCancellations(without(lease, rolloutId), [rolloutId]);
  const ended = [rolloutId, ...(owner.recovers === null ? [] : [owner.recovers.rolloutId])];
  const left = withoutCancellations(without(lease, rolloutId), ended);
  return { ...left, owner: null, stopRequestedBy: null, freedAt: now.toISOString() };
}

/** Whether this very holding of the lease goes on: same rollout, same number. */
export const isHeld = (lease: Lease | null, holder: string, fencing: number): boolean =>
  lease?.owner?.rollout.rolloutId === holder && lease.fencing === fencing;

/**
 * Takes the lease over from a rollout whose execution is over, to finish its rollback. Whoever recovered it before and was
 * stopped too hands on what it was to recover.
 */
export function takeOver(lease: Lease, owner: LeaseOwner, rollout: LeasedRollout, now: Date): Lease {
  const recovers = owner.recovers ?? owner.rollout;
  return {
    ...lease,
    owner: { ...ownerOf(rollout, now), recovers, plan: owner.plan },
    fencing: lease.fencing + 1,
    stopRequestedBy: null,
  };
}
