// What every task of a machine must have around it: timeout, retries, a Catch that leads where it should, what it reads and writes.
import { errorPolicies } from '../../state-machine/contract/errors.ts';
import { type StepName, stateSchemas, steps } from '../../state-machine/contract/steps.ts';
import { initialState } from '../../state-machine/initial-state.ts';
import { faultsOfLambda, retryPolicies } from '../../state-machine/retry-policies.ts';
import type { Machine, State, Test } from './machine.ts';

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
  'ShiftWeights',
  'SendVariantTraffic',
  'DeleteAlarms',
  'CheckEndpoint',
  'RegisterScaling',
  'RunCanary',
];
const beforeSideEffects = ['ResolveRequest', 'InspectArtifact', 'LeaseEndpoint', 'PlanRollout', 'RetireEndpoint'];

export function testGuards(asl: Machine, test: Test): void {
  const taskStates = Object.entries(asl.States).filter(([, state]) => state.Type === 'Task') as [StepName, State][];
  test.each(taskStates)(
    '%s gives what the step reads, writes what it writes, and is guarded',
    (name: StepName, state: State) => {
      const { reads, writes, functionTimeoutSeconds } = steps[name];
      expect(state.Parameters).toEqual(
        Object.fromEntries(['contractVersion', ...Object.keys(reads)].map((key) => [`${key}.$`, `$.${key}`])),
      );
      expect(state.ResultPath).toBe(`$.${writes}`);
      expect(state.TimeoutSeconds).toBeGreaterThan(functionTimeoutSeconds);
      expect(state.Catch?.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
      const policies = 'dispensable' in steps[name] ? [faultsOfLambda] : retryPolicies;
      expect(state.Retry?.map(({ ErrorEquals }) => ErrorEquals)).toEqual(policies.map(({ errors }) => errors));
      for (const { JitterStrategy, MaxDelaySeconds, MaxAttempts } of state.Retry ?? []) {
        expect(JitterStrategy).toBe('FULL');
        expect(MaxDelaySeconds).toBeLessThanOrEqual(300);
        expect(MaxAttempts).toBeGreaterThan(0);
      }
    },
  );

  test('a Catch leads to RecordOutcome before the first side effect, to RollBack after it, and never hides the first failure', () => {
    for (const name of beforeSideEffects)
      expect(asl.States[name]?.Catch?.[0]).toMatchObject({ Next: 'RecordOutcome', ResultPath: '$.failure' });
    for (const name of wayForward)
      expect(asl.States[name]?.Catch?.[0]).toMatchObject({ Next: 'RollBack', ResultPath: '$.failure' });
    for (const name of ['RollBack', 'CheckRollback']) {
      expect(asl.States[name]?.Catch?.[0]).toMatchObject({ Next: 'RecordOutcome', ResultPath: '$.rollbackFailure' });
    }
  });

  test('a trial that breaks off leads on, and hides no failure', () => {
    const [caught] = asl.States.TryModel?.Catch ?? [];
    expect(caught).toMatchObject({ Next: 'LeaseEndpoint', ResultPath: '$.trialFailure' });
  });

  test('older releases that cannot be removed lead nowhere but to the outcome', () => {
    const [caught] = asl.States.RetireSuperseded?.Catch ?? [];
    expect(caught).toMatchObject({ Next: 'RecordOutcome', ResultPath: '$.retentionFailure' });
  });

  test('a Wait lasts as long as the task says that looks again after it', () => {
    for (const { Type, SecondsPath, Next } of Object.values(asl.States)) {
      if (Type === 'Wait') expect(SecondsPath).toBe(`$.${steps[Next as StepName]?.writes}.waitSeconds`);
    }
  });

  test('every error name is retried exactly where its policy says so', () => {
    const retried = new Set(taskStates[0]?.[1].Retry?.flatMap(({ ErrorEquals }) => ErrorEquals));
    for (const [name, { reaction }] of Object.entries(errorPolicies))
      expect([name, retried.has(name)]).toEqual([name, reaction !== 'fail']);
  });

  test('all keys of the state are there from the first state on', () => {
    expect(asl.States.ReceiveTrigger?.Parameters).toEqual(initialState());
    expect(
      Object.keys(initialState())
        .map((key) => key.replace('.$', ''))
        .sort(),
    ).toEqual(['contractVersion', ...Object.keys(stateSchemas)].sort());
  });
}
