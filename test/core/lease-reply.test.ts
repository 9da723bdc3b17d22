// What is replied to a rollout that asks for a lease, and which lease is written then.
import { alreadyReported, asksFirst } from '../../lambdas/core/lease/already-reported.ts';
import type { GrantHistory } from '../../lambdas/core/lease/judge-grant.ts';
import { type Asking, askForLease, leaveLease, neverLeased } from '../../lambdas/core/lease/lease.ts';
import { leaseReply } from '../../lambdas/core/lease/lease-reply.ts';
import { queueHeads } from '../../lambdas/core/lease/queue-heads.ts';
import type { UploadRecord } from '../../lambdas/core/lease/upload-record.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';
import type { LeaseOutput } from '../../state-machine/contract/outputs.ts';
import { aRelease } from '../core/a-variant.ts';
import { aLeaseOutput } from '../lease/a-lease-output.ts';
import { anAction, anUpload, aRequest } from '../lease/a-rollout.ts';

const asked = aLeaseOutput({
  ...{ verdict: 'waiting', holder: null, fencing: 0, startedAt: '2026-01-01T00:59:00.000Z', acquiredAt: null },
});
const facts = { currentVersionId: null, over: new Set<string>() };
const NOTHING: GrantHistory = { ended: null, upload: null, releases: [] };
const record = (changes: Partial<UploadRecord>): UploadRecord => ({
  ...{ outcome: 'deployed', archive: 'accepted', rolloutId: 'earlier', error: null, cause: null, successor: null },
  ...{ startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:10:00.000Z', ...changes },
});
/** The lease once each of them has asked for it in turn. */
const askedBy = (...rollouts: Asking[]): Lease =>
  rollouts.reduce((lease, asking) => askForLease(lease, asking, facts).lease, neverLeased('iris'));
function reply(lease: Lease, asking: Asking, history: GrantHistory | null = NOTHING, more: Partial<LeaseOutput> = {}) {
  const question = { lease, asking, resolvedAt: '2026-01-01T00:59:30.000Z', asked: { ...asked, ...more } };
  return leaseReply(question, askForLease(lease, asking, facts), history);
}
const newer = aRelease({ rolloutId: 'newer', releasedAt: '2026-01-01T00:30:00.000Z' });

describe('granted', () => {
  const free = (freedAt: string): Lease => ({ ...neverLeased('iris'), freedAt });
  test.each<[string, Lease, Asking, string]>([
    ['to the first', neverLeased('iris'), aRequest('me'), 'granted'],
    ['to one that was resolved since', free('2026-01-01T00:59:00.000Z'), aRequest('me'), 'granted'],
    ['to one that was resolved before', free('2026-01-01T00:59:30.000Z'), aRequest('me'), 'outdated'],
    [
      'to a retirement, which cannot be outdated',
      free('2026-01-01T00:59:40.000Z'),
      anAction('me', 'retireEndpoint'),
      'retire',
    ],
    ['to a rollback', free('2026-01-01T00:59:40.000Z'), anAction('me'), 'outdated'],
  ])('%s', (_, lease, asking, verdict) => {
    const { output, next } = reply(lease, asking);
    expect(output).toMatchObject({ verdict, holder: 'me', fencing: 1, acquiredAt: asking.now.toISOString() });
    expect(next.owner?.rollout.rolloutId).toBe('me');
  });

  test('again to the one that holds it, without a look at the ledger', () => {
    const lease = askedBy(aRequest('me'));
    const { output, next } = reply(lease, aRequest('me'), null);
    expect([output.verdict, next === lease]).toEqual(['granted', true]);
  });
});

test.each<[string, Asking, GrantHistory, Partial<LeaseOutput>]>([
  [
    'it has ended already',
    aRequest('me'),
    { ...NOTHING, ended: { outcome: 'rolledBack', recoveredBy: 'recover-1' } },
    { verdict: 'refused', failure: { Error: 'Stopped', Cause: expect.stringContaining('recorded by recover-1') } },
  ],
  [
    'its upload failed before',
    anUpload('me', 1),
    { ...NOTHING, upload: record({ outcome: 'rolledBack', error: 'CanaryFailed', cause: 'c' }) },
    { verdict: 'refused', repeats: 'rolledBack' },
  ],
  [
    'a newer release took its place',
    anUpload('me', 1),
    { ...NOTHING, upload: record({}), releases: [newer] },
    { verdict: 'superseded', successor: 'newer' },
  ],
])('not granted, and the lease is left as it was read: %s', (_, asking, history, output) => {
  const lease = { ...neverLeased('iris'), freedAt: '2026-01-01T00:20:00.000Z' };
  const replied = reply(lease, asking, history);
  expect(replied.output).toMatchObject({ ...output, holder: null, fencing: 0 });
  expect(replied.next).toBe(lease);
  const queued = { ...askedBy(aRequest('owner'), asking), owner: null };
  expect(reply(queued, asking, history).next).toEqual(leaveLease(queued, 'me', asking.now));
});

describe('waiting', () => {
  const held = askedBy(aRequest('owner'));
  test.each<[string, Asking, number, string]>([
    ['the next one asks soon', aRequest('me'), 60, 'owner goes first.'],
    ['an action asks the owner to stop', anAction('me'), 60, 'owner was asked to stop.'],
  ])('%s', (_, asking, waitSeconds, reason) => {
    expect(reply(held, asking).output).toMatchObject({ verdict: 'waiting', waitSeconds, reason });
  });

  test('those behind it ask less often', () => {
    expect(reply(askedBy(aRequest('owner'), aRequest('next')), aRequest('me')).output.waitSeconds).toBe(180);
  });

  test('not for ever', () => {
    const lease = askedBy(aRequest('owner'), aRequest('me'));
    const { output, next } = reply(lease, aRequest('me'), null, { startedAt: '2025-12-30T00:00:00.000Z' });
    expect(output).toMatchObject({ verdict: 'refused', failure: { Error: 'EndpointBusy' } });
    expect(next.waiting).toEqual([]);
  });
});

describe('an upload that was reported before', () => {
  const known = askedBy(anUpload('first', 5), anUpload('newest', 5));
  const twin = anUpload('again', 5, 'models/iris/first/model.tar.gz');
  const first = { ...twin.upload!, versionId: 'version-of-first' };
  test.each<[string, Lease, Asking['upload'], UploadRecord | null, string | null]>([
    ['never seen', neverLeased('iris'), first, null, null],
    ['it failed', neverLeased('iris'), first, record({ outcome: 'rejected' }), 'refused'],
    ['it is the newest', askedBy(anUpload('newest', 5)), anUpload('newest', 5).upload, record({}), null],
    ['it came first within the second, and ended', askedBy(anUpload('newest', 5)), first, record({}), 'superseded'],
    ['it comes first within the second', askedBy(anUpload('newest', 5)), first, null, null],
    ['it is older by seconds: the order of uploads decides', askedBy(anUpload('newest', 9)), first, record({}), null],
    [
      'its first event waits within the second',
      { ...known, waiting: waitingWith(known, 'first') },
      first,
      null,
      'superseded',
    ],
  ])('%s', (_, lease, upload, earlier, verdict) => {
    expect(alreadyReported(lease, upload!, undefined, earlier)?.verdict ?? null).toBe(verdict);
  });

  function waitingWith(lease: Lease, rolloutId: string): Lease['waiting'] {
    const [entry] = lease.waiting;
    return [...lease.waiting, { ...entry!, rollout: anUpload(rolloutId, 5).rollout }];
  }

  test('is looked up when it asks for the first time alone', () => {
    expect(asksFirst(neverLeased('iris'), aRequest('me'))).toBe(true);
    expect(asksFirst(askedBy(aRequest('owner'), aRequest('me')), aRequest('me'))).toBe(false);
    expect(asksFirst(askedBy(aRequest('me')), aRequest('me'))).toBe(false);
  });
});

test('the heads of a queue: those before it that do not debounce, once the lease is free', () => {
  const queue = askedBy(aRequest('owner'), aRequest('one'), anUpload('two', 1), aRequest('me'), aRequest('last'));
  const names = (lease: Lease, asking: Asking) => queueHeads(lease, asking).map(({ rolloutId }) => rolloutId);
  expect(names(queue, aRequest('me'))).toEqual([]);
  const free = { ...queue, owner: null };
  expect(names(free, aRequest('me'))).toEqual(['one', 'two']);
  expect(names(free, aRequest('new'))).toEqual(['one', 'two', 'me', 'last']);
  const settling = free.waiting.map((entry) => ({ ...entry, debounceUntil: '2026-01-01T01:00:01.000Z' }));
  expect(names({ ...free, waiting: settling }, aRequest('me'))).toEqual([]);
});
