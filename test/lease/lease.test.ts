// Who may change an endpoint: one at a time, newest wins, actions first.
import fc from 'fast-check';
import {
  type Asking,
  askForLease,
  isHeld,
  type LeaseFacts,
  leaveLease,
  MAXIMUM_WAITING,
  neverLeased,
  takeOver,
} from '../../lambdas/core/lease/lease.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';
import { runs } from '../setup/runs.ts';
import { anAction, anUpload, aRequest, aRollout } from './a-rollout.ts';

const NOTHING: LeaseFacts = { currentVersionId: null, over: new Set() };
const now = new Date(Date.UTC(2026, 0, 1, 2));

/** Each asks in turn; the lease at the end, and what the last one was told. */
function asked(...all: Asking[]) {
  let lease: Lease = neverLeased('iris');
  let last: ReturnType<typeof askForLease> = { answer: { verdict: 'full' }, lease };
  for (const asking of all) {
    last = askForLease(lease, asking, NOTHING);
    lease = last.lease;
  }
  return last;
}
const queue = ({ waiting }: Lease) => waiting.map(({ rollout }) => rollout.rolloutId);
const ownerOf = ({ owner }: Lease) => owner?.rollout.rolloutId;

test('the first who asks gets it, asks again and still has it, with the same number', () => {
  const first = asked(aRequest('a'));
  expect([first.answer.verdict, ownerOf(first.lease), first.lease.fencing]).toEqual(['granted', 'a', 1]);
  expect(askForLease(first.lease, aRequest('a'), NOTHING)).toEqual({
    answer: { verdict: 'granted' },
    lease: first.lease,
  });
});

test('others wait in line, and get it in that order with a new number each', () => {
  let { lease } = asked(aRequest('a'), aRequest('b'), aRequest('c'));
  expect(queue(lease)).toEqual(['b', 'c']);
  lease = leaveLease(lease, 'a', now);
  expect(askForLease(lease, aRequest('c'), NOTHING).answer).toEqual({ verdict: 'waiting', for: 'b', isNext: false });
  const second = askForLease(lease, aRequest('b'), NOTHING);
  expect([second.answer.verdict, second.lease.fencing, queue(second.lease)]).toEqual(['granted', 2, ['c']]);
  expect(isHeld(second.lease, 'a', 1) || isHeld(second.lease, 'b', 1)).toBe(false);
  expect(isHeld(second.lease, 'b', 2)).toBe(true);
});

test('a newer upload takes the place of one that waits; the one that runs is not disturbed', () => {
  const third = asked(anUpload('a', 1), anUpload('b', 2), anUpload('c', 3));
  expect([ownerOf(third.lease), queue(third.lease)]).toEqual(['a', ['c']]);
  expect(askForLease(third.lease, anUpload('b', 2), NOTHING).answer).toEqual({ verdict: 'superseded', successor: 'c' });
});

test('an older upload that arrives late is superseded, even when nobody holds the lease', () => {
  const { lease } = asked(anUpload('new', 5));
  const free = leaveLease(lease, 'new', now);
  const late = askForLease(free, anUpload('old', 4), NOTHING);
  expect(late.answer).toEqual({ verdict: 'superseded', successor: 'new' });
  expect(late.lease).toBe(free);
});

test('within one second, of one key the current version is the newer, of two keys the later to arrive', () => {
  const one = anUpload('one', 1, 'models/iris/v1/model.tar.gz');
  const other = anUpload('other', 1, 'models/iris/v1/model.tar.gz');
  const { lease } = asked(aRequest('running'), one);
  const isCurrent = askForLease(lease, other, { ...NOTHING, currentVersionId: 'version-of-other' });
  expect([isCurrent.answer.verdict, queue(isCurrent.lease)]).toEqual(['waiting', ['other']]);
  const isStale = askForLease(lease, other, { ...NOTHING, currentVersionId: 'version-of-one' });
  expect(isStale.answer).toEqual({ verdict: 'superseded', successor: 'one' });
  expect(queue(asked(aRequest('running'), anUpload('x', 1), anUpload('y', 1)).lease)).toEqual(['y']);
});

test('of two of one second the one that was replaced does not come back when it looks again', () => {
  const [older, newer] = [anUpload('older', 1), anUpload('newer', 1)];
  const { lease } = asked(aRequest('running'), older, newer);
  const again = askForLease(lease, { ...older, hasWaited: true }, NOTHING);
  expect(again).toEqual({ answer: { verdict: 'superseded', successor: 'newer' }, lease });
  const waits = askForLease(lease, { ...newer, hasWaited: true }, NOTHING);
  expect(waits.answer.verdict).toBe('waiting');
  expect(queue(waits.lease)).toEqual(['newer']);
});

