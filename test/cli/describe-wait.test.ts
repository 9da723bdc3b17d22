// Every wait of the machine is told with its reason and its length.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWait } from '../../client/history/describe-wait.ts';
import { shiftBegun } from '../../lambdas/core/weights/shift-begun.ts';
import { aPlan } from '../outcome/ends.ts';
import { deployment, good, planned } from './rollout-script.ts';

const machine = JSON.parse(readFileSync(join(import.meta.dirname, '../../state-machine/rollout.asl.json'), 'utf8')) as {
  States: Record<string, { Type: string; TimeoutSecondsPath?: string }>;
};
const waits = Object.entries(machine.States).filter(([, { TimeoutSecondsPath }]) => TimeoutSecondsPath !== undefined);

const lease = good.LeaseEndpoint?.[0] as object;
const rollback = {
  ...{ verdict: 'waiting', startedAt: '', deadline: '', updateAttempts: 0, changeSeen: true, unchangedPolls: 0 },
  ...{ lastUnchangedPollAt: null, candidate: 'none', done: [], left: [], warnings: [] },
};
const retirement = { verdict: 'waiting', startedAt: '', deadline: '', done: [], failure: null };
const removal = { verdict: 'waiting', startedAt: '', askedAt: null };

const verifying = {
  ...{ verdict: 'waiting', startedAt: '', progress: null, verified: null, latencyMilliseconds: null, warnings: [] },
  ...{ goldenCases: { passed: 0, failed: 0 }, requests: { sent: 0, failed: 0 }, modelSha256: null, failure: null },
};

const told: Record<string, [output: object, reason: string]> = {
  WaitForLease: [{ ...lease, verdict: 'waiting', reason: 'rollout-0 goes first.' }, 'rollout-0 goes first.'],
  WaitForIdleEndpoint: [
    { verdict: 'wait', reason: 'iris is Updating: auto scaling' },
    'iris is Updating: auto scaling',
  ],
  WaitForCandidate: [deployment('Creating'), 'the candidate is Creating'],
  WaitForCandidateDeletion: [removal, 'the candidate is not gone yet'],
  WaitForCandidateAnswers: [verifying, 'the candidate has not answered every canary invocation yet'],
  WaitForCanary: [verifying, 'the endpoint has not answered every canary invocation yet'],
  WaitForEndpoint: [
    deployment('Updating', { progress: 'primary: Baking' }),
    'the endpoint is Updating: primary: Baking',
  ],
  WaitForWeights: [
    { ...shiftBegun(aPlan, new Date(0)), progress: 'step 1 of 2: champion 70 %, challenger 30 %' },
    'the weights move, step 1 of 2: champion 70 %, challenger 30 %',
  ],
  WaitForRetirement: [{ ...retirement, status: 'Deleting' }, 'the endpoint is Deleting'],
  WaitForRollback: [{ ...rollback, status: null }, 'the endpoint is not gone yet'],
};

test('no wait is forgotten', () => {
  expect(Object.keys(told).sort()).toEqual(waits.map(([name]) => name).sort());
});

test.each(waits)('%s', (name, { TimeoutSecondsPath }) => {
  const key = TimeoutSecondsPath?.match(/^\$\.(\w+)\.waitSeconds$/)?.[1] ?? '';
  const [output, reason] = told[name]!;
  expect(describeWait(name, { [key]: { ...output, waitSeconds: 30 } })).toEqual({ reason, seconds: 30 });
});

test.each([
  ['a wait of a later version', 'WaitForSomething', { plan: planned }],
  ['an output that is not as the contract has it', 'WaitForLease', { lease: { waitSeconds: 3 } }],
  ['an output that asked for no wait', 'WaitForIdleEndpoint', { plan: planned }],
])('%s says nothing', (_name, wait, state) => {
  expect(describeWait(wait, state)).toBeNull();
});
