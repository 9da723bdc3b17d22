// Ways back under adverse conditions: stale looks, outages, calls whose effect nobody heard of, settings changed half-way.
import {
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CreateEndpointConfigCommand, UpdateEndpointCommand } from '@aws-sdk/client-sagemaker';
import { AwsError, LostAnswer, validationException } from '../../local/hosting/aws-error.ts';
import type { HostingOptions } from '../../local/hosting/hosting.ts';
import { morning, scaling, target } from './iris-scaling.ts';
import { RolloutWorld, SHA_1, SHA_2 } from './rollout-world.ts';

/** Without a candidate, whose failure would end a rollout before the live endpoint is touched. */
const LIVE = { verification: 'live' } as const;

const instances = (instanceCount: number) =>
  ({
    type: 'realtime',
    instanceType: 'ml.m5.large',
    instanceCount,
    startupTimeoutSeconds: null,
    downloadTimeoutSeconds: null,
  }) as const;
const wrong = () => ({ status: 200, body: '{}' });

async function serving(options: HostingOptions = {}): Promise<RolloutWorld> {
  const world = new RolloutWorld(options);
  expect(await world.rollOut()).toMatchObject({ succeeded: true });
  world.now += 600_000;
  world.hosting.calls.length = 0;
  return world;
}

/** From some moment on, a call fails in some way. */
function failing(
  world: RolloutWorld,
  operation: string,
  strike: (next: () => Promise<object>) => Promise<object>,
): void {
  world.hosting.interceptor = (call, next) => (call.operation === operation ? strike(next) : next());
}
const after = async (next: () => Promise<object>): Promise<object> => {
  await next();
  throw new LostAnswer('socket hang up');
};
const never = async (): Promise<object> => {
  throw new AwsError('ThrottlingException', 'Rate exceeded');
};

/** Whatever was still under way is over. */
const settled = (world: RolloutWorld) => {
  world.hosting.interceptor = undefined;
  world.now += 2 * 3_600_000;
  return world.alive();
};
const deletedWhileInUse = (world: RolloutWorld) => world.hosting.journal.filter(({ kind }) => kind !== 'status');

describe('where DescribeEndpoint shows what was so a minute ago', () => {
  const stale = { staleness: { describeMs: 60_000 } };

  test('rollouts succeed, and what fails is taken back', async () => {
    const world = await serving(stale);
    expect(await world.rollOut({ artifactSha256: SHA_2, request: LIVE })).toMatchObject({ succeeded: true });
    world.now += 600_000;
    const before = world.alive();
    world.answer = wrong;
    expect((await world.rollOut()).outcome).toMatchObject({ outcome: 'rolledBack', left: [] });
    expect(settled(world)).toEqual(before);
    const empty = new RolloutWorld(stale);
    empty.answer = wrong;
    const nothing = empty.alive();
    expect((await empty.rollOut()).outcome).toMatchObject({ outcome: 'rolledBack', left: [] });
    expect(settled(empty)).toEqual(nothing);
  });

  test.each([SHA_1, SHA_2])(
    'a creation that took effect unheard is found and taken back (%#)',
    async (artifactSha256) => {
      const world = new RolloutWorld(stale);
      const nothing = world.alive();
      // The task dies with the first answer: no retry sees the endpoint.
      failing(world, 'CreateEndpoint', async (next) => {
        await next();
        throw new AwsError('AccessDeniedException', 'not authorized');
      });
      const { outcome } = await world.rollOut({ artifactSha256 });
      expect(outcome).toMatchObject({ outcome: 'rolledBack' });
      expect(settled(world)).toEqual(nothing);
      expect(deletedWhileInUse(world)).toEqual([]);
    },
  );

  test('an update that took effect unheard is found and taken back', async () => {
    const world = await serving(stale);
    const before = world.alive();
    let updates = 0;
    failing(world, 'UpdateEndpoint', async (next) => {
      await next();
      if (++updates > 1) return {};
      throw new AwsError('AccessDeniedException', 'not authorized');
    });
    const { outcome } = await world.rollOut({ artifactSha256: SHA_2, request: LIVE });
    expect(outcome).toMatchObject({ outcome: 'rolledBack' });
    expect(settled(world)).toEqual(before);
    expect(deletedWhileInUse(world)).toEqual([]);
  });
});

