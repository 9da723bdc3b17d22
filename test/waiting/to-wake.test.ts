// Whom a write of the lease wakes: who is asked to stop, who has lost his place, and who is next.
import fc from 'fast-check';
import { withCancellation } from '../../lambdas/core/lease/cancellation.ts';
import { askForLease, leaveLease, neverLeased } from '../../lambdas/core/lease/lease.ts';
import { toWake } from '../../lambdas/core/lease/to-wake.ts';
import { hasTurn } from '../../lambdas/core/waiting/has-turn.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';
import { anAction, anUpload, aRequest } from '../lease/a-rollout.ts';

const facts = { currentVersionId: null, over: new Set<string>() };
const NOW = new Date(Date.UTC(2026, 0, 1, 1));
const after = (lease: Lease, ...asking: ReturnType<typeof aRequest>[]): Lease =>
  asking.reduce((each, one) => askForLease(each, one, facts).lease, lease);
const held = after(neverLeased('iris'), aRequest('owner'));
const woken = (before: Lease, next: Lease, me: string) => toWake(before, next, me, NOW);

test('who only waits wakes nobody', () => {
  expect(woken(held, after(held, aRequest('second')), 'second')).toEqual([]);
});

test.each([anAction('back'), anAction('end', 'retireEndpoint')])(
  'who asks the owner to stop wakes him, each time',
  (action) => {
    const asked = after(held, action);
    expect(woken(held, asked, action.rollout.rolloutId)).toEqual(['owner']);
    expect(woken(asked, asked, action.rollout.rolloutId)).toEqual(['owner']);
  },
);

test('a cancellation wakes whom it cancels, and the end of that one wakes who waits for it', () => {
  const cancelled = withCancellation(held, { rolloutId: 'owner', by: 'canceller', at: NOW.toISOString() });
  expect(woken(held, cancelled, 'canceller')).toEqual(['owner']);
  expect(woken(cancelled, leaveLease(cancelled, 'owner', NOW), 'owner')).toEqual(['canceller']);
});

test('a newer upload wakes the one whose place it takes', () => {
  const waiting = after(held, anUpload('older', 1));
  expect(woken(waiting, after(waiting, anUpload('newer', 5)), 'newer')).toEqual(['older']);
});

test('who leaves wakes the next, and before him those who settle; not the others', () => {
  const settling = anUpload('settling', 3599);
  const waiting = after(held, { ...settling, now: NOW }, aRequest('second'), aRequest('third'));
  expect(waiting.waiting[0]?.debounceUntil).not.toBeNull();
  expect(woken(waiting, leaveLease(waiting, 'owner', NOW), 'owner')).toEqual(['settling', 'second']);
});

test('whoever is cancelled is not the next', () => {
  const waiting = after(held, aRequest('second'), aRequest('third'));
  const cancelled = withCancellation(waiting, { rolloutId: 'second', by: 'canceller', at: NOW.toISOString() });
  expect(woken(cancelled, leaveLease(cancelled, 'owner', NOW), 'owner')).toEqual(['second', 'third']);
});

test('who asks a free lease and has to wait wakes nobody: two that settle would wake each other without end', () => {
  const first = { ...anUpload('first', 3599), now: NOW };
  const free = leaveLease(after(held, first), 'owner', NOW);
  expect(woken(free, after(free, { ...first, hasWaited: true }), 'first')).toEqual([]);
});

test('nobody is left asleep whose turn has come by a write', () => {
  const names = ['a', 'b', 'c', 'd'];
  const move = fc.record({
    who: fc.constantFrom(...names),
    does: fc.constantFrom('request', 'upload', 'action', 'leave'),
    second: fc.nat(3599),
  });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 25 }), (moves) => {
      let lease = neverLeased('iris');
      const asleep = new Set<string>();
      for (const { who, does, second } of moves) {
        // Who sleeps does nothing.
        if (asleep.has(who)) continue;
        const asking =
          does === 'upload'
            ? { ...anUpload(who, second), now: NOW }
            : does === 'action'
              ? anAction(who)
              : aRequest(who);
        const next = does === 'leave' ? leaveLease(lease, who, NOW) : askForLease(lease, asking, facts).lease;
        for (const name of toWake(lease, next, who, NOW)) asleep.delete(name);
        lease = next;
        // He keeps his token and looks once more.
        const waits = lease.waiting.some(({ rollout }) => rollout.rolloutId === who);
        if (does !== 'leave' && waits && !hasTurn(lease, who, NOW)) asleep.add(who);
        for (const name of asleep) expect([name, hasTurn(lease, name, NOW)]).toEqual([name, false]);
      }
    }),
    { numRuns: 500 },
  );
});
