// Asynchronous endpoints that scale to no instance: woken by their queue, with an instance while a rollout verifies, and back.
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointAsyncCommand } from '@aws-sdk/client-sagemaker-runtime';
import { archive } from '../../simulate/world/archives.ts';
import { stackWith } from '../../simulate/world/bases.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import type { ResolvedHosting, TargetTracking } from '../../state-machine/contract/resolved-request.ts';
import type { StepName } from '../../state-machine/contract/steps.ts';
import { answerOf, RolloutAccount, SHA_1, SHA_2, type Wish } from './rollout-account.ts';

const hosting: ResolvedHosting = {
  ...{ type: 'async', instanceType: 'ml.m5.large', instanceCount: 1, startupTimeoutSeconds: null },
  ...{ downloadTimeoutSeconds: null, maximumConcurrentInvocationsPerInstance: 4 },
};
const scaling: TargetTracking = {
  ...{ minimum: 0, maximum: 4, metric: 'ApproximateBacklogSizePerInstance', target: 5 },
  ...{ scaleInCooldownSeconds: 300, scaleOutCooldownSeconds: 60 },
};
const HOUR = 3_600_000;
const WAKE = 'sagemaker-deployer-step-HasBacklogWithoutCapacity';

const rollOut = (at: RolloutAccount, wish: Wish = {}) =>
  at.rollOut({ ...wish, request: { hosting, scaling, ...wish.request } });
const countOf = async ({ clients }: Pick<RolloutAccount, 'clients'>) => {
  const command = new DescribeEndpointCommand({ EndpointName: 'iris' });
  return (await clients.sageMaker.send(command)).ProductionVariants?.[0]?.CurrentInstanceCount;
};
const limitsOf = (at: RolloutAccount) =>
  Object.values(at.alive().scalableTargets as Record<string, { min: number; max: number }>).map(({ min, max }) => [
    min,
    max,
  ]);
const named = <Input>(things: Record<string, object>) => things as Record<string, Input>;

/** It serves, and has no instance left. */
async function asleep(): Promise<RolloutAccount> {
  const at = new RolloutAccount();
  expect(await rollOut(at)).toMatchObject({ succeeded: true, outcome: { verified: 'golden' } });
  await at.pass(HOUR);
  expect(await countOf(at)).toBe(0);
  at.hosting.calls.length = 0;
  return at;
}

/** The limits of every registration, in turn. */
const registered = (at: RolloutAccount) =>
  at.hosting.calls
    .filter(({ operation, errorCode }) => operation === 'RegisterScalableTarget' && errorCode === undefined)
    .map(({ input }) => [input.MinCapacity, input.MaxCapacity]);

test('target tracking on the backlog, and the step policy that wakes, are as AWS documents them', async () => {
  const at = new RolloutAccount();
  expect(await rollOut(at)).toMatchObject({ succeeded: true, retried: [], outcome: { warnings: [] } });
  const { scalingPolicies, alarms } = at.alive();
  const [tracking, step] = Object.values(named<Record<string, unknown>>(scalingPolicies));
  const Dimensions = [{ Name: 'EndpointName', Value: 'iris' }];
  expect(tracking).toMatchObject({
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 5,
      CustomizedMetricSpecification: {
        ...{ MetricName: 'ApproximateBacklogSizePerInstance', Namespace: 'AWS/SageMaker', Dimensions },
        Statistic: 'Average',
      },
    },
  });
  expect(step).toMatchObject({
    ...{ PolicyName: WAKE, PolicyType: 'StepScaling' },
    StepScalingPolicyConfiguration: {
      ...{ AdjustmentType: 'ChangeInCapacity', MetricAggregationType: 'Average', Cooldown: 300 },
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
    },
  });
  expect(Object.values(named<object>(alarms))).toMatchObject([
    {
      ...{ MetricName: 'HasBacklogWithoutCapacity', Namespace: 'AWS/SageMaker', Dimensions, Statistic: 'Average' },
      ...{ Period: 60, EvaluationPeriods: 2, DatapointsToAlarm: 2, Threshold: 1, TreatMissingData: 'missing' },
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    },
  ]);
  // One instance until it was verified, none from then on.
  expect(registered(at)).toEqual([
    [1, 4],
    [0, 4],
  ]);
  expect(at.ungranted).toEqual([]);
});

test('without requests it has no instance, and one request wakes it', async () => {
  const at = await asleep();
  await at.clients.runtime.send(
    new InvokeEndpointAsyncCommand({ EndpointName: 'iris', InferenceId: 'wakes', Body: Buffer.from('{}') }),
  );
  await at.pass(HOUR / 4);
  expect(await countOf(at)).toBe(1);
  await at.pass(HOUR);
  expect(await countOf(at)).toBe(0);
});