describe('the way back', () => {
  test.each([
    ['DescribeEndpoint', 'before'],
    ['UpdateEndpoint', 'before'],
    ['UpdateEndpoint', 'after'],
    ['ListTags', 'before'],
    ['DeleteModel', 'after'],
  ])('outlasts an hour in which %s gets no answer (lost %s its effect)', async (operation, when) => {
    const world = await serving();
    const before = world.alive();
    world.answer = wrong;
    let until = 0;
    world.beforeTask = (step) => {
      if (step !== 'RollBack' || until > 0) return;
      until = world.now + 3_600_000;
      failing(world, operation, async (next) => {
        if (world.now > until) return next();
        return when === 'after' ? after(next) : never();
      });
    };
    const { outcome } = await world.rollOut({ artifactSha256: SHA_2, request: LIVE });
    expect(outcome).toMatchObject({ outcome: 'rolledBack', error: 'CanaryFailed' });
    expect(settled(world)).toEqual(before);
  });

  test.each(['DeleteEndpoint', 'UpdateEndpoint'])(
    'ends at its deadline where %s is refused for ever',
    async (operation) => {
      const world = operation === 'DeleteEndpoint' ? new RolloutWorld() : await serving();
      world.answer = wrong;
      let begun = false;
      world.beforeTask = (step) => {
        begun ||= step === 'RollBack';
      };
      world.hosting.interceptor = async (call, next) => {
        if (begun && call.operation === operation)
          throw validationException('Cannot update in-progress endpoint "arn".');
        return next();
      };
      const run = await world.rollOut({ artifactSha256: SHA_2, request: LIVE });
      expect(run.outcome).toMatchObject({ outcome: 'needsAttention', error: 'CanaryFailed' });
      expect(run.events).toBeLessThan(20_000);
      expect(deletedWhileInUse(world)).toEqual([]);
      expect(run.outcome?.serving).toBeNull();
    },
  );

  test('an update that begins while DeployEndpoint waits for its turn is waited for', async () => {
    const world = await serving();
    const before = world.alive();
    world.beforeTask = (step) => {
      if (step === 'CreateModel') world.hosting.systemUpdate('iris', 3 * 3_600_000);
    };
    const { outcome } = await world.rollOut({ artifactSha256: SHA_2, request: LIVE });
    expect(outcome).toMatchObject({ outcome: 'rolledBack', error: 'EndpointBusy' });
    expect(settled(world)).toEqual(before);
  });
});

