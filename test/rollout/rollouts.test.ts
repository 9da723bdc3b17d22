// Rollouts from start to end, good and bad: how each ends, what serves then, and what is left.
import {
  AddTagsCommand,
  CreateEndpointConfigCommand,
  DeleteEndpointCommand,
  DescribeEndpointCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { LARGER, morning, scaling } from './iris-scaling.ts';
import { goldenCasesOf, RolloutWorld, SHA_1, SHA_2, STACK } from './rollout-world.ts';

const ARN = 'arn:aws:sagemaker:us-east-1:000000000000:endpoint/iris';

async function served(world: RolloutWorld) {
  const endpoint = await world.sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'iris' }));
  return {
    status: endpoint.EndpointStatus,
    config: endpoint.EndpointConfigName,
    count: endpoint.ProductionVariants?.[0]?.DesiredInstanceCount,
  };
}

/** A world in which the first artifact serves already. */
async function serving(): Promise<RolloutWorld> {
  const world = new RolloutWorld();
  expect(await world.rollOut()).toMatchObject({ succeeded: true });
  world.hosting.calls.length = 0;
  return world;
}

describe('a first rollout', () => {
  test('makes model, configuration and endpoint, waits, scales and verifies', async () => {
    const world = new RolloutWorld();
    const run = await world.rollOut();
    expect(run).toMatchObject({
      cause: null,
      succeeded: true,
      caught: [],
      output: { outcome: 'deployed', verified: 'golden' },
    });
    expect(world.mutations()).toEqual([
      'CreateModel',
      'CreateEndpointConfig',
      'CreateEndpoint',
      'RegisterScalableTarget',
      'PutScalingPolicy',
    ]);
    expect(await served(world)).toMatchObject({ status: 'InService', count: 1 });
    const { models, endpointConfigs, endpoints, scalingPolicies } = world.hosting.snapshot();
    for (const made of [models, endpointConfigs, endpoints]) {
      expect(Object.values(made)).toMatchObject([
        { tags: { team: 'flowers', 'sagemaker-deployer:stack': STACK, 'sagemaker-deployer:rollout': 'rollout-1' } },
      ]);
    }
    expect(Object.values(scalingPolicies)).toMatchObject([
      { TargetTrackingScalingPolicyConfiguration: { TargetValue: 70 } },
    ]);
  });

  test('polls at first every 5 s, and sees InService within 2 % of the time waited', async () => {
    const world = new RolloutWorld({ provisioning: () => 1_000_000 });
    const began = world.now;
    const run = await world.rollOut();
    const polls = run.states.filter((state) => state === 'CheckEndpoint').length;
    expect(world.now - began).toBeLessThan(1_000_000 * 1.02 + polls * 200 + 10_000);
    expect(polls).toBeLessThan(50 + Math.log(1000 / 250) / Math.log(1.02) + 10);
  });

  test.each([
    ['no capacity', { kind: 'noCapacity' }, 'DeploymentFailed', /InsufficientInstanceCapacity/],
    [
      'a container that is never healthy',
      { kind: 'unhealthy' },
      'DeploymentFailed',
      /did not pass the ping health check/,
    ],
    ['an endpoint that stays Creating', { kind: 'stuck' }, 'DeadlineExceeded', /still Creating at the deadline/],
  ] as const)('%s: nothing is left, and the execution says why', async (_name, fault, error, cause) => {
    const world = new RolloutWorld();
    const nothing = world.alive();
    world.hosting.faultPlan.plan({ ...fault, endpointName: 'iris' });
    const run = await world.rollOut();
    expect(run).toMatchObject({ succeeded: false, error });
    expect(run.cause).toMatch(cause);
    if (fault.kind !== 'stuck') expect(world.alive()).toEqual(nothing);
    // Stuck in Creating it cannot be deleted: the way back waits out its own budget and ends all the same.
    else
      expect(run.outcome).toMatchObject({
        outcome: 'needsAttention',
        left: [expect.stringContaining('still Creating')],
      });
  });

  test('wrong answers: endpoint, scaling, configuration and model are removed, in this order', async () => {
    const world = new RolloutWorld();
    world.answer = () => ({ status: 200, body: '{"artifact":"another"}' });
    const run = await world.rollOut();
    expect(run).toMatchObject({ succeeded: false, error: 'CanaryFailed' });
    expect(run.cause).toContain('"names its artifact": $.artifact is another instead of 1111');
    expect(world.mutations().slice(5)).toEqual([
      'DeregisterScalableTarget',
      'DeleteEndpoint',
      'DeleteEndpointConfig',
      'DeleteModel',
    ]);
    expect(world.alive()).toEqual(new RolloutWorld().alive());
  });

  test('a model that takes a minute for each answer fails within the time for the canary run', async () => {
    const world = new RolloutWorld();
    world.answer = (url) => {
      world.now += 59_000;
      return { status: 200, body: JSON.stringify({ artifact: url?.split('/')[5] }) };
    };
    const [goldenCase] = goldenCasesOf(SHA_1).cases;
    const goldenCases = { cases: Array.from({ length: 100 }, (_, n) => ({ ...goldenCase, name: `case ${n}` })) };
    const run = await world.rollOut({ goldenCases });
    expect(run).toMatchObject({ error: 'CanaryFailed', retried: [], outcome: { outcome: 'rolledBack' } });
    expect(run.cause).toContain('no time was left to try it');
  });

  test('without golden cases it is verified by its health alone, and says so', async () => {
    const world = new RolloutWorld();
    const run = await world.rollOut({ goldenCases: null });
    expect(run.output).toMatchObject({
      outcome: 'deployed',
      verified: 'healthOnly',
      warnings: [expect.stringContaining('No golden cases')],
    });
    expect(world.hosting.calls.filter(({ operation }) => operation === 'InvokeEndpoint')).toHaveLength(0);
  });

  test('the way back itself may fail: the execution ends with the first cause', async () => {
    const world = new RolloutWorld();
    world.hosting.faultPlan.plan({ kind: 'noCapacity', endpointName: 'iris' });
    world.beforeTask = (step) => {
      if (step === 'RollBack') throw Object.assign(new Error('no'), { name: 'AccessDenied' });
    };
    expect(await world.rollOut()).toMatchObject({ succeeded: false, error: 'DeploymentFailed', caught: ['RollBack'] });
  });
});

