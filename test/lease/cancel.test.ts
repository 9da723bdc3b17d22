// A rollout that is cancelled, whether it runs, waits, or has not asked yet; and what whoever cancels it is told.
import { cancellationOf, stopOf, withCancellation } from '../../lambdas/core/lease/cancellation.ts';
import { type Asking, askForLease, leaveLease, neverLeased, takeOver } from '../../lambdas/core/lease/lease.ts';
import { leaseReply } from '../../lambdas/core/lease/lease-reply.ts';
import { queueHeads } from '../../lambdas/core/lease/queue-heads.ts';
import {
  type AskingCancellation,
  type CancellationFacts,
  isUnleased,
  judgeCancellation,
} from '../../lambdas/core/recovery/judge-cancellation.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';
import { type LeaseOutput, LeaseOutputSchema } from '../../state-machine/contract/outputs.ts';
import { aLeaseOutput } from './a-lease-output.ts';
import { anAction, anUpload, aRequest, aRollout } from './a-rollout.ts';

const NOW = new Date('2026-01-01T12:00:00.000Z');
const asked = aLeaseOutput({ verdict: 'waiting', holder: null, startedAt: NOW.toISOString(), acquiredAt: null });
const lines = { currentVersionId: null, over: new Set<string>() };
/** The lease once each of them has asked for it in turn: the first has it. */
const askedBy = (...rollouts: Asking[]): Lease =>
  rollouts.reduce((lease, asking) => askForLease(lease, asking, lines).lease, neverLeased('iris'));
const running = { isRunning: true, status: 'RUNNING', startedAt: '', stoppedAt: null, input: {} };
const nothing: CancellationFacts = { recorded: null, execution: null };

const asking = (rolloutId: string, more: Partial<AskingCancellation> = {}): AskingCancellation => ({
  ...{ me: aRollout('cancel-1', { action: 'cancel' }), rolloutId, asked, hasWaited: false, now: NOW },
  ...more,
});
const cancelIn = (lease: Lease, rolloutId: string): Lease => judgeCancellation(lease, nothing, asking(rolloutId)).next;

describe('who cancels is told', () => {
  const owned = askedBy(aRequest('one'), aRequest('two'));
  const verified = { ...owned, owner: { ...owned.owner!, verifiedAt: '2026-01-01T11:59:00.000Z' } };
  const recovery = takeOver(owned, owned.owner!, aRollout('recover-1', { action: 'recover' }), NOW);
  const retiring = askedBy(anAction('gone', 'retireEndpoint'));
  const ended = (outcome: NonNullable<CancellationFacts['recorded']>['outcome'], error: string | null = null) => ({
    ...{ recorded: { outcome, error }, execution: null },
  });
  const about = (input: unknown) => ({ recorded: null, execution: { ...running, input } });

  test.each<[string, Lease, string, CancellationFacts, boolean, LeaseOutput['verdict'], RegExp | null]>([
    ['to wait for one that runs', owned, 'one', nothing, false, 'waiting', null],
    ['to wait for one that waits', owned, 'two', nothing, false, 'waiting', null],
    ['to wait for one that has not asked', owned, 'new', about({}), false, 'waiting', null],
    ['to wait for one that is being recovered', recovery, 'one', nothing, false, 'waiting', null],
    [
      'that it is verified and live',
      verified,
      'one',
      nothing,
      false,
      'refused',
      /live since .*"rollback", "endpointName": "iris"/,
    ],
    ['to wait for one that was cancelled before', verified, 'one', nothing, true, 'waiting', null],
    ['that it deletes the endpoint', retiring, 'gone', nothing, false, 'refused', /deletes the endpoint already/],
    ['that it recovers another', recovery, 'recover-1', nothing, false, 'refused', /finishes the rollback of another/],
    ['that there is none', owned, 'none', nothing, false, 'refused', /No execution none is known/],
    ['that it is itself', owned, 'cancel-1', about({ action: 'cancel' }), false, 'refused', /is no rollout/],
    [
      'that it is of another endpoint',
      owned,
      'far',
      about({ endpointName: 'far' }),
      false,
      'refused',
      /about the endpoint far/,
    ],
    ['that it has ended', owned, 'old', ended('deployed'), false, 'refused', /old has ended deployed/],
    [
      'that it had ended by itself',
      owned,
      'old',
      ended('rolledBack', 'CanaryFailed'),
      false,
      'refused',
      /has ended rolledBack/,
    ],
    ['that it is cancelled', owned, 'old', ended('rolledBack', 'Cancelled'), true, 'cancelled', null],
    ['that somebody else has cancelled it', owned, 'old', ended('rejected', 'Cancelled'), false, 'cancelled', null],
    ['that it failed meanwhile', owned, 'old', ended('rolledBack', 'CanaryFailed'), true, 'cancelled', null],
    ['that it was live before', owned, 'old', ended('deployed'), true, 'refused', /old has ended deployed/],
    ['that its rollback failed', owned, 'old', ended('needsAttention', 'Cancelled'), true, 'cancelled', null],
    [
      'that its rollback failed by itself',
      owned,
      'old',
      ended('needsAttention', 'Throttled'),
      true,
      'refused',
      /did not come/,
    ],
  ])('%s', (_, lease, rolloutId, facts, hasWaited, verdict, cause) => {
    const { output, next } = judgeCancellation(lease, facts, asking(rolloutId, { hasWaited }));
    expect(LeaseOutputSchema.parse(output)).toEqual(output);
    expect(output.verdict).toBe(verdict);
    expect(output.failure?.Cause ?? null).toEqual(cause && expect.stringMatching(cause));
    expect(cancellationOf(next, rolloutId) !== null).toBe(verdict === 'waiting' && !hasWaited);
  });

  test('sooner or later that it takes too long, or that too many are cancelled', () => {
    const late = asking('one', { hasWaited: true, now: new Date('2026-01-02T12:00:01.000Z') });
    expect(judgeCancellation(cancelIn(owned, 'one'), nothing, late)).toMatchObject({
      output: { verdict: 'refused', failure: { Cause: expect.stringContaining('for 24 hours') } },
      next: { cancellations: [] },
    });
    const full = Array.from({ length: 100 }, (_, index) => `r${index}`).reduce(
      (lease, rolloutId) => withCancellation(lease, { rolloutId, by: 'c', at: '' }),
      owned,
    );
    expect(judgeCancellation(full, nothing, asking('one')).output.failure?.Cause).toContain(
      '100 rollouts are cancelled',
    );
  });

  test('of what the lease knows no execution is asked for', () => {
    const unleased = (lease: Lease, id: string) => isUnleased(lease, asking(id));
    expect([unleased(owned, 'one'), unleased(owned, 'two'), unleased(recovery, 'one'), unleased(owned, 'x')]).toEqual([
      ...[false, false, false, true],
    ]);
  });
});