describe('settings', () => {
  test('that fail half-way are put back: tags were changed, scaling was denied', async () => {
    const world = await serving();
    const before = world.alive();
    failing(world, 'RegisterScalableTarget', async () => {
      throw new AwsError('AccessDeniedException', 'not authorized');
    });
    const run = await world.rollOut({ request: { scaling, tags: { owner: 'botany' } } });
    expect(run.outcome).toMatchObject({ outcome: 'rolledBack', error: 'AccessDenied' });
    expect(world.mutations()).toEqual(['DeleteTags', 'AddTags', 'DeleteTags', 'AddTags']);
    expect(settled(world)).toEqual(before);
  });

  test('all tags may be replaced by as many others', async () => {
    const world = await serving();
    const many = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${prefix}${index}`, 'x']));
    expect(await world.rollOut({ request: { tags: many('a') } })).toMatchObject({ succeeded: true });
    expect(await world.rollOut({ request: { tags: many('b') } })).toMatchObject({ succeeded: true });
  });

  test('scaling that was taken away is put back with its policies, schedules and what of it was suspended', async () => {
    const world = await serving();
    await world.autoScaling.send(morning);
    await world.autoScaling.send(
      new RegisterScalableTargetCommand({ ...target, SuspendedState: { DynamicScalingInSuspended: true } }),
    );
    const before = world.alive();
    world.answer = wrong;
    const { outcome } = await world.rollOut({ request: { scaling: null } });
    expect(world.mutations()).toContain('DeregisterScalableTarget');
    expect(outcome).toMatchObject({ outcome: 'rolledBack' });
    expect(settled(world)).toEqual(before);
    const { ScalableTargets } = await world.autoScaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' }),
    );
    expect(ScalableTargets).toMatchObject([{ SuspendedState: { DynamicScalingInSuspended: true } }]);
  });

  test('never take away instances that serve', async () => {
    const world = await serving();
    world.hosting.autoScale('iris', 'primary', 4);
    world.now += 600_000;
    const run = await world.rollOut({ request: { scaling: { ...scaling, maximum: 2 } } });
    expect(run).toMatchObject({ error: 'RequestRejected', cause: expect.stringMatching(/scaling\.maximum.* 4 .*2/) });
    expect(world.mutations()).toEqual([]);
  });

  test.each([true, false])('more instances go with the update that failed (scaled: %s)', async (isScaled) => {
    const world = new RolloutWorld();
    const request = { scaling: isScaled ? scaling : null };
    await world.rollOut({ request: { ...request, hosting: instances(2) } });
    world.now += 600_000;
    const before = world.alive();
    world.answer = wrong;
    await world.rollOut({ artifactSha256: SHA_2, request: { ...request, hosting: instances(4) } });
    expect(settled(world)).toEqual(before);
  });
});

describe('what was there before', () => {
  test('a configuration that was adopted from an earlier release survives its failed redeployment', async () => {
    const world = await serving();
    await world.rollOut({ artifactSha256: SHA_2, request: LIVE });
    const before = world.alive();
    expect(Object.keys(before.endpointConfigs)).toHaveLength(2);
    world.answer = wrong;
    const { outcome } = await world.rollOut({ artifactSha256: SHA_1 });
    expect(outcome).toMatchObject({ outcome: 'rolledBack', serving: { artifactSha256: SHA_2 } });
    expect(settled(world)).toEqual(before);
  });

  test('somebody else updates the endpoint before we do: not even its tags are touched', async () => {
    const world = await serving();
    const [ModelName] = Object.keys(world.alive().models);
    const variant = {
      VariantName: 'primary',
      ModelName,
      InstanceType: 'ml.m5.large',
      InitialInstanceCount: 1,
    } as const;
    await world.sagemaker.send(
      new CreateEndpointConfigCommand({ EndpointConfigName: 'foreign', ProductionVariants: [variant] }),
    );
    let updated: ReturnType<RolloutWorld['alive']> | undefined;
    world.beforeTask = async (step) => {
      if (step !== 'DeployEndpoint' || updated) return;
      await world.sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'iris', EndpointConfigName: 'foreign' }));
      world.now += 600_000;
      updated = world.alive();
    };
    const { outcome } = await world.rollOut({ artifactSha256: SHA_2, request: { tags: { owner: 'botany' } } });
    expect(outcome).toMatchObject({ outcome: 'needsAttention', error: 'EndpointChanged' });
    expect(settled(world).endpoints).toEqual(updated?.endpoints);
    expect(settled(world).models).toEqual(Object.fromEntries([[ModelName, expect.anything()]]));
  });

  test('an endpoint that was adopted keeps its variant’s name, there and back', async () => {
    const world = await serving();
    const [ModelName] = Object.keys(world.alive().models);
    const variant = {
      VariantName: 'AllTraffic',
      ModelName,
      InstanceType: 'ml.m5.large',
      InitialInstanceCount: 2,
    } as const;
    await world.autoScaling.send(new DeregisterScalableTargetCommand(target));
    await world.sagemaker.send(
      new CreateEndpointConfigCommand({ EndpointConfigName: 'theirs', ProductionVariants: [variant] }),
    );
    await world.sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'iris', EndpointConfigName: 'theirs' }));
    world.now += 600_000;
    const before = world.alive();
    world.answer = wrong;
    const failed = await world.rollOut({ artifactSha256: SHA_2, request: LIVE });
    expect(failed.outcome).toMatchObject({
      outcome: 'rolledBack',
      serving: { endpointConfigName: 'theirs', artifactSha256: null },
    });
    expect(settled(world)).toEqual(before);
    world.answer = new RolloutWorld().answer;
    expect(await world.rollOut({ artifactSha256: SHA_2, request: LIVE })).toMatchObject({ succeeded: true });
    expect(Object.keys(world.alive().scalableTargets)).toEqual([
      expect.stringContaining('endpoint/iris/variant/AllTraffic'),
    ]);
  });
});