test.each<[string, Wish]>([
  ['another model', { artifactSha256: SHA_2 }],
  ['other tags alone', { request: { tags: { team: 'trees' } } }],
  ['more instances at most', { request: { scaling: { ...scaling, maximum: 3 } } }],
])(
  'a rollout of %s to an endpoint that sleeps has an instance while it verifies, and lets it sleep again',
  async (_name, wish) => {
    const at = await asleep();
    const seen: (number | undefined)[] = [];
    at.beforeTask = async (step) => {
      if (step === 'RetireSuperseded') seen.push(await countOf(at), ...limitsOf(at).map(([minimum]) => minimum));
    };
    expect(await rollOut(at, wish)).toMatchObject({
      succeeded: true,
      outcome: { outcome: 'deployed', verified: 'golden' },
    });
    expect(seen).toEqual([1, 1]);
    const most = wish.request?.scaling?.maximum ?? 4;
    expect(limitsOf(at)).toEqual([[0, most]]);
    await at.pass(HOUR);
    expect(await countOf(at)).toBe(0);
    at.hosting.calls.length = 0;
    // Found as it should be, it is only asked, and wakes by itself.
    expect(await rollOut(at, wish)).toMatchObject({ outcome: { outcome: 'unchanged', verified: 'golden' } });
    expect(registered(at)).toEqual([]);
  },
);

test('what fails live is taken back, to a minimum of 0 and all else that was', async () => {
  const at = await asleep();
  const before = at.alive();
  at.answer = (url, name) =>
    name !== 'iris' || url?.includes(SHA_1) ? answerOf(url) : { status: 500, body: 'broken' };
  const { outcome } = await rollOut(at, { artifactSha256: SHA_2, request: { scaling: { ...scaling, maximum: 9 } } });
  expect(outcome).toMatchObject({ outcome: 'rolledBack', error: 'CanaryFailed', left: [] });
  const { endpoints: _, ...others } = at.alive();
  expect(others).toEqual({ ...before, endpoints: undefined });
  // The instance that came for the rollout goes as idle ones do.
  await at.pass(HOUR);
  expect(await countOf(at)).toBe(0);
});

test('a failure before the live endpoint is touched changes nothing of it', async () => {
  const at = await asleep();
  const before = at.alive();
  at.answer = () => ({ status: 500, body: 'broken' });
  expect((await rollOut(at, { artifactSha256: SHA_2 })).outcome).toMatchObject({ outcome: 'rolledBack' });
  expect(at.alive()).toEqual(before);
  expect(registered(at)).toEqual([]);
});

test('what the last step cannot let go is told with the command that does, and the next rollout mends it', async () => {
  const at = await asleep();
  at.beforeTask = (step: StepName) => {
    if (step === 'RetireSuperseded') throw Object.assign(new Error('no way'), { name: 'AccessDenied' });
  };
  const { outcome } = await rollOut(at, { artifactSha256: SHA_2 });
  expect(outcome).toMatchObject({
    outcome: 'deployed',
    warnings: expect.arrayContaining([
      expect.stringMatching(/keep a minimum of 1 in place of 0.*--min-capacity 0 --max-capacity 4/),
    ]),
  });
  expect(limitsOf(at)).toEqual([[1, 4]]);
  at.beforeTask = () => {};
  expect(await rollOut(at, { artifactSha256: SHA_2 })).toMatchObject({ outcome: { outcome: 'deployed' } });
  expect(limitsOf(at)).toEqual([[0, 4]]);
});

test('where a schedule has left no instance, none is what it comes back to', async () => {
  const night = { name: 'night', expression: 'cron(0 20 * * ? *)', timezone: 'UTC', minimum: 0, maximum: 0 };
  const scheduled = { ...scaling, minimum: 1, schedules: [night] };
  const at = new RolloutAccount();
  expect(await rollOut(at, { request: { scaling: scheduled } })).toMatchObject({ succeeded: true });
  // Its schedule has run.
  await at.perform({
    ...{ service: 'application-autoscaling', operation: 'RegisterScalableTarget' },
    input: { ...TARGET, MinCapacity: 0, MaxCapacity: 0 },
  });
  await at.pass(HOUR);
  let attempts = 0;
  at.beforeTask = (step) => {
    if (step === 'RunCanary' && attempts++ === 0) at.hosting.calls.length = 0;
  };
  expect(await rollOut(at, { artifactSha256: SHA_2, request: { scaling: scheduled } })).toMatchObject({
    succeeded: true,
  });
  // It was raised to verify, and lies at what the night has.
  expect(registered(at)).toEqual([[0, 0]]);
  expect(limitsOf(at)).toEqual([[0, 0]]);
});