test('the same upload twice supersedes nobody', () => {
  const twice = anUpload('again', 1, 'models/iris/first/model.tar.gz');
  const again = { ...twice, upload: { ...twice.upload!, versionId: 'version-of-first' } };
  const { lease, answer } = asked(aRequest('running'), anUpload('first', 1), again);
  expect([answer.verdict, queue(lease)]).toEqual(['waiting', ['first', 'again']]);
});

test('actions go before uploads and requests, and ask the one that runs to stop', () => {
  const { lease } = asked(
    anUpload('a', 1),
    anUpload('b', 2),
    aRequest('c'),
    anAction('back'),
    anAction('end', 'retireEndpoint'),
  );
  expect([queue(lease), lease.stopRequestedBy]).toEqual([['back', 'end', 'b', 'c'], 'back']);
  expect(askForLease(lease, anUpload('newest', 9), NOTHING).lease.waiting.map(({ kind }) => kind)).toEqual([
    ...['action', 'action', 'upload', 'request'],
  ]);
  const owned = askForLease(leaveLease(lease, 'a', now), anAction('back'), NOTHING).lease;
  expect([ownerOf(owned), owned.stopRequestedBy]).toEqual(['back', null]);
  expect(asked(anAction('back'), anAction('end', 'retireEndpoint')).lease.stopRequestedBy).toBeNull();
});

test('a rollback asks no recovery to stop: it waits until the rollback is finished', () => {
  const { lease } = asked(aRequest('a'));
  const recovering = takeOver(lease, lease.owner!, aRollout('recover', { action: 'recover' }), now);
  const { answer, lease: next } = askForLease(recovering, anAction('back'), NOTHING);
  expect(answer).toEqual({ verdict: 'waiting', for: 'recover', isNext: true });
  expect(next.stopRequestedBy).toBeNull();
});

const naming = ({ rollout }: Asking): Asking => ({ ...aRequest(rollout.rolloutId), rollout });
test.each<[string, Asking[], string[]]>([
  ['a newer upload at the head of it', [anUpload('b', 2), aRequest('c'), anUpload('d', 3)], ['d', 'c']],
  ['a newer upload amid it', [aRequest('b'), anUpload('c', 2), aRequest('d'), anUpload('e', 3)], ['b', 'e', 'd']],
  ['the first upload, behind all', [aRequest('b'), anAction('c'), anUpload('d', 2)], ['c', 'b', 'd']],
  ['actions alone, as they came', [anAction('b'), anAction('c'), anAction('d')], ['b', 'c', 'd']],
  [
    'requests that name uploads, for which no upload stands in',
    [naming(anUpload('b', 2)), anUpload('c', 3)],
    ['b', 'c'],
  ],
])('the place in line: %s', (_name, waiting, line) => {
  expect(queue(asked(aRequest('a'), ...waiting).lease)).toEqual(line);
});

test('who looks again while it waits writes nothing', () => {
  const waiting = [anUpload('b', 2), aRequest('c'), anAction('d')];
  const { lease } = asked(aRequest('a'), ...waiting);
  for (const asking of waiting) expect(askForLease(lease, { ...asking, hasWaited: true }, NOTHING).lease).toBe(lease);
});

test('only its owner frees the lease; who waits leaves the line, and a stranger leaves all as it is', () => {
  const { lease } = asked(aRequest('a'), aRequest('b'), aRequest('c'));
  expect(leaveLease(lease, 'b', now)).toEqual({ ...lease, waiting: lease.waiting.slice(1) });
  expect(leaveLease(lease, 'stranger', now)).toBe(lease);
  expect(leaveLease(lease, 'a', now)).toEqual({ ...lease, owner: null, freedAt: now.toISOString() });
});

test('what was freed, taken over, or never leased is held by nobody who held it', () => {
  const { lease } = asked(aRequest('a'));
  const recovering = takeOver(lease, lease.owner!, aRollout('recover', { action: 'recover' }), now);
  const leases = [lease, leaveLease(lease, 'a', now), recovering, null];
  expect(leases.map((one) => isHeld(one, 'a', 1))).toEqual([true, false, false, false]);
  expect([isHeld(recovering, 'recover', 2), isHeld(recovering, 'a', 2), isHeld(recovering, 'recover', 1)]).toEqual([
    ...[true, false, false],
  ]);
});

test('executions that are over are not waited for, and stay for the sweeper to find', () => {
  const { lease } = asked(aRequest('a'), aRequest('dead'), aRequest('c'));
  const free = leaveLease(lease, 'a', now);
  const taken = askForLease(free, aRequest('c'), { ...NOTHING, over: new Set(['dead']) });
  expect([taken.answer.verdict, queue(taken.lease)]).toEqual(['granted', ['dead']]);
});

