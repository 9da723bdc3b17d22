// Every way through a machine, with scripted tasks: every state is entered, every Catch taken, every retry tried.
import { type StepName, stepNames } from '../../state-machine/contract/steps.ts';
import { AWAIT_CHANGE, waitNames } from '../../state-machine/contract/waits.ts';
import type { Machine, Test } from './machine.ts';
import type { Engine, Handler, Run } from './run.ts';

const failure = (error: string) => ({ Error: error, Cause: `${error} happened` });

/** A rollout in which all goes well; a test replaces what it is about. */
const good: Record<StepName, unknown[]> = {
  ResolveRequest: [{ problems: [] }],
  InspectArtifact: [{ verdict: 'accepted', trials: [{}], failure: null }],
  TryModel: [{ verdict: 'passed', failure: null }],
  LeaseEndpoint: [{ verdict: 'granted', failure: null }],
  PlanRollout: [{ verdict: 'proceed', candidate: {}, guarded: true, shiftsWeights: true }],
  CreateModel: [{ made: 'created' }],
  CreateEndpointConfig: [{ made: 'created' }],
  DeployCandidate: [{ verdict: 'inProgress', waitSeconds: 5, failure: null }],
  CheckCandidate: [
    { verdict: 'inProgress', waitSeconds: 5, failure: null },
    { verdict: 'inService', failure: null },
  ],
  VerifyCandidate: [{ verdict: 'passed', failure: null }],
  DeleteCandidate: [
    { verdict: 'waiting', waitSeconds: 5 },
    { verdict: 'deleted', waitSeconds: 0 },
  ],
  DeployEndpoint: [{ verdict: 'inProgress', waitSeconds: 5, trafficMoves: false, failure: null }],
  CreateAlarms: [{ names: [] }],
  CheckEndpoint: [
    { verdict: 'inProgress', waitSeconds: 5, trafficMoves: true, failure: null },
    { verdict: 'inService', failure: null },
  ],
  SendGoldenTraffic: [{ sent: 1 }],
  JudgeFleet: [{ verdict: 'passed', failure: null }],
  ShiftWeights: [
    { verdict: 'waiting', waitSeconds: 5, sendsTraffic: true, failure: null },
    { verdict: 'waiting', waitSeconds: 5, sendsTraffic: false, failure: null },
    { verdict: 'shifted', failure: null },
  ],
  SendVariantTraffic: [{ variants: [] }],
  DeleteAlarms: [{ names: [] }],
  RegisterScaling: [{ changed: true }],
  RunCanary: [{ verdict: 'passed', failure: null }],
  RetireSuperseded: [{ removed: [] }],
  RetireEndpoint: [
    { verdict: 'waiting', waitSeconds: 5 },
    { verdict: 'retired', failure: null },
  ],
  RollBack: [{ verdict: 'waiting', waitSeconds: 5 }, { verdict: 'rolledBack' }],
  CheckRollback: [{ verdict: 'waiting', waitSeconds: 5 }, { verdict: 'act' }],
  RecordOutcome: [],
};
const thrown = (name: string) => Object.assign(new Error(`${name} was thrown`), { name });
const boom = () => thrown('Boom');

function outcomeOf(payload: Record<string, unknown>) {
  const failed = payload.failure as { Error: string; Cause: string } | null;
  return {
    succeeded: failed === null,
    outcome: failed === null ? 'deployed' : 'rolledBack',
    error: failed?.Error ?? null,
    cause: failed?.Cause ?? null,
  };
}

