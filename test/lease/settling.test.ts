// Uploads settle before they are granted a free endpoint: of two within a second one goes, and nobody else waits for it.
import fc from 'fast-check';
import { DEBOUNCE_SECONDS, debounceUntil, isDebouncing } from '../../lambdas/core/lease/debounce.ts';
import { type Asking, askForLease, type LeaseFacts, leaveLease, neverLeased } from '../../lambdas/core/lease/lease.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';
import { runs } from '../setup/runs.ts';
import { anAction, anUpload, aRequest } from './a-rollout.ts';

const NOTHING: LeaseFacts = { currentVersionId: null, over: new Set() };
/** Seconds after midnight, as uploads have them. */
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const asks = (asking: Asking, seconds: number, lease: Lease, hasWaited = false) =>
  askForLease(lease, { ...asking, hasWaited, now: at(seconds) }, NOTHING);
const idle = neverLeased('iris');
const queue = ({ waiting }: Lease) => waiting.map(({ rollout }) => rollout.rolloutId);

describe('how long an upload settles', () => {
  test.each([
    ['its own second has just begun', 100, 100, 106],
    ['its inspection took two seconds', 100, 102, 106],
    ['its inspection took as long', 100, 106, null],
    ['it was uploaded long ago', 100, 3_700, null],
    ['the clock of S3 is ahead by minutes: no longer than from now on', 400, 100, 106],
  ])('%s', (_name, lastModified, now, until) => {
    const upload = { lastModified: at(lastModified).toISOString() };
    expect(debounceUntil(upload, at(now))).toBe(until === null ? null : at(until).toISOString());
  });

  test('never longer than the settling time, and always until then', () => {
    fc.assert(
      fc.property(fc.integer({ min: -600_000, max: 600_000 }), (skew) => {
        const now = at(1_000);
        const until = debounceUntil({ lastModified: new Date(now.getTime() + skew).toISOString() }, now);
        const wait = until === null ? 0 : Date.parse(until) - now.getTime();
        expect(wait).toBe(Math.min(Math.max(skew, -DEBOUNCE_SECONDS * 1000), 0) + DEBOUNCE_SECONDS * 1000);
        expect(isDebouncing({ debounceUntil: until }, now)).toBe(wait > 0);
        expect(isDebouncing({ debounceUntil: until }, new Date(now.getTime() + wait))).toBe(false);
      }),
    );
  });
});

test('an upload waits in line for the rest of the time, and is granted then', () => {
  const upload = anUpload('a', 100);
  const first = asks(upload, 102, idle);
  expect(first.answer).toEqual({ verdict: 'debouncing', until: at(106).toISOString() });
  expect([first.lease.owner, queue(first.lease)]).toEqual([null, ['a']]);
  expect(asks(upload, 105.999, first.lease, true).answer.verdict).toBe('debouncing');
  const granted = asks(upload, 106, first.lease, true);
  expect([granted.answer.verdict, granted.lease.owner?.rollout.rolloutId]).toEqual(['granted', 'a']);
});

test.each([
  ['in the same second', 100],
  ['in the next one', 101],
])('one that follows within a second takes its place, and its time: %s', (_name, second) => {
  const { lease } = asks(anUpload('a', 100), 102, idle);
  const newer = asks(anUpload('b', second), 103, lease);
  expect(newer.answer).toEqual({ verdict: 'debouncing', until: at(106).toISOString() });
  expect(asks(anUpload('a', 100), 106, newer.lease, true).answer).toEqual({ verdict: 'superseded', successor: 'b' });
  expect(asks(anUpload('b', second), 106, newer.lease, true).answer.verdict).toBe('granted');
});

test('uploads that follow one another for ever do not keep the endpoint from all of them', () => {
  let lease = idle;
  for (let second = 0; second <= 5; second++) lease = asks(anUpload(`u${second}`, second), second + 0.9, lease).lease;
  expect(queue(lease)).toEqual(['u5']);
  expect(asks(anUpload('u5', 5), 6.1, lease, true).answer.verdict).toBe('granted');
});