const TARGET = {
  ServiceNamespace: 'sagemaker',
  ResourceId: 'endpoint/iris/variant/primary',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
};

test('without scaling nothing of it is left, and with more instances nothing wakes', async () => {
  const at = await asleep();
  expect(await rollOut(at, { request: { scaling: { ...scaling, minimum: 1 } } })).toMatchObject({ succeeded: true });
  expect([Object.keys(at.alive().scalingPolicies).length, at.alive().alarms]).toEqual([1, {}]);
  expect(await rollOut(at)).toMatchObject({ succeeded: true });
  expect(Object.keys(at.alive().alarms)).toHaveLength(1);
  expect(await rollOut(at, { request: { scaling: null } })).toMatchObject({ succeeded: true });
  const { scalableTargets, scalingPolicies, alarms } = at.alive();
  expect({ scalableTargets, scalingPolicies, alarms }).toEqual({
    scalableTargets: {},
    scalingPolicies: {},
    alarms: {},
  });
});

describe('asked for by requests, through the whole machine', () => {
  async function stage() {
    const stack = await stackWith('nothing', { ...engineAsItIs(), seed: 1 });
    const { account } = stack;
    const ask = async (request: object) => {
      const execution = stack.request({ endpointName: 'queued', ...request } as never);
      await stack.settle();
      return account.announced.find(({ rolloutId }) => rolloutId === execution.name);
    };
    const of = (things: object) => Object.entries(things).filter(([name]) => name.includes('queued'));
    const scaled = () => {
      const { scalableTargets, scalingPolicies, alarms } = account.hosting.snapshot();
      return [scalableTargets, scalingPolicies, alarms].map((things) => Object.fromEntries(of(things)));
    };
    const manifest = { hosting: { type: 'async' }, scaling: { minimum: 0, maximum: 3 } };
    account.s3.put('models/queued/rollout.json', Buffer.from(JSON.stringify(manifest)));
    stack.upload('models/queued/v1/model.tar.gz', await archive('good', 1));
    await stack.settle();
    expect(account.announced.at(-1)).toMatchObject({ outcome: 'deployed', endpointName: 'queued' });
    return { stack, ask, scaled };
  }

  test.each(['WaitForCanary', 'RetireSuperseded'])(
    'an execution that is stopped in %s is finished by the sweeper: its scaling is as it was, down to 0',
    async (at) => {
      const { stack, ask, scaled } = await stage();
      const { account } = stack;
      const before = scaled();
      let held: unknown;
      account.watch = (execution, moment, state) => {
        if (moment !== 'entering' || state !== at || stack.aborted.length > 0) return;
        held = Object.values(scaled()[0]!);
        stack.aborted.push(execution);
        execution.stop();
      };
      const outcome = await ask({ environment: { LEVEL: 'x' }, scaling: { maximum: 2 } });
      expect([stack.aborted.length, held]).toMatchObject([1, [{ min: 1, max: 2 }]]);
      expect(outcome).toMatchObject({ outcome: 'rolledBack', error: 'Stopped' });
      expect(scaled()).toEqual(before);
    },
  );

  test('its settings are kept, changes are told, and a retirement leaves nothing', async () => {
    const { ask, scaled } = await stage();
    const before = scaled();
    expect(await ask({ environment: { LEVEL: 'x' } })).toMatchObject({
      ...{ outcome: 'deployed', change: { settings: [{ setting: 'environment.LEVEL' }] } },
    });
    expect(scaled()).toEqual(before);
    const rush = {
      ...{ name: 'rush', adjustments: [{ lowerBound: 0, adjustment: 2 }] },
      alarm: {
        ...{ namespace: 'AWS/SageMaker', metricName: 'ApproximateBacklogSize', dimensions: { EndpointName: 'queued' } },
        ...{ statistic: 'Maximum', comparison: 'GreaterThanThreshold', threshold: 50 },
      },
    };
    expect(await ask({ scaling: { steps: [rush] } })).toMatchObject({
      outcome: 'deployed',
      change: {
        settings: [{ setting: 'scaling.steps', from: null, to: expect.stringContaining('"lowerBound":0') }],
      },
    });
    expect(Object.keys(scaled()[2]!)).toHaveLength(2);
    expect(await ask({ action: 'retireEndpoint' })).toMatchObject({ outcome: 'retired' });
    expect(scaled()).toEqual([{}, {}, {}]);
  });
});
