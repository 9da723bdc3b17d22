// The committed machine: current, valid, inside what both local engines run, and with every guard on every task.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import validate from 'asl-validator';
import { errorPolicies } from '../../state-machine/contract/errors.ts';
import { type StepName, stateSchemas, stepNames, steps } from '../../state-machine/contract/steps.ts';
import * as budgets from '../../state-machine/contract/time-budgets.ts';
import { synthesizeAsl } from '../../state-machine/synthesize-asl.ts';

interface State {
  Type: string;
  TimeoutSeconds?: number;
  Retry?: {
    ErrorEquals: string[];
    JitterStrategy?: string;
    MaxDelaySeconds?: number;
    MaxAttempts?: number;
    IntervalSeconds?: number;
    BackoffRate?: number;
  }[];
  Catch?: { ErrorEquals: string[]; Next: string; ResultPath: string }[];
  ResultPath?: string;
  Parameters?: Record<string, unknown>;
}
const committed = readFileSync(path.join(import.meta.dirname, '../../state-machine/rollout.asl.json'), 'utf8');
const asl: { States: Record<string, State> } = JSON.parse(committed);
const taskStates = Object.entries(asl.States).filter(([, state]) => state.Type === 'Task') as [StepName, State][];

test('the committed definition is what the code synthesizes (npm run generate brings it up to date)', () => {
  expect(committed).toBe(synthesizeAsl());
});

test('asl-validator finds nothing', () => {
  const { isValid, errorsText } = validate(asl);
  expect(errorsText('\n')).toBe('');
  expect(isValid).toBe(true);
});

test('it stays inside what aws-local-stepfunctions and MiniStack run', () => {
  for (const outside of [
    'Assign',
    'QueryLanguage',
    'Map',
    'Parallel',
    '$$.State',
    '$$.Task',
    'HeartbeatSeconds',
    'waitForTaskToken',
  ]) {
    expect(committed).not.toContain(`"${outside}`);
  }
  expect([...new Set(Object.values(asl.States).map((state) => state.Type))].sort()).toEqual([
    'Choice',
    'Fail',
    'Pass',
    'Succeed',
    'Task',
    'Wait',
  ]);
});

test('there is one task state for each step, named like it', () => {
  expect(taskStates.map(([name]) => name).sort()).toEqual([...stepNames].sort());
});

test.each(taskStates)('%s gives what the step reads, writes what it writes, and is guarded', (name, state) => {
  const { reads, writes, functionTimeoutSeconds } = steps[name];
  expect(Object.keys(state.Parameters ?? {}).sort()).toEqual(
    ['contractVersion.$', ...Object.keys(reads).map((key) => `${key}.$`)].sort(),
  );
  expect(state.ResultPath).toBe(`$.${writes}`);
  expect(state.TimeoutSeconds).toBeGreaterThan(functionTimeoutSeconds);
  expect(state.Catch?.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
  for (const { JitterStrategy, MaxDelaySeconds, MaxAttempts } of state.Retry ?? []) {
    expect(JitterStrategy).toBe('FULL');
    expect(MaxDelaySeconds).toBeLessThanOrEqual(300);
    expect(MaxAttempts).toBeGreaterThan(0);
  }
});

const wayForward = [
  'CreateModel',
  'CreateEndpointConfig',
  'DeployEndpoint',
  'DeployCandidate',
  'CheckCandidate',
  'VerifyCandidate',
  'DeleteCandidate',
  'CreateAlarms',
  'SendGoldenTraffic',
  'JudgeFleet',
  'DeleteAlarms',
  'CheckEndpoint',
  'RegisterScaling',
  'RunCanary',
];
const beforeSideEffects = ['ResolveRequest', 'InspectArtifact', 'LeaseEndpoint', 'PlanRollout', 'RetireEndpoint'];
test('a Catch leads to RecordOutcome before the first side effect, to RollBack after it, and never hides the first failure', () => {
  for (const name of beforeSideEffects)
    expect(asl.States[name]?.Catch?.[0]).toMatchObject({ Next: 'RecordOutcome', ResultPath: '$.failure' });
  for (const name of wayForward)
    expect(asl.States[name]?.Catch?.[0]).toMatchObject({ Next: 'RollBack', ResultPath: '$.failure' });
  for (const name of ['RollBack', 'CheckRollback']) {
    expect(asl.States[name]?.Catch?.[0]).toMatchObject({ Next: 'RecordOutcome', ResultPath: '$.rollbackFailure' });
  }
});

test('every error name is retried exactly where its policy says so', () => {
  const retried = new Set(taskStates[0]?.[1].Retry?.flatMap(({ ErrorEquals }) => ErrorEquals));
  for (const [name, { reaction }] of Object.entries(errorPolicies))
    expect([name, retried.has(name)]).toEqual([name, reaction !== 'fail']);
});

test('all keys of the state are there from the first state on', () => {
  const initial = Object.keys(asl.States.ReceiveTrigger?.Parameters ?? {}).map((key) => key.replace('.$', ''));
  expect(initial.sort()).toEqual(['contractVersion', ...Object.keys(stateSchemas)].sort());
});

test('retries fit into every budget, and the budgets into the machine', () => {
  const longestRetry = Math.max(
    ...(taskStates[0]?.[1].Retry ?? []).map(
      ({ IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = 60, MaxAttempts = 3 }) =>
        Array.from({ length: MaxAttempts }, (_, n) =>
          Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** n),
        ).reduce((a, b) => a + b, 0),
    ),
  );
  expect(longestRetry).toBeLessThan(budgets.WAY_BACK_SECONDS);
  const all = budgets.BUSY_ENDPOINT_SECONDS + budgets.LONGEST_DEPLOYMENT_SECONDS + budgets.WAY_BACK_SECONDS;
  expect(budgets.MACHINE_TIMEOUT_SECONDS).toBeGreaterThan(all + longestRetry);
});