test('the line has an end', () => {
  const many = Array.from({ length: MAXIMUM_WAITING + 1 }, (_, index) => aRequest(`r${index}`));
  const { lease } = asked(...many);
  expect(askForLease(lease, aRequest('one-too-many'), NOTHING)).toEqual({ answer: { verdict: 'full' }, lease });
  expect(askForLease(lease, aRequest('r7'), NOTHING).answer.verdict).toBe('waiting');
});

test('a recovery keeps what there is to recover, over any number of recoveries', () => {
  const plan = { bucket: 'b', key: 'plan.json' };
  const { lease } = asked(aRequest('a'));
  const stopped = { ...lease, owner: { ...lease.owner!, plan } };
  const first = takeOver(stopped, stopped.owner, aRollout('recover-1', { action: 'recover' }), now);
  const second = takeOver(first, first.owner!, aRollout('recover-2', { action: 'recover' }), now);
  expect(second.owner).toMatchObject({ rollout: { rolloutId: 'recover-2' }, recovers: { rolloutId: 'a' }, plan });
  expect([first.fencing, second.fencing]).toEqual([2, 3]);
});

// A small model: any order of asking, leaving and giving up, with a few uploads, requests and actions.
const newcomer = fc.oneof(
  fc.record({ kind: fc.constant('upload' as const), second: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('request' as const) }),
  fc.record({ kind: fc.constant('action' as const) }),
);
test('never two owners, never a number twice, no rollout lost, and the newest upload is never the one that goes', () => {
  fc.assert(
    fc.property(
      fc.array(newcomer, { minLength: 1, maxLength: 8 }),
      fc.array(fc.record({ who: fc.nat({ max: 7 }), leaves: fc.boolean() }), { maxLength: 60 }),
      (newcomers, moves) => {
        const all = newcomers.map((one, index) =>
          one.kind === 'upload'
            ? anUpload(`r${index}`, one.second)
            : one.kind === 'request'
              ? aRequest(`r${index}`)
              : anAction(`r${index}`),
        );
        let lease = neverLeased('iris');
        const ended = new Map<string, string>();
        const waited = new Set<string>();
        const numbers = new Map<number, string>();
        // Not yet settled at first, the later ones less than the earlier.
        let time = Date.UTC(2026, 0, 1, 0, 0, 1);
        const act = (asking: Asking, leaves: boolean) => {
          const id = asking.rollout.rolloutId;
          if (ended.has(id)) return;
          if (leaves && lease.owner?.rollout.rolloutId === id) {
            lease = leaveLease(lease, id, now);
            ended.set(id, 'done');
            return;
          }
          time += 300;
          const asked = { ...asking, hasWaited: waited.has(id), now: new Date(time) };
          const { answer, lease: next } = askForLease(lease, asked, NOTHING);
          lease = next;
          if (answer.verdict === 'waiting' || answer.verdict === 'debouncing') waited.add(id);
          if (answer.verdict === 'superseded') ended.set(id, 'superseded');
          // Who waits is the newest upload: nobody else's place is taken twice.
          const queuedUploads = lease.waiting.filter((waiting) => waiting.kind === 'upload');
          expect(queuedUploads.length).toBeLessThanOrEqual(1);
          if (answer.verdict === 'granted') {
            expect(lease.owner?.rollout.rolloutId).toBe(id);
            expect(numbers.get(lease.fencing) ?? id).toBe(id);
            numbers.set(lease.fencing, id);
          }
        };
        for (const { who, leaves } of moves) act(all[who % all.length]!, leaves);
        // Everybody goes on asking: all come to an end.
        for (let round = 0; round < 3 * all.length + 10; round++)
          for (const asking of all) for (const leaves of [false, true]) act(asking, leaves);
        expect([...ended.keys()].sort()).toEqual(all.map(({ rollout }) => rollout.rolloutId).sort());
        expect([lease.owner, lease.waiting]).toEqual([null, []]);
        const uploads = all.filter(({ kind }) => kind === 'upload');
        const newest = Math.max(...uploads.map(({ upload }) => Date.parse(upload!.lastModified)));
        const ofNewest = uploads.filter(({ upload }) => Date.parse(upload!.lastModified) === newest);
        if (uploads.length > 0) expect(ofNewest.map(({ rollout }) => ended.get(rollout.rolloutId))).toContain('done');
        // An upload never gets the lease after a newer one had it.
        const order = [...numbers]
          .sort(([a], [b]) => a - b)
          .flatMap(([, id]) => uploads.filter(({ rollout }) => rollout.rolloutId === id));
        const seconds = order.map(({ upload }) => Date.parse(upload!.lastModified));
        expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
      },
    ),
    { numRuns: runs(500) },
  );
});