test('one that waited behind another rollout settles afresh for its successor', () => {
  const held = askForLease(idle, aRequest('running'), NOTHING).lease;
  const older = asks(anUpload('older', 100), 101, held).lease;
  const newer = asks(anUpload('newer', 200), 201, older);
  // Nobody settles for an endpoint that is taken: it polls.
  expect(newer.answer).toEqual({ verdict: 'waiting', for: 'running', isNext: true });
  const free = leaveLease(newer.lease, 'running', at(202));
  expect(asks(anUpload('newer', 200), 202, free, true).answer).toMatchObject({ until: at(206).toISOString() });
  expect(asks(anUpload('newer', 200), 206, free, true).answer.verdict).toBe('granted');
});

test.each([
  ['a request', aRequest('other')],
  ['a rollback', anAction('other')],
  ['a retirement', anAction('other', 'retireEndpoint')],
  ['the retry of an old upload', anUpload('other', -3_600)],
])('%s does not settle', (_name, asking) => {
  expect(asks(asking, 100, idle).answer.verdict).toBe('granted');
});

test.each([
  ['a request', aRequest('other')],
  ['an action', anAction('other')],
])('nor does %s wait for an upload that settles', (_name, asking) => {
  const { lease } = asks(anUpload('a', 100), 101, idle);
  const other = asks(asking, 102, lease);
  expect([other.answer.verdict, other.lease.owner?.rollout.rolloutId, queue(other.lease)]).toEqual([
    ...['granted', 'other', ['a']],
  ]);
  expect(asks(anUpload('a', 100), 106, other.lease, true).answer).toMatchObject({ verdict: 'waiting', for: 'other' });
});

test('a request that came after it waits behind it once it has settled', () => {
  const held = askForLease(idle, aRequest('running'), NOTHING).lease;
  const upload = asks(anUpload('a', 100), 101, held).lease;
  const free = leaveLease(asks(aRequest('b'), 102, upload).lease, 'running', at(110));
  expect(asks(aRequest('b'), 111, free).answer).toEqual({ verdict: 'waiting', for: 'a', isNext: false });
});

/** When it is uploaded and how long its way to the lease takes, in milliseconds. */
const anArrival = fc.record({ at: fc.integer({ min: 0, max: 20_000 }), way: fc.integer({ min: 200, max: 3_900 }) });

test('of two uploads within a second one is granted the idle endpoint, the newest; whoever asks waits no longer than the settling time', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 20_000 }),
      fc.integer({ min: 1, max: 999 }),
      fc.tuple(anArrival, anArrival),
      (began, apart, [one, other]) => {
        const uploads = [
          { id: 'first', uploadedAt: began, asksAt: began + one.way },
          { id: 'second', uploadedAt: began + apart, asksAt: began + apart + other.way },
        ];
        let lease = idle;
        const ends = new Map<string, { verdict: string; waited: number }>();
        const waited = new Set<string>();
        const due = uploads.map((upload) => ({ upload, at: upload.asksAt }));
        while (due.length > 0) {
          due.sort((a, b) => a.at - b.at);
          const { upload, at: now } = due.shift()!;
          const asking = anUpload(upload.id, Math.floor(upload.uploadedAt / 1000));
          const { answer, lease: next } = asks(asking, now / 1000, lease, waited.has(upload.id));
          lease = next;
          if (answer.verdict !== 'debouncing') {
            ends.set(upload.id, { verdict: answer.verdict, waited: now - upload.asksAt });
            continue;
          }
          waited.add(upload.id);
          due.push({ upload, at: Date.parse(answer.until) - at(0).getTime() });
        }
        expect([...ends.values()].map(({ verdict }) => verdict).sort()).toEqual(['granted', 'superseded']);
        const granted = [...ends].find(([, { verdict }]) => verdict === 'granted')![0];
        expect(granted).toBe(lease.newestUpload?.rolloutId);
        for (const { waited: milliseconds } of ends.values())
          expect(milliseconds).toBeLessThanOrEqual(DEBOUNCE_SECONDS * 1000);
      },
    ),
    { numRuns: runs(1_000) },
  );
});
