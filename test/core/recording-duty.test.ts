// Who records an outcome: the execution itself, nobody again, or the one that took its lease over.
import { askForLease, leaveLease, neverLeased, takeOver } from '../../lambdas/core/lease/lease.ts';
import { recordingDuty } from '../../lambdas/core/outcome/recording-duty.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { LeaseOutput } from '../../state-machine/contract/outputs.ts';
import { aLeaseOutput } from '../lease/a-lease-output.ts';
import { aRequest, aRollout } from '../lease/a-rollout.ts';
import { anOutcome } from '../outcome/an-outcome.ts';
import { anEnd } from '../outcome/ends.ts';

const now = new Date('2026-01-01T12:00:00.000Z');
const heldBy = (rolloutId: string): Lease =>
  askForLease(neverLeased('iris'), aRequest(rolloutId), { currentVersionId: null, over: new Set() }).lease;
const takenBy = (rolloutId: string, from: Lease) => takeOver(from, from.owner!, aRollout(rolloutId), now);

const told = (changes: Partial<LeaseOutput>) =>
  aLeaseOutput({ holder: null, fencing: 0, acquiredAt: null, ...changes });
const held = told({ holder: 'rollout-1', fencing: 1 });
const mine = heldBy('rollout-1');
const ofMine = anOutcome();
const ofRecovery = anOutcome({ recoveredBy: 'recover-1' });
const neverStarted = told({ verdict: 'neverStarted', recovers: aRollout('lost') });

test.each<[string, LeaseOutput | null, Lease | null, Outcome | null, string]>([
  ['it never asked for a lease', null, null, null, 'record'],
  ['it holds its lease', held, mine, null, 'record'],
  ['it waited in vain', told({ verdict: 'superseded' }), heldBy('other'), null, 'record'],
  ['the task is repeated', held, leaveLease(mine, 'rollout-1', now), ofMine, 'repeat'],
  ['it was redriven after it was recovered, and holds a new lease', held, mine, ofRecovery, 'repeat'],
  ['it was recovered before it got a lease', null, null, ofRecovery, 'repeat'],
  ['its lease was taken over', held, takenBy('recover-1', mine), null, 'leaveToSuccessor'],
  [
    'its lease was taken over, and its end is recorded',
    held,
    takenBy('recover-1', mine),
    ofRecovery,
    'leaveToSuccessor',
  ],
  ['its lease is free, and it did not free it', held, leaveLease(mine, 'rollout-1', now), null, 'leaveToSuccessor'],
  ['it holds the lease again by another number', held, { ...mine, fencing: 2 }, null, 'leaveToSuccessor'],
  ['it failed while it took a lease over', null, takenBy('rollout-1', heldBy('stopped')), null, 'refuse'],
  [
    'it recovers',
    told({ verdict: 'recover', holder: 'rollout-1', fencing: 2, recovers: aRollout('stopped') }),
    takenBy('rollout-1', heldBy('stopped')),
    null,
    'record',
  ],
  ['the rollout to recover never started', neverStarted, heldBy('other'), null, 'record'],
  ['the rollout to recover was redriven meanwhile', neverStarted, heldBy('lost'), null, 'refuse'],
])('%s', (_, lease, record, recorded, duty) => {
  expect(recordingDuty(anEnd({ lease }), record, recorded).duty).toBe(duty);
});