export function testRoutes(asl: Machine, test: Test, engine: Engine): void {
  const seen = { states: new Set<string>(), caught: new Set<string>(), retried: new Set<string>() };

  /** Each task gives its values in turn, the last one for ever; an Error among them is thrown. */
  async function run(
    script: Partial<Record<StepName, unknown[]>> = {},
    awaitChange: Handler = async () => ({}),
  ): Promise<Run & { payloads: Record<string, unknown[]> }> {
    let payloads: Record<string, unknown[]> = {};
    const handlers = () => {
      const given: typeof payloads = {};
      payloads = given;
      const steps = Object.fromEntries(
        stepNames.map((step) => {
          const values = [...(script[step] ?? good[step])];
          const handler: Handler = async (payload) => {
            given[step] = [...(given[step] ?? []), payload];
            const value = values.length > 1 ? values.shift() : values[0];
            if (value instanceof Error) throw value;
            return value ?? outcomeOf(payload);
          };
          return [step, handler];
        }),
      ) as Record<StepName, Handler>;
      return { ...steps, [AWAIT_CHANGE]: awaitChange };
    };
    const ended = await engine(asl, handlers, { endpointName: 'iris' });
    for (const state of ended.states) seen.states.add(state);
    for (const state of ended.caught) seen.caught.add(state);
    for (const retry of ended.retried) seen.retried.add(retry);
    return { ...ended, payloads };
  }

  test('all goes well', async () => {
    const { succeeded, output, states } = await run();
    expect(succeeded).toBe(true);
    expect(output).toMatchObject({ outcome: 'deployed' });
    expect(states).toEqual([
    'ReceiveTrigger', 'ResolveRequest', 'ForgetTrigger', 'InspectArtifact', 'ArtifactAccepted?', 'TryModel', 'ModelTried?',
    'LeaseEndpoint', 'Leased?', 'PlanRollout', 'Planned?', 'CreateModel', 'CreateEndpointConfig', 'CandidateNeeded?',
    'DeployCandidate', 'CandidateInService?', 'WaitForCandidate', 'CheckCandidate', 'CandidateInService?', 'WaitForCandidate',
    'CheckCandidate', 'CandidateInService?', 'VerifyCandidate', 'CandidatePassed?',
    'DeleteCandidate', 'CandidateDeleted?', 'WaitForCandidateDeletion', 'DeleteCandidate', 'CandidateDeleted?',
    'AlarmsNeeded?', 'CreateAlarms', 'DeployEndpoint', 'InService?', 'WaitForEndpoint', 'CheckEndpoint', 'InService?', 'SendGoldenTraffic',
    'CheckEndpoint', 'InService?', 'JudgeFleet', 'FleetPassed?', 'WeightsToShift?', 'ShiftWeights', 'WeightsShifted?',
    'SendVariantTraffic', 'WaitForWeights', 'ShiftWeights', 'WeightsShifted?', 'WaitForWeights', 'ShiftWeights', 'WeightsShifted?',
    'AlarmsMade?', 'DeleteAlarms', 'RegisterScaling', 'RunCanary', 'CanaryPassed?', 'RetireSuperseded', 'RecordOutcome', 'Succeeded?', 'Succeeded',
  ]); // biome-ignore format: one line per stretch of the way
  });

  test('answers that come later are waited for, with what was asked', async () => {
    const waiting = { verdict: 'waiting', waitSeconds: 5, progress: {}, failure: null };
    const answers = [waiting, waiting, { verdict: 'passed', failure: null }];
    const { states, payloads } = await run({ VerifyCandidate: answers, RunCanary: answers });
    expect(states.filter((state) => state === 'WaitForCandidateAnswers')).toHaveLength(2);
    expect(states.filter((state) => state === 'WaitForCanary')).toHaveLength(2);
    expect(payloads.VerifyCandidate).toMatchObject([
      { candidateCanaryInvocations: null },
      { candidateCanaryInvocations: waiting },
      { candidateCanaryInvocations: waiting },
    ]);
    expect(payloads.RunCanary).toMatchObject([
      { canaryInvocations: null },
      { canaryInvocations: waiting },
      { canaryInvocations: waiting },
    ]);
    expect(states.at(-1)).toBe('Succeeded');
  });

  test('a model that its trial refuses is rejected with its own words, before anybody waits for the lease', async () => {
    const { error, cause, payloads, states } = await run({
      TryModel: [{ verdict: 'rejected', failure: failure('RequestRejected') }],
    });
    expect([error, cause]).toEqual(['RequestRejected', 'RequestRejected happened']);
    expect(states.slice(-5)).toEqual(['ModelTried?', 'ModelRejected', 'RecordOutcome', 'Succeeded?', 'Failed']);
    expect(payloads.LeaseEndpoint).toBeUndefined();
  });

  test.each(['untried', 'skipped'])('a model that is %s goes on', async (verdict) => {
    const { succeeded, states } = await run({ TryModel: [{ verdict, failure: null }] });
    expect(succeeded).toBe(true);
    expect(states).toContain('LeaseEndpoint');
  });

  test('where there is nothing to be tried, nothing is', async () => {
    const { states, payloads } = await run({ InspectArtifact: [{ verdict: 'accepted', failure: null }] });
    expect(states.slice(3, 6)).toEqual(['InspectArtifact', 'ArtifactAccepted?', 'LeaseEndpoint']);
    expect(payloads.TryModel).toBeUndefined();
  });

  test.each(['Boom', 'Sandbox.Timedout', 'Runtime.ExitError'])(
    'a trial that breaks off with %s is tried once, and stops no rollout',
    async (name) => {
      const { succeeded, caught, payloads } = await run({ TryModel: [thrown(name)] });
      expect(succeeded).toBe(true);
      expect(caught).toEqual(['TryModel']);
      expect(payloads.TryModel).toHaveLength(1);
      expect(payloads.RecordOutcome).toMatchObject([{ failure: null, trial: null, trialFailure: { Error: name } }]);
    },
  );

  test('an artifact that is rejected reaches nothing of SageMaker', async () => {
    const { error, cause, payloads } = await run({
      InspectArtifact: [{ verdict: 'rejected', trials: [{}], failure: failure('RequestRejected') }],
    });
    expect([error, cause]).toEqual(['RequestRejected', 'RequestRejected happened']);
    expect(Object.keys(payloads)).toEqual(['ResolveRequest', 'InspectArtifact', 'RecordOutcome']);
  });

  test('the lease is waited for', async () => {
    const { states } = await run({
      LeaseEndpoint: [
        { verdict: 'waiting', waitSeconds: 5, failure: null },
        { verdict: 'granted', failure: null },
      ],
    });
    expect(states.filter((state) => state === 'LeaseEndpoint')).toHaveLength(2);
    expect(states.at(-1)).toBe('Succeeded');
  });

  test('a request that is outdated when its turn comes is resolved again', async () => {
    const { payloads, states } = await run({
      LeaseEndpoint: [
        { verdict: 'outdated', failure: null },
        { verdict: 'granted', failure: null },
      ],
    });
    expect(payloads.ResolveRequest).toMatchObject([{ request: null }, { request: { problems: [] }, trigger: {} }]);
    expect(payloads.InspectArtifact).toMatchObject([{ artifact: null }, { artifact: { verdict: 'accepted' } }]);
    expect(states.at(-1)).toBe('Succeeded');
  });

  test('a plan whose artifact is gone begins anew with the request', async () => {
    const { payloads, states } = await run({
      PlanRollout: [{ verdict: 'outdated', failure: failure('RequestRejected') }, { verdict: 'unchanged' }],
    });
    expect(payloads.ResolveRequest).toMatchObject([{ request: null }, { request: { problems: [] }, trigger: {} }]);
    expect(payloads.InspectArtifact).toMatchObject([{ artifact: null }, { artifact: { verdict: 'accepted' } }]);
    expect(payloads.RecordOutcome).toMatchObject([{ failure: null, plan: { verdict: 'unchanged' } }]);
    expect(states.at(-1)).toBe('Succeeded');
  });

  test.each([
    ['superseded', null, 'Succeeded'],
    ['refused', failure('EndpointBusy'), 'Failed'],
    ['neverStarted', failure('Stopped'), 'Failed'],
  ])('a rollout that is %s changes nothing', async (verdict, failed, end) => {
    const { payloads, states } = await run({ LeaseEndpoint: [{ verdict, failure: failed }] });
    expect(Object.keys(payloads)).toEqual([
      'ResolveRequest',
      'InspectArtifact',
      'TryModel',
      'LeaseEndpoint',
      'RecordOutcome',
    ]);
    expect(states.at(-1)).toBe(end);
  });

  test('a recovery rolls back of the rollout that was stopped, and nothing else', async () => {
    const { payloads, error } = await run({
      LeaseEndpoint: [{ verdict: 'recover', failure: failure('Stopped') }],
      PlanRollout: [{ verdict: 'recover' }],
    });
    expect(error).toBe('Stopped');
    expect(Object.keys(payloads)).toEqual([
      ...[
        'ResolveRequest',
        'InspectArtifact',
        'TryModel',
        'LeaseEndpoint',
        'PlanRollout',
        'RollBack',
        'CheckRollback',
        'RecordOutcome',
      ],
    ]);
  });

  test('where the function of the waits breaks, every wait leads to its look all the same', async () => {
    const waiting = { verdict: 'waiting', waitSeconds: 5, progress: {}, failure: null };
    const passed = { verdict: 'passed', failure: null };
    const script = {
      LeaseEndpoint: [waiting, { verdict: 'granted', failure: null }],
      PlanRollout: [{ verdict: 'wait', waitSeconds: 5 }, ...good.PlanRollout],
      VerifyCandidate: [waiting, passed],
      RunCanary: [waiting, { verdict: 'failed', failure: failure('CanaryFailed') }],
    };
    const retiring = { LeaseEndpoint: [{ verdict: 'retire', failure: null }] };
    const caught = new Set<string>();
    for (const asked of [script, retiring]) {
      const well = await run(asked);
      const broken = await run(asked, () => Promise.reject(boom()));
      expect(broken.states).toEqual(well.states);
      expect(broken.error).toBe(well.error);
      expect(broken.retried).toHaveLength(4 * broken.caught.length);
      for (const wait of broken.caught) caught.add(wait);
    }
    expect([...caught].sort()).toEqual([...waitNames].sort());
  });

  test('an endpoint is retired in a circle of its own', async () => {
    const { payloads, states } = await run({ LeaseEndpoint: [{ verdict: 'retire', failure: null }] });
    expect(payloads.RetireEndpoint).toHaveLength(2);
    expect(states.slice(states.indexOf('Leased?') + 1)).toEqual([
      'RetireEndpoint', 'Retired?', 'WaitForRetirement', 'RetireEndpoint', 'Retired?', 'RecordOutcome', 'Succeeded?', 'Succeeded',
    ]); // biome-ignore format: one line per stretch of the way
    const failed = await run({
      LeaseEndpoint: [{ verdict: 'retire', failure: null }],
      RetireEndpoint: [{ verdict: 'failed', failure: failure('DeadlineExceeded') }],
    });
    expect(failed.error).toBe('DeadlineExceeded');
    expect(failed.states.slice(failed.states.indexOf('Leased?') + 1)).toEqual([
      'RetireEndpoint', 'Retired?', 'RetirementFailed', 'RecordOutcome', 'Succeeded?', 'Failed',
    ]); // biome-ignore format: one line per stretch of the way
    const thrownOut = await run({ LeaseEndpoint: [{ verdict: 'retire', failure: null }], RetireEndpoint: [boom()] });
    expect(thrownOut.error).toBe('Boom');
  });

  test('without candidate and alarms the live endpoint comes at once', async () => {
    const { states } = await run({ PlanRollout: [{ verdict: 'proceed', candidate: null, guarded: false }] });
    expect(states.slice(states.indexOf('Planned?') + 1)).toEqual([
      'CreateModel', 'CreateEndpointConfig', 'CandidateNeeded?', 'AlarmsNeeded?', 'DeployEndpoint', 'InService?', 'WaitForEndpoint',
      'CheckEndpoint', 'InService?', 'WaitForEndpoint', 'CheckEndpoint', 'InService?', 'WeightsToShift?', 'AlarmsMade?', 'RegisterScaling',
      'RunCanary', 'CanaryPassed?', 'RetireSuperseded', 'RecordOutcome', 'Succeeded?', 'Succeeded',
    ]); // biome-ignore format: one line per stretch of the way
  });

  test('weights move under alarms on an endpoint that stays as it is, or not at all', async () => {
    const { states } = await run({
      PlanRollout: [{ verdict: 'proceed', candidate: null, guarded: false, shiftsWeights: true, watched: true }],
      DeployEndpoint: [{ verdict: 'inService', failure: null }],
      ShiftWeights: [{ verdict: 'shifted', failure: null }],
    });
    expect(states.slice(states.indexOf('CandidateNeeded?') + 1)).toEqual([
      'AlarmsNeeded?', 'CreateAlarms', 'DeployEndpoint', 'InService?', 'WeightsToShift?', 'ShiftWeights', 'WeightsShifted?', 'AlarmsMade?',
      'DeleteAlarms', 'RegisterScaling', 'RunCanary', 'CanaryPassed?', 'RetireSuperseded', 'RecordOutcome', 'Succeeded?', 'Succeeded',
    ]); // biome-ignore format: one line per stretch of the way
    const settings = await run({
      PlanRollout: [{ verdict: 'proceed', candidate: null, guarded: false, shiftsWeights: false, watched: false }],
      DeployEndpoint: [{ verdict: 'inService', failure: null }],
    });
    expect(settings.states).not.toContain('ShiftWeights');
    expect(settings.states).not.toContain('CreateAlarms');
    expect(settings.states.at(-1)).toBe('Succeeded');
  });

  test('older releases that cannot be removed do not undo a success', async () => {
    const { succeeded, payloads } = await run({ RetireSuperseded: [boom()] });
    expect(succeeded).toBe(true);
    expect(payloads.RecordOutcome).toMatchObject([{ failure: null, retentionFailure: { Error: 'Boom' } }]);
  });

  test('a plan that is rejected makes nothing', async () => {
    const { error, payloads } = await run({ PlanRollout: [{ verdict: 'rejected', failure: failure('EndpointBusy') }] });
    expect(error).toBe('EndpointBusy');
    expect(Object.keys(payloads)).toEqual([
      'ResolveRequest',
      'InspectArtifact',
      'TryModel',
      'LeaseEndpoint',
      'PlanRollout',
      'RecordOutcome',
    ]);
  });

  test('a busy endpoint is waited for, and planned afresh', async () => {
    const { states } = await run({
      PlanRollout: [
        { verdict: 'wait', waitSeconds: 5 },
        { verdict: 'wait', waitSeconds: 5 },
        { verdict: 'proceed', candidate: null, guarded: false },
      ],
    });
    expect(states.filter((state) => state === 'PlanRollout')).toHaveLength(3);
    expect(states.at(-1)).toBe('Succeeded');
  });

  test('an endpoint that serves just this already is verified again and not touched', async () => {
    const { payloads, succeeded } = await run({ PlanRollout: [{ verdict: 'unchanged' }] });
    expect(succeeded).toBe(true);
    expect(Object.keys(payloads)).toEqual([
      'ResolveRequest',
      'InspectArtifact',
      'TryModel',
      'LeaseEndpoint',
      'PlanRollout',
      'RunCanary',
      'RetireSuperseded',
      'RecordOutcome',
    ]);
  });

  test('a change of settings that needs no deployment waits for none', async () => {
    const { states } = await run({
      PlanRollout: [{ verdict: 'proceed', candidate: null, guarded: false }],
      DeployEndpoint: [{ verdict: 'inService', failure: null }],
    });
    expect(states).not.toContain('WaitForEndpoint');
    expect(states).not.toContain('RollBack');
    expect(states.at(-1)).toBe('Succeeded');
  });

  test.each([
    [
      'a deployment that fails',
      { CheckEndpoint: [{ verdict: 'failed', failure: failure('DeploymentRolledBack') }] },
      'DeploymentRolledBack',
    ],
    [
      'a candidate that fails',
      { CheckCandidate: [{ verdict: 'failed', failure: failure('DeadlineExceeded') }] },
      'DeadlineExceeded',
    ],
    [
      'a candidate that is refused',
      { VerifyCandidate: [{ verdict: 'failed', failure: failure('CanaryFailed') }] },
      'CanaryFailed',
    ],
    [
      'a fleet that is not fit',
      { JudgeFleet: [{ verdict: 'failed', failure: failure('FleetNotReached') }] },
      'FleetNotReached',
    ],
    [
      'a shift of weights that fails',
      { ShiftWeights: [{ verdict: 'failed', failure: failure('DeploymentFailed') }] },
      'DeploymentFailed',
    ],
    ['a canary that fails', { RunCanary: [{ verdict: 'failed', failure: failure('CanaryFailed') }] }, 'CanaryFailed'],
  ])('%s is taken back, round by round', async (_name, script, expected) => {
    const { error, cause, states, succeeded } = await run(script);
    expect(succeeded).toBe(false);
    expect([error, cause]).toEqual([expected, `${expected} happened`]);
    const rollback = states.slice(states.indexOf('RollBack'));
    expect(rollback).toEqual([
    'RollBack', 'RolledBack?', 'WaitForRollback', 'CheckRollback', 'RolledBack?', 'WaitForRollback', 'CheckRollback', 'RolledBack?',
    'RollBack', 'RolledBack?', 'RecordOutcome', 'Succeeded?', 'Failed',
  ]); // biome-ignore format: one line per stretch of the way
  });

  /** Those whose failure has a test of its own. */
  const otherwise: readonly StepName[] = ['TryModel', 'RecordOutcome', 'RetireSuperseded', 'RetireEndpoint'];
  const taskNames = stepNames.filter((step) => !otherwise.includes(step));
  const beforeAnythingIsMade: readonly StepName[] = [
    'ResolveRequest',
    'InspectArtifact',
    'TryModel',
    'LeaseEndpoint',
    'PlanRollout',
  ];
  test.each(taskNames)(
    '%s: whatever is thrown is caught, and the execution ends FAILED with the first error and cause',
    async (step) => {
      const isRollback = step === 'RollBack' || step === 'CheckRollback';
      const canaryInvocations = isRollback
        ? { RunCanary: [{ verdict: 'failed', failure: failure('CanaryFailed') }] }
        : {};
      const { error, cause, caught, states } = await run({ ...canaryInvocations, [step]: [boom()] });
      expect(caught).toEqual([step]);
      expect(states.at(-1)).toBe('Failed');
      expect(states.includes('RollBack')).toBe(!beforeAnythingIsMade.includes(step));
      if (isRollback) expect([error, cause]).toEqual(['CanaryFailed', 'CanaryFailed happened']);
      else expect([error, JSON.parse(cause ?? '')]).toMatchObject(['Boom', { errorMessage: 'Boom was thrown' }]);
    },
  );

  test('an outcome that cannot be recorded ends FAILED: with the cause of the failure before it, or with its own', async () => {
    const failedBefore = await run({ RunCanary: [boom()], RecordOutcome: [thrown('AccessDenied')] });
    expect([failedBefore.error, failedBefore.states.at(-1)]).toEqual(['Boom', 'FailedUnrecorded']);
    expect(failedBefore.cause).toContain('Boom was thrown');
    const goodBefore = await run({ RecordOutcome: [thrown('AccessDenied')] });
    expect([goodBefore.error, goodBefore.states.at(-1)]).toEqual(['OutcomeNotRecorded', 'OutcomeNotRecorded']);
  });

  const retriedNames =
    Object.values(asl.States as Record<string, { Retry?: { ErrorEquals: string[]; MaxAttempts: number }[] }>)
      .find(({ Retry }) => Retry)
      ?.Retry?.flatMap(({ ErrorEquals, MaxAttempts }) => ErrorEquals.map((name) => [name, MaxAttempts] as const)) ?? [];
  test.each(retriedNames)('%s is retried, at most %d times', async (name, attempts) => {
    const once = await run({ CreateModel: [thrown(name), { made: 'adopted' }] });
    expect(once.succeeded).toBe(true);
    expect(once.payloads.CreateModel).toHaveLength(2);
    const forEver = await run({ CreateModel: [thrown(name)] });
    expect(forEver.payloads.CreateModel).toHaveLength(attempts + 1);
    expect(forEver.error).toBe(name);
  });

  test('the tests above entered every state and took every Catch', () => {
    expect([...seen.states].sort()).toEqual(Object.keys(asl.States).sort());
    expect([...seen.caught].sort()).toEqual([...stepNames, ...waitNames].sort());
  });
}
