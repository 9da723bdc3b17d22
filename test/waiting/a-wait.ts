// Waits of rollout-1, which holds the lease of iris, as the machine gives them to AwaitChange.

import { NOTHING_ASKED, shiftBegun } from '../../lambdas/core/weights/shift-begun.ts';
import type { CandidateRemoval, Retirement } from '../../state-machine/contract/outputs.ts';
import type { AnyWait, WaitName } from '../../state-machine/contract/waits.ts';
import { aLeaseOutput } from '../lease/a-lease-output.ts';
import { aDeployment, aPlan, planned, rollback } from '../outcome/ends.ts';
import { aRequestOutput } from './a-request-output.ts';

const execution = { id: 'arn:rollout-1', name: 'rollout-1', startedAt: '2026-01-01T12:00:00.000Z' };
const plan = {
  ...planned,
  ...{ operation: 'update' as const, previousEndpointConfigName: 'iris-config-1' },
  candidate: { endpointName: 'iris-k', endpointConfigName: 'iris-k-config' },
};
const removal: CandidateRemoval = {
  verdict: 'waiting',
  startedAt: execution.startedAt,
  waitSeconds: 10,
  askedAt: null,
};
const retirement: Retirement = {
  ...{ verdict: 'waiting', startedAt: execution.startedAt, deadline: '2026-01-02T12:00:00.000Z', waitSeconds: 10 },
  ...{ status: 'Updating', done: [], failure: null },
};

const parts: Record<WaitName, object> = {
  WaitForLease: { request: aRequestOutput() },
  WaitForIdleEndpoint: {},
  WaitForCandidate: { plan, candidate: aDeployment() },
  WaitForCandidateAnswers: {},
  WaitForCandidateDeletion: { plan, candidateRemoval: removal },
  WaitForEndpoint: { plan, deployment: aDeployment() },
  WaitForWeights: { plan, weights: { ...shiftBegun(aPlan, new Date(execution.startedAt)), ...NOTHING_ASKED } },
  WaitForCanary: {},
  WaitForRollback: { plan, rollback: rollback('waiting') },
  WaitForRetirement: { retirement },
};

export const aWait = (wait: WaitName, changes: object = {}): AnyWait =>
  ({ wait, taskToken: `token of ${wait}`, execution, lease: aLeaseOutput(), ...parts[wait], ...changes }) as AnyWait;