describe('an update', () => {
  test('deploys the new model blue/green, keeps scaled-out instances, and leaves the old release for a rollback', async () => {
    const world = await serving();
    world.hosting.autoScale('iris', 'primary', 3);
    world.now += 600_000;
    const run = await world.rollOut({ artifactSha256: SHA_2 });
    expect(run).toMatchObject({
      cause: null,
      succeeded: true,
      caught: [],
      output: { outcome: 'deployed', verified: 'golden' },
    });
    // Model and configuration; the candidate comes, is verified, and goes; only then the live endpoint is touched.
    expect(world.mutations()).toEqual([
      ...['CreateModel', 'CreateEndpointConfig'],
      ...['CreateEndpointConfig', 'CreateEndpoint', 'DeleteEndpoint', 'DeleteEndpointConfig'],
      'UpdateEndpoint',
    ]);
    expect(world.hosting.calls.find(({ operation }) => operation === 'UpdateEndpoint')?.input).toMatchObject({
      RetainAllVariantProperties: true,
      ExcludeRetainedVariantProperties: [{ VariantPropertyType: 'DataCaptureConfig' }],
    });
    expect(await served(world)).toMatchObject({ status: 'InService', count: 3 });
    expect(Object.keys(world.hosting.snapshot().models)).toHaveLength(2);
  });

  test('the same again changes nothing, and is verified again', async () => {
    const world = await serving();
    const before = world.alive();
    const run = await world.rollOut();
    expect(run.output).toMatchObject({ outcome: 'unchanged', verified: 'golden' });
    expect(world.mutations()).toEqual([]);
    expect(world.hosting.calls.some(({ operation }) => operation === 'InvokeEndpoint')).toBe(true);
    expect(world.alive()).toEqual(before);
  });

  test('only scaling and tags: no new model, configuration or deployment', async () => {
    const world = await serving();
    const scaling = {
      minimum: 1,
      maximum: 9,
      metric: 'SageMakerVariantInvocationsPerInstance',
      target: 100,
      scaleInCooldownSeconds: 300,
      scaleOutCooldownSeconds: 60,
    } as const;
    const run = await world.rollOut({ request: { scaling, tags: { owner: 'botany' } } });
    expect(run.succeeded).toBe(true);
    expect(world.mutations()).toEqual(['DeleteTags', 'AddTags', 'RegisterScalableTarget', 'PutScalingPolicy']);
    expect(Object.values(world.hosting.snapshot().endpoints)).toMatchObject([
      { tags: { owner: 'botany', 'sagemaker-deployer:rollout': 'rollout-1' } },
    ]);
  });

  test('a larger count is applied, a smaller one never lowers what serves', async () => {
    const world = await serving();
    const hosting = {
      type: 'realtime',
      instanceType: 'ml.m5.large',
      instanceCount: 4,
      startupTimeoutSeconds: null,
      downloadTimeoutSeconds: null,
    } as const;
    await world.rollOut({ request: { hosting } });
    expect(await served(world)).toMatchObject({ status: 'InService', count: 4 });
    await world.rollOut({ request: { hosting: { ...hosting, instanceCount: 2 } } });
    expect(await served(world)).toMatchObject({ status: 'InService', count: 4 });
    expect(world.mutations().filter((operation) => operation === 'CreateModel')).toEqual([]);
  });

  test.each([
    [
      'SageMaker rolls it back with a reason',
      (world: RolloutWorld) =>
        world.hosting.faultPlan.plan({ kind: 'rolledBack', change: 'update', reason: 'an alarm' }),
      'DeploymentRolledBack',
      /an alarm/,
    ],
    [
      'SageMaker rolls it back without a word',
      (world: RolloutWorld) => world.hosting.faultPlan.plan({ kind: 'rolledBack', change: 'update' }),
      'DeploymentRolledBack',
      /back on its previous configuration/,
    ],
    [
      'there is no capacity',
      (world: RolloutWorld) => world.hosting.faultPlan.plan({ kind: 'noCapacity', change: 'update' }),
      'DeploymentRolledBack',
      /InsufficientInstanceCapacity/,
    ],
    [
      'the new model answers wrongly',
      (world: RolloutWorld) => Object.assign(world, { answer: () => ({ status: 200, body: '{}' }) }),
      'CanaryFailed',
      /artifact is missing/,
    ],
    [
      'the new model crashes',
      (world: RolloutWorld) => Object.assign(world, { answer: () => ({ status: 500, body: 'boom' }) }),
      'CanaryFailed',
      /status is 500 instead of 200/,
    ],
  ])('%s: all is exactly as it was before', async (_name, fault, error, cause) => {
    const world = await serving();
    world.hosting.autoScale('iris', 'primary', 2);
    world.now += 600_000;
    const before = world.alive();
    fault(world);
    const request = { scaling: { ...scaling, minimum: 2 }, tags: { team: 'trees' } };
    const run = await world.rollOut({ artifactSha256: SHA_2, request });
    expect(run).toMatchObject({
      succeeded: false,
      error,
      outcome: { outcome: 'rolledBack', serving: { artifactSha256: SHA_1 } },
    });
    expect(run.cause).toMatch(cause);
    expect(world.alive()).toEqual(before);
    expect(world.hosting.journal.filter(({ kind }) => kind !== 'status')).toEqual([]);
  });

  test('schedules and foreign policies survive a failed update', async () => {
    const world = await serving();
    await world.autoScaling.send(morning);
    const before = world.alive();
    world.answer = () => ({ status: 500, body: '' });
    await world.rollOut({ artifactSha256: SHA_2, request: { scaling: null, verification: 'live' } });
    expect(world.mutations()).toContain('DeregisterScalableTarget');
    expect(world.alive()).toEqual(before);
  });

  test('to another instance type takes the scaling off, and puts it back with what people had added', async () => {
    const world = await serving();
    await world.autoScaling.send(morning);
    const { scheduledActions, scalableTargets } = world.alive();
    const run = await world.rollOut({ request: { hosting: LARGER } });
    expect(run).toMatchObject({ succeeded: true });
    expect(world.mutations()).toEqual(expect.arrayContaining(['DeregisterScalableTarget', 'UpdateEndpoint']));
    expect(world.alive()).toMatchObject({ scheduledActions, scalableTargets });
  });

  test('to another instance type that fails puts the scaling back just as it was', async () => {
    const world = await serving();
    await world.autoScaling.send(morning);
    const before = world.alive();
    world.answer = () => ({ status: 500, body: '' });
    await world.rollOut({ request: { hosting: LARGER, verification: 'live' } });
    expect(world.mutations()).toContain('UpdateEndpoint');
    expect(world.alive()).toEqual(before);
  });

  test.each([
    ['answers wrongly', () => ({ status: 200, body: '{}' }), 'CanaryFailed'],
    ['crashes', () => ({ status: 500, body: '' }), 'CanaryFailed'],
  ])(
    'a candidate that %s costs the live endpoint nothing: no call changes or invokes it',
    async (_name, answer, error) => {
      const world = await serving();
      const before = world.alive();
      world.answer = answer;
      const run = await world.rollOut({ artifactSha256: SHA_2 });
      expect(run).toMatchObject({ error, outcome: { outcome: 'rolledBack', serving: { artifactSha256: SHA_1 } } });
      expect(world.alive()).toEqual(before);
      const onLive = world.hosting.calls.filter(
        ({ input }) => (input as { EndpointName?: string }).EndpointName === 'iris',
      );
      expect(onLive.filter(({ operation }) => operation !== 'DescribeEndpoint')).toEqual([]);
    },
  );

  test.each(['noCapacity', 'unhealthy', 'stuck'] as const)('a candidate that meets %s leaves nothing', async (kind) => {
    const world = await serving();
    const before = world.alive();
    world.hosting.faultPlan.plan({ kind, change: 'create' });
    const run = await world.rollOut({ artifactSha256: SHA_2 });
    expect(run.succeeded).toBe(false);
    if (kind === 'stuck') expect(run.outcome).toMatchObject({ outcome: 'needsAttention' });
    else expect(world.alive()).toEqual(before);
  });

  test('a candidate is left out where the request says live', async () => {
    const world = await serving();
    await world.rollOut({ artifactSha256: SHA_2, request: { verification: 'live' } });
    expect(world.mutations()).toEqual(['CreateModel', 'CreateEndpointConfig', 'UpdateEndpoint']);
  });

  test('throttled polls are waited out', async () => {
    const world = await serving();
    let described = 0;
    world.hosting.interceptor = async (call, next) => {
      if (call.operation === 'DescribeEndpoint' && ++described > 3 && described < 12)
        world.hosting.faultPlan.throttle({ operation: 'DescribeEndpoint' });
      return next();
    };
    expect(await world.rollOut({ artifactSha256: SHA_2 })).toMatchObject({ succeeded: true });
  });

  test('answers that were lost after their effect are found again, not repeated', async () => {
    const world = await serving();
    const lost = new Set(['CreateModel', 'CreateEndpointConfig', 'UpdateEndpoint']);
    world.hosting.interceptor = async (call, next) => {
      const output = await next();
      if (lost.delete(call.operation)) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      return output;
    };
    expect(await world.rollOut({ artifactSha256: SHA_2 })).toMatchObject({ succeeded: true });
    expect(lost.size).toBe(0);
    expect(Object.keys(world.hosting.snapshot().endpointConfigs)).toHaveLength(2);
  });
});

