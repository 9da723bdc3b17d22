// What every task of a machine must have around it: timeout, retries, a Catch that leads where it should, what it reads and writes.
import { errorPolicies } from '../../state-machine/contract/errors.ts';
import { type StepName, stateSchemas, steps } from '../../state-machine/contract/steps.ts';
import { type WaitName, waitNames, waits } from '../../state-machine/contract/waits.ts';
import { initialState } from '../../state-machine/initial-state.ts';
import { faultsOfLambda, retryPolicies, waitRetryPolicy } from '../../state-machine/retry-policies.ts';
import { isCallback, type Machine, type State, type Test } from './machine.ts';

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
  const tasks = Object.entries(asl.States).filter(([, { Type }]) => Type === 'Task');
  const isWait = ([name, state]: [string, State]) => isCallback(state) || waitNames.includes(name as WaitName);
  const taskStates = tasks.filter((task) => !isWait(task)) as [StepName, State][];
  const waitStates = tasks.filter(isWait) as [WaitName, State][];
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

  test('every wait is a state, and none is a Wait, which nobody could end', () => {
    expect(waitStates.map(([name]) => name).sort()).toEqual([...waitNames].sort());
    expect(Object.values(asl.States).map(({ Type }) => Type)).not.toContain('Wait');
  });

  test.each(waitStates)(
    '%s gives its function the token, lasts no longer than the task says that looks again, and leads to that whatever ends it',
    (name: WaitName, { Parameters, Resource, TimeoutSecondsPath, ResultPath, Retry, Catch, Next }: State) => {
      const { reads, of } = waits[name];
      const payload = {
        ...{ 'contractVersion.$': '$.contractVersion', wait: name },
        ...Object.fromEntries(Object.keys(reads).map((key) => [`${key}.$`, `$.${key}`])),
      };
      // Without callbacks there is no token, and the rest is the same.
      if (isCallback({ Type: 'Task', Resource })) {
        const FunctionName = expect.stringMatching(/:AwaitChange$/);
        expect(Parameters).toEqual({ FunctionName, Payload: { ...payload, 'taskToken.$': '$$.Task.Token' } });
      } else expect(Parameters).toEqual(payload);
      expect(TimeoutSecondsPath).toBe(`$.${of}.waitSeconds`);
      // Of a shift of weights, a batch of golden traffic may be sent before the same wait.
      expect(steps[Next as StepName].writes).toBe(of);
      expect(ResultPath).toBeNull();
      expect(Catch).toEqual([{ ErrorEquals: ['States.ALL'], ResultPath: null, Next }]);
      // States.TaskFailed is not States.Timeout, by which a wait ends that nobody ends: tried again, it would last for ever.
      expect(Retry).toMatchObject([{ ErrorEquals: ['States.TaskFailed'], JitterStrategy: 'FULL' }]);
      expect(waitRetryPolicy.errors).toEqual(['States.TaskFailed']);
    },
  );

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