describe('who is cancelled', () => {
  test('goes back where it runs, before a stop that somebody else asked for', () => {
    const stopped = askedBy(aRequest('one'), anAction('back'));
    expect(stopOf(stopped)).toEqual({ Error: 'Stopped', Cause: 'The rollout back asked this one to stop.' });
    expect(stopOf(cancelIn(stopped, 'one'))).toEqual({
      ...{ Error: 'Cancelled', Cause: 'The rollout was cancelled by cancel-1.' },
    });
    expect(stopOf(cancelIn(askedBy(aRequest('one'), aRequest('two')), 'two'))).toBeNull();
    expect(stopOf(neverLeased('iris'))).toBeNull();
  });

  test('is refused where it waits, as often as it asks, and leaves the line at once', () => {
    const lease = cancelIn(askedBy(aRequest('one'), aRequest('two'), aRequest('three')), 'two');
    for (const from of [lease, askForLease(lease, aRequest('two'), lines).lease]) {
      const question = { lease: from, asking: aRequest('two'), resolvedAt: '', asked };
      const { output, next } = leaseReply(question, askForLease(from, aRequest('two'), lines), null);
      expect(output).toMatchObject({ verdict: 'refused', failure: { Error: 'Cancelled' }, repeats: null });
      expect(next.waiting.map(({ rollout }) => rollout.rolloutId)).toEqual(['three']);
      expect(cancellationOf(next, 'two')).not.toBeNull();
    }
  });

  test('is waited for by nobody, though it has not looked yet', () => {
    const line = askedBy(aRequest('one'), aRequest('two'), aRequest('three'));
    const free = leaveLease(cancelIn(line, 'two'), 'one', NOW);
    expect(queueHeads(free, aRequest('three'))).toEqual([]);
    expect(askForLease(free, aRequest('three'), lines).answer).toEqual({ verdict: 'granted' });
    const uncancelled = leaveLease(line, 'one', NOW);
    expect(askForLease(uncancelled, aRequest('three'), lines).answer).toMatchObject({ verdict: 'waiting' });
  });

  test('is refused where it had not asked yet, and takes the place of no other upload', () => {
    const lease = cancelIn(askedBy(aRequest('one'), anUpload('old', 1)), 'one');
    const marked = withCancellation(lease, { rolloutId: 'new', by: 'cancel-1', at: '' });
    const { answer, lease: next } = askForLease(marked, anUpload('new', 2), lines);
    expect(answer.verdict).toBe('cancelled');
    expect(next).toBe(marked);
  });

  test('is forgotten with its end, or that of the one who recovers it, and so is who cancelled', () => {
    const lease = cancelIn(askedBy(aRequest('one'), aRequest('two')), 'one');
    expect(leaveLease(lease, 'one', NOW).cancellations).toEqual([]);
    expect(leaveLease(lease, 'cancel-1', NOW).cancellations).toEqual([]);
    expect(leaveLease(lease, 'two', NOW).cancellations).toHaveLength(1);
    const recovery = takeOver(lease, lease.owner!, aRollout('recover-1', { action: 'recover' }), NOW);
    expect(leaveLease(recovery, 'recover-1', NOW).cancellations).toEqual([]);
    expect(withCancellation(lease, { rolloutId: 'one', by: 'cancel-2', at: '' })).toBe(lease);
  });
});
