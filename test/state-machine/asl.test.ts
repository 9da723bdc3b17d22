// The committed machine: current, valid, inside what both local engines run, and with every guard on every task.
import { readFileSync } from 'node:fs';
import validate from 'asl-validator';
import { stepNames } from '../../state-machine/contract/steps.ts';
import * as budgets from '../../state-machine/contract/time-budgets.ts';
import { synthesizeAsl } from '../../state-machine/synthesize-asl.ts';
import { testGuards } from './guards.ts';
import { COMMITTED, committedMachine, isCallback } from './machine.ts';

const committed = readFileSync(COMMITTED, 'utf8');
const asl = committedMachine();
const taskStates = Object.entries(asl.States).filter(([, state]) => state.Type === 'Task' && !isCallback(state));

test('the committed definition is what the code synthesizes (npm run generate brings it up to date)', () => {
  expect(committed).toBe(synthesizeAsl());
});

test('asl-validator finds nothing', () => {
  const { isValid, errorsText } = validate(asl);
  expect(errorsText('\n')).toBe('');
  expect(isValid).toBe(true);
});

// The specification's rules that asl-validator does not know: findings/asl-validator-retries.sh, states-language.net/spec.html#errors
test('retries and catches are what Step Functions accepts', () => {
  for (const { Retry = [], Catch = [] } of Object.values(asl.States)) {
    for (const handlers of [Retry, Catch]) {
      const names = handlers.map(({ ErrorEquals }) => ErrorEquals.join(', '));
      const everything = names.filter((one) => one.includes('States.ALL'));
      expect(everything).toEqual(everything.length > 0 ? ['States.ALL'] : []);
      if (everything.length > 0) expect(names.at(-1)).toBe('States.ALL');
    }
    for (const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity } of Retry) {
      expect(IntervalSeconds).toBeGreaterThanOrEqual(1);
      expect(BackoffRate).toBeGreaterThanOrEqual(1);
      expect(MaxDelaySeconds).toBeGreaterThan(IntervalSeconds);
    }
  }
});

test('it stays inside what aws-local-stepfunctions and MiniStack run', () => {
  for (const outside of ['Assign', 'QueryLanguage', 'Map', 'Parallel', '$$.State', 'HeartbeatSeconds']) {
    expect(committed).not.toContain(`"${outside}`);
  }
  // What they take otherwise than Step Functions: findings/aws-local-stepfunctions-false.sh, findings/ministack-choice-rules.sh.
  expect(committed).not.toMatch(/"Is\w+": false|"Result": (false|0|""|null)|"(String(Less|Greater)|Timestamp)\w+Path"/);
  expect([...new Set(Object.values(asl.States).map((state) => state.Type))].sort()).toEqual([
    'Choice',
    'Fail',
    'Pass',
    'Succeed',
    'Task',
  ]);
});

test('there is one task state for each step, named like it', () => {
  expect(taskStates.map(([name]) => name).sort()).toEqual([...stepNames].sort());
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
  expect(longestRetry).toBeLessThan(budgets.ROLLBACK_SECONDS);
  const all = budgets.BUSY_ENDPOINT_SECONDS + budgets.LONGEST_DEPLOYMENT_SECONDS + budgets.ROLLBACK_SECONDS;
  expect(budgets.MACHINE_TIMEOUT_SECONDS).toBeGreaterThan(all + longestRetry);
});

testGuards(asl, test);