describe('somebody else', () => {
  test('has an endpoint of this name: it is rejected with the command that adopts it', async () => {
    const world = await serving();
    await world.sagemaker.send(
      new AddTagsCommand({ ResourceArn: ARN, Tags: [{ Key: 'sagemaker-deployer:stack', Value: 'Another' }] }),
    );
    world.hosting.calls.length = 0;
    const run = await world.rollOut({ artifactSha256: SHA_2 });
    expect(run).toMatchObject({ error: 'RequestRejected' });
    expect(run.cause).toContain(
      `aws sagemaker add-tags --resource-arn ${ARN} --tags Key=sagemaker-deployer:stack,Value=${STACK}`,
    );
    expect(world.mutations()).toEqual([]);
  });

  test('is changing the endpoint: it is waited for, and planned afresh', async () => {
    const world = await serving();
    world.hosting.systemUpdate('iris', 900_000);
    const run = await world.rollOut({ artifactSha256: SHA_2 });
    expect(run.succeeded).toBe(true);
    expect(run.states).toContain('WaitForIdleEndpoint');
  });

  test('is changing it for too long: nothing was made', async () => {
    const world = await serving();
    const before = world.alive();
    world.hosting.systemUpdate('iris', 10 * 3_600_000);
    const run = await world.rollOut({ artifactSha256: SHA_2 });
    expect(run).toMatchObject({ error: 'EndpointBusy' });
    expect(world.mutations()).toEqual([]);
    expect(Object.keys(world.hosting.snapshot().models)).toEqual(Object.keys(before.models));
  });

  async function foreignConfig(world: RolloutWorld): Promise<void> {
    const [ModelName] = Object.keys(world.hosting.snapshot().models);
    const variant = {
      VariantName: 'primary',
      ModelName,
      InstanceType: 'ml.m5.large',
      InitialInstanceCount: 1,
    } as const;
    await world.sagemaker.send(
      new CreateEndpointConfigCommand({ EndpointConfigName: 'foreign', ProductionVariants: [variant] }),
    );
  }

  test('updates it while we do not look: it is left alone, our own leftovers are not', async () => {
    const world = await serving();
    await foreignConfig(world);
    const before = world.alive();
    let done = false;
    world.beforeTask = async (step) => {
      if (step !== 'RunCanary' || done) return;
      done = true;
      await world.sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'iris', EndpointConfigName: 'foreign' }));
    };
    const run = await world.rollOut({ artifactSha256: SHA_2 });
    expect(run.outcome).toMatchObject({
      outcome: 'needsAttention',
      error: 'EndpointChanged',
      left: [expect.stringContaining('it was not touched')],
    });
    expect(await served(world)).toMatchObject({ config: 'foreign' });
    const after = world.hosting.snapshot();
    expect(Object.keys(after.models)).toEqual(Object.keys(before.models));
    expect(Object.keys(after.endpointConfigs)).toEqual(Object.keys(before.endpointConfigs));
  });

  test('deletes it after the update: what we made goes, and a person hears of it', async () => {
    const world = await serving();
    const { models, endpointConfigs } = world.alive();
    world.beforeTask = async (step) => {
      if (step === 'RegisterScaling') await world.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'iris' }));
    };
    const run = await world.rollOut({ artifactSha256: SHA_2, request: { scaling: null } });
    expect(run.outcome).toMatchObject({
      outcome: 'needsAttention',
      left: [expect.stringContaining('deleted by somebody else')],
    });
    expect(world.alive()).toMatchObject({ models, endpointConfigs, endpoints: {} });
  });
});
