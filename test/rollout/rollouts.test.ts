// Rollouts from start to end, good and bad: how each ends, what serves then, and what is left.
import {
  AddTagsCommand,
  CreateEndpointConfigCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteTagsCommand,
  DescribeEndpointCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { LARGER, morning, scaling } from './iris-scaling.ts';
import { goldenCasesOf, RolloutAccount, SHA_1, SHA_2, STACK } from './rollout-account.ts';

const ARN = 'arn:aws:sagemaker:us-east-1:000000000000:endpoint/iris';

async function served(account: RolloutAccount) {
  const endpoint = await account.clients.sageMaker.send(new DescribeEndpointCommand({ EndpointName: 'iris' }));
  return {
    status: endpoint.EndpointStatus,
    config: endpoint.EndpointConfigName,
    count: endpoint.ProductionVariants?.[0]?.DesiredInstanceCount,
  };
}

/** An account in which the first artifact serves already. */
async function serving(): Promise<RolloutAccount> {
  const account = new RolloutAccount();
  expect(await account.rollOut()).toMatchObject({ succeeded: true });
  account.hosting.calls.length = 0;
  return account;
}

describe('a first rollout', () => {
  test('makes model, configuration and endpoint, waits, scales and verifies', async () => {
    const account = new RolloutAccount();
    const run = await account.rollOut();
    expect(run).toMatchObject({
      cause: null,
      succeeded: true,
      caught: [],
      output: { outcome: 'deployed', verified: 'golden' },
    });
    expect(account.mutations()).toEqual([
      'CreateModel',
      'CreateEndpointConfig',
      'CreateEndpoint',
      'RegisterScalableTarget',
      'PutScalingPolicy',
    ]);
    expect(await served(account)).toMatchObject({ status: 'InService', count: 1 });
    const { models, endpointConfigs, endpoints, scalingPolicies } = account.hosting.snapshot();
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
    const account = new RolloutAccount({ provisioning: () => 1_000_000 });
    const began = account.time.now;
    const run = await account.rollOut();
    const polls = run.states.filter((state) => state === 'CheckEndpoint').length;
    expect(account.time.now - began).toBeLessThan(1_000_000 * 1.02 + polls * 200 + 10_000);
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
    const account = new RolloutAccount();
    const nothing = account.alive();
    account.hosting.faultPlan.plan({ ...fault, endpointName: 'iris' });
    const run = await account.rollOut();
    expect(run).toMatchObject({ succeeded: false, error });
    expect(run.cause).toMatch(cause);
    if (fault.kind !== 'stuck') expect(account.alive()).toEqual(nothing);
    // Stuck in Creating it cannot be deleted: the rollback waits out its own budget and ends all the same.
    else
      expect(run.outcome).toMatchObject({
        outcome: 'needsAttention',
        left: [expect.stringContaining('still Creating')],
      });
  });

  test('wrong answers: endpoint, scaling, configuration and model are removed, in this order', async () => {
    const account = new RolloutAccount();
    account.answer = () => ({ status: 200, body: '{"artifact":"another"}' });
    const run = await account.rollOut();
    expect(run).toMatchObject({ succeeded: false, error: 'CanaryFailed' });
    expect(run.cause).toContain('"names its artifact": $.artifact is another instead of 1111');
    expect(account.mutations().slice(5)).toEqual([
      'DeregisterScalableTarget',
      'DeleteEndpoint',
      'DeleteEndpointConfig',
      'DeleteModel',
    ]);
    expect(account.alive()).toEqual(new RolloutAccount().alive());
  });

  test('a model that takes a minute for each answer fails within the time for the canary run', async () => {
    const account = new RolloutAccount();
    account.answer = async (url) => {
      await account.time.sleep(59_000);
      return { status: 200, body: JSON.stringify({ artifact: url?.split('/')[5] }) };
    };
    const [goldenCase] = goldenCasesOf(SHA_1).cases;
    const goldenCases = { cases: Array.from({ length: 100 }, (_, n) => ({ ...goldenCase, name: `case ${n}` })) };
    const run = await account.rollOut({ goldenCases });
    expect(run).toMatchObject({ error: 'CanaryFailed', retried: [], outcome: { outcome: 'rolledBack' } });
    expect(run.cause).toContain('no time was left to try it');
  });

  test('the rollback itself may fail: the execution ends with the first cause', async () => {
    const account = new RolloutAccount();
    account.hosting.faultPlan.plan({ kind: 'noCapacity', endpointName: 'iris' });
    account.beforeTask = (step) => {
      if (step === 'RollBack') throw Object.assign(new Error('no'), { name: 'AccessDenied' });
    };
    expect(await account.rollOut()).toMatchObject({
      succeeded: false,
      error: 'DeploymentFailed',
      caught: ['RollBack'],
    });
  });
});

describe('an update', () => {
  test('deploys the new model blue/green, keeps scaled-out instances, and leaves the old release for a rollback', async () => {
    const account = await serving();
    account.hosting.autoScale('iris', 'primary', 3);
    await account.pass(600_000);
    const run = await account.rollOut({ artifactSha256: SHA_2 });
    expect(run).toMatchObject({
      cause: null,
      succeeded: true,
      caught: [],
      output: { outcome: 'deployed', verified: 'golden' },
    });
    // Model and configuration; the candidate comes, is verified, and goes; only then the live endpoint is touched.
    expect(account.mutations()).toEqual([
      ...['CreateModel', 'CreateEndpointConfig'],
      ...['CreateEndpointConfig', 'CreateEndpoint', 'DeleteEndpoint', 'DeleteEndpointConfig'],
      'UpdateEndpoint',
    ]);
    expect(account.hosting.calls.find(({ operation }) => operation === 'UpdateEndpoint')?.input).toMatchObject({
      RetainAllVariantProperties: true,
      ExcludeRetainedVariantProperties: [{ VariantPropertyType: 'DataCaptureConfig' }],
    });
    expect(await served(account)).toMatchObject({ status: 'InService', count: 3 });
    expect(Object.keys(account.hosting.snapshot().models)).toHaveLength(2);
  });

  test('the same again changes nothing, and is verified again', async () => {
    const account = await serving();
    const before = account.alive();
    const run = await account.rollOut();
    expect(run.output).toMatchObject({ outcome: 'unchanged', verified: 'golden' });
    expect(account.mutations()).toEqual([]);
    expect(account.hosting.calls.some(({ operation }) => operation === 'InvokeEndpoint')).toBe(true);
    expect(account.alive()).toEqual(before);
  });

  test('only scaling and tags: no new model, configuration or deployment', async () => {
    const account = await serving();
    const scaling = {
      minimum: 1,
      maximum: 9,
      metric: 'SageMakerVariantInvocationsPerInstance',
      target: 100,
      scaleInCooldownSeconds: 300,
      scaleOutCooldownSeconds: 60,
    } as const;
    const run = await account.rollOut({ request: { scaling, tags: { owner: 'botany' } } });
    expect(run.succeeded).toBe(true);
    expect(account.mutations()).toEqual(['DeleteTags', 'AddTags', 'RegisterScalableTarget', 'PutScalingPolicy']);
    expect(Object.values(account.hosting.snapshot().endpoints)).toMatchObject([
      { tags: { owner: 'botany', 'sagemaker-deployer:rollout': 'rollout-1' } },
    ]);
  });

  test('a larger count is applied, a smaller one never lowers what serves', async () => {
    const account = await serving();
    const hosting = {
      type: 'realtime',
      instanceType: 'ml.m5.large',
      instanceCount: 4,
      startupTimeoutSeconds: null,
      downloadTimeoutSeconds: null,
    } as const;
    await account.rollOut({ request: { hosting } });
    expect(await served(account)).toMatchObject({ status: 'InService', count: 4 });
    await account.rollOut({ request: { hosting: { ...hosting, instanceCount: 2 } } });
    expect(await served(account)).toMatchObject({ status: 'InService', count: 4 });
    expect(account.mutations().filter((operation) => operation === 'CreateModel')).toEqual([]);
  });

  test.each([
    [
      'SageMaker rolls it back with a reason',
      (account: RolloutAccount) =>
        account.hosting.faultPlan.plan({ kind: 'rolledBack', change: 'update', reason: 'an alarm' }),
      'DeploymentRolledBack',
      /an alarm/,
    ],
    [
      'SageMaker rolls it back without a word',
      (account: RolloutAccount) => account.hosting.faultPlan.plan({ kind: 'rolledBack', change: 'update' }),
      'DeploymentRolledBack',
      /back on its previous configuration/,
    ],
    [
      'there is no capacity',
      (account: RolloutAccount) => account.hosting.faultPlan.plan({ kind: 'noCapacity', change: 'update' }),
      'DeploymentRolledBack',
      /InsufficientInstanceCapacity/,
    ],
    [
      'the new model answers wrongly',
      (account: RolloutAccount) => Object.assign(account, { answer: () => ({ status: 200, body: '{}' }) }),
      'CanaryFailed',
      /artifact is missing/,
    ],
    [
      'the new model crashes',
      (account: RolloutAccount) => Object.assign(account, { answer: () => ({ status: 500, body: 'boom' }) }),
      'CanaryFailed',
      /status is 500 instead of 200/,
    ],
  ])('%s: all is exactly as it was before', async (_name, fault, error, cause) => {
    const account = await serving();
    account.hosting.autoScale('iris', 'primary', 2);
    await account.pass(600_000);
    const before = account.alive();
    fault(account);
    const request = { scaling: { ...scaling, minimum: 2 }, tags: { team: 'trees' } };
    const run = await account.rollOut({ artifactSha256: SHA_2, request });
    expect(run).toMatchObject({
      succeeded: false,
      error,
      outcome: { outcome: 'rolledBack', serving: { artifactSha256: SHA_1 } },
    });
    expect(run.cause).toMatch(cause);
    expect(account.alive()).toEqual(before);
    expect(account.hosting.journal.filter(({ kind }) => kind !== 'status')).toEqual([]);
  });

  test('schedules and foreign policies survive a failed update', async () => {
    const account = await serving();
    await account.clients.autoScaling.send(morning);
    const before = account.alive();
    account.answer = () => ({ status: 500, body: '' });
    await account.rollOut({ artifactSha256: SHA_2, request: { scaling: null, verification: 'live' } });
    expect(account.mutations()).toContain('DeregisterScalableTarget');
    expect(account.alive()).toEqual(before);
  });

  test('to another instance type takes the scaling off, and puts it back with what people had added', async () => {
    const account = await serving();
    await account.clients.autoScaling.send(morning);
    const { scheduledActions, scalableTargets } = account.alive();
    const run = await account.rollOut({ request: { hosting: LARGER } });
    expect(run).toMatchObject({ succeeded: true });
    expect(account.mutations()).toEqual(expect.arrayContaining(['DeregisterScalableTarget', 'UpdateEndpoint']));
    expect(account.alive()).toMatchObject({ scheduledActions, scalableTargets });
  });

  test('to another instance type that fails puts the scaling back just as it was', async () => {
    const account = await serving();
    await account.clients.autoScaling.send(morning);
    const before = account.alive();
    account.answer = () => ({ status: 500, body: '' });
    await account.rollOut({ request: { hosting: LARGER, verification: 'live' } });
    expect(account.mutations()).toContain('UpdateEndpoint');
    expect(account.alive()).toEqual(before);
  });

  test.each([
    ['answers wrongly', () => ({ status: 200, body: '{}' }), 'CanaryFailed'],
    ['crashes', () => ({ status: 500, body: '' }), 'CanaryFailed'],
  ])(
    'a candidate that %s costs the live endpoint nothing: no call changes or invokes it',
    async (_name, answer, error) => {
      const account = await serving();
      const before = account.alive();
      account.answer = answer;
      const run = await account.rollOut({ artifactSha256: SHA_2 });
      expect(run).toMatchObject({ error, outcome: { outcome: 'rolledBack', serving: { artifactSha256: SHA_1 } } });
      expect(account.alive()).toEqual(before);
      const onLive = account.hosting.calls.filter(
        ({ input }) => (input as { EndpointName?: string }).EndpointName === 'iris',
      );
      expect(onLive.filter(({ operation }) => operation !== 'DescribeEndpoint')).toEqual([]);
    },
  );

  test.each(['noCapacity', 'unhealthy', 'stuck'] as const)('a candidate that meets %s leaves nothing', async (kind) => {
    const account = await serving();
    const before = account.alive();
    account.hosting.faultPlan.plan({ kind, change: 'create' });
    const run = await account.rollOut({ artifactSha256: SHA_2 });
    expect(run.succeeded).toBe(false);
    if (kind === 'stuck') expect(run.outcome).toMatchObject({ outcome: 'needsAttention' });
    else expect(account.alive()).toEqual(before);
  });

  test('a candidate is left out where the request says live', async () => {
    const account = await serving();
    await account.rollOut({ artifactSha256: SHA_2, request: { verification: 'live' } });
    expect(account.mutations()).toEqual(['CreateModel', 'CreateEndpointConfig', 'UpdateEndpoint']);
  });

  test('throttled polls are waited out', async () => {
    const account = await serving();
    let described = 0;
    account.hosting.interceptor = async (call, next) => {
      if (call.operation === 'DescribeEndpoint' && ++described > 3 && described < 12)
        account.hosting.faultPlan.throttle({ operation: 'DescribeEndpoint' });
      return next();
    };
    expect(await account.rollOut({ artifactSha256: SHA_2 })).toMatchObject({ succeeded: true });
  });

  test('answers that were lost after their effect are found again, not repeated', async () => {
    const account = await serving();
    const lost = new Set(['CreateModel', 'CreateEndpointConfig', 'UpdateEndpoint']);
    account.hosting.interceptor = async (call, next) => {
      const output = await next();
      if (lost.delete(call.operation)) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      return output;
    };
    expect(await account.rollOut({ artifactSha256: SHA_2 })).toMatchObject({ succeeded: true });
    expect(lost.size).toBe(0);
    expect(Object.keys(account.hosting.snapshot().endpointConfigs)).toHaveLength(2);
  });
});

describe('somebody else', () => {
  test('has an endpoint of this name: it is rejected with the command that adopts it', async () => {
    const account = await serving();
    await account.clients.sageMaker.send(
      new AddTagsCommand({ ResourceArn: ARN, Tags: [{ Key: 'sagemaker-deployer:stack', Value: 'Another' }] }),
    );
    account.hosting.calls.length = 0;
    const run = await account.rollOut({ artifactSha256: SHA_2 });
    expect(run).toMatchObject({ error: 'RequestRejected' });
    expect(run.cause).toContain(
      `aws sagemaker add-tags --resource-arn ${ARN} --tags Key=sagemaker-deployer:stack,Value=${STACK}`,
    );
    expect(account.mutations()).toEqual([]);
  });

  test('is changing the endpoint: it is waited for, and planned afresh', async () => {
    const account = await serving();
    account.hosting.systemUpdate('iris', 900_000);
    const run = await account.rollOut({ artifactSha256: SHA_2 });
    expect(run.succeeded).toBe(true);
    expect(run.states).toContain('WaitForIdleEndpoint');
  });

  test('is changing it for too long: nothing was made', async () => {
    const account = await serving();
    const before = account.alive();
    account.hosting.systemUpdate('iris', 10 * 3_600_000);
    const run = await account.rollOut({ artifactSha256: SHA_2 });
    expect(run).toMatchObject({ error: 'EndpointBusy' });
    expect(account.mutations()).toEqual([]);
    expect(Object.keys(account.hosting.snapshot().models)).toEqual(Object.keys(before.models));
  });

  async function foreignConfig(account: RolloutAccount): Promise<void> {
    const [ModelName] = Object.keys(account.hosting.snapshot().models);
    const variant = {
      VariantName: 'primary',
      ModelName,
      InstanceType: 'ml.m5.large',
      InitialInstanceCount: 1,
    } as const;
    await account.clients.sageMaker.send(
      new CreateEndpointConfigCommand({ EndpointConfigName: 'foreign', ProductionVariants: [variant] }),
    );
  }

  test('updates it while we do not look: it is left alone, our own leftovers are not', async () => {
    const account = await serving();
    await foreignConfig(account);
    const before = account.alive();
    let done = false;
    account.beforeTask = async (step) => {
      if (step !== 'RunCanary' || done) return;
      done = true;
      await account.clients.sageMaker.send(
        new UpdateEndpointCommand({ EndpointName: 'iris', EndpointConfigName: 'foreign' }),
      );
    };
    const run = await account.rollOut({ artifactSha256: SHA_2 });
    expect(run.outcome).toMatchObject({
      outcome: 'needsAttention',
      error: 'EndpointChanged',
      left: [expect.stringContaining('it was not touched')],
    });
    expect(await served(account)).toMatchObject({ config: 'foreign' });
    const after = account.hosting.snapshot();
    expect(Object.keys(after.models)).toEqual(Object.keys(before.models));
    expect(Object.keys(after.endpointConfigs)).toEqual(Object.keys(before.endpointConfigs));
  });

  test('deletes it after the update: what we made goes, and a person hears of it', async () => {
    const account = await serving();
    const { models, endpointConfigs } = account.alive();
    account.beforeTask = async (step) => {
      if (step === 'RegisterScaling')
        await account.clients.sageMaker.send(new DeleteEndpointCommand({ EndpointName: 'iris' }));
    };
    const run = await account.rollOut({ artifactSha256: SHA_2, request: { scaling: null } });
    expect(run.outcome).toMatchObject({
      outcome: 'needsAttention',
      left: [expect.stringContaining('deleted by somebody else')],
    });
    expect(account.alive()).toMatchObject({ models, endpointConfigs, endpoints: {} });
  });
});

describe('a live endpoint to which nothing can be rolled out', () => {
  const problemsOf = async (account: RolloutAccount) => {
    const { outcome } = await account.rollOut({ artifactSha256: SHA_2 });
    expect(outcome).toMatchObject({ outcome: 'rejected', error: 'RequestRejected' });
    return outcome?.problems;
  };

  test('because its configuration is gone: that is listed among the problems', async () => {
    const account = await serving();
    const { config } = await served(account);
    await account.clients.sageMaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: config }));
    expect(await problemsOf(account)).toEqual([
      { where: 'endpointName', message: expect.stringContaining(`The configuration ${config} that the endpoint iris`) },
    ]);
  });

  test('because it is not ours', async () => {
    const account = await serving();
    const untag = new DeleteTagsCommand({ ResourceArn: ARN, TagKeys: ['sagemaker-deployer:stack'] });
    await account.clients.sageMaker.send(untag);
    expect(await problemsOf(account)).toEqual([
      { where: 'endpointName', message: expect.stringContaining('is not managed by') },
    ]);
  });
});
