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
import { RolloutAccount, SHA_1, SHA_2 } from './rollout-account.ts';

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

async function serving(options: HostingOptions = {}): Promise<RolloutAccount> {
  const account = new RolloutAccount(options);
  expect(await account.rollOut()).toMatchObject({ succeeded: true });
  await account.pass(600_000);
  account.hosting.calls.length = 0;
  return account;
}

/** From some moment on, a call fails in some way. */
function failing(
  account: RolloutAccount,
  operation: string,
  strike: (next: () => Promise<object>) => Promise<object>,
): void {
  account.hosting.interceptor = (call, next) => (call.operation === operation ? strike(next) : next());
}
const after = async (next: () => Promise<object>): Promise<object> => {
  await next();
  throw new LostAnswer('socket hang up');
};
const never = async (): Promise<object> => {
  throw new AwsError('ThrottlingException', 'Rate exceeded');
};

/** Whatever was still under way is over. */
const settled = async (account: RolloutAccount) => {
  account.hosting.interceptor = undefined;
  await account.pass(2 * 3_600_000);
  return account.alive();
};
const deletedWhileInUse = (account: RolloutAccount) => account.hosting.journal.filter(({ kind }) => kind !== 'status');

describe('where DescribeEndpoint shows what was so a minute ago', () => {
  const stale = { staleness: { describeMs: 60_000 } };

  test('rollouts succeed, and what fails is taken back', async () => {
    const account = await serving(stale);
    expect(await account.rollOut({ artifactSha256: SHA_2, request: LIVE })).toMatchObject({ succeeded: true });
    await account.pass(600_000);
    const before = account.alive();
    account.answer = wrong;
    expect((await account.rollOut()).outcome).toMatchObject({ outcome: 'rolledBack', left: [] });
    expect(await settled(account)).toEqual(before);
    const empty = new RolloutAccount(stale);
    empty.answer = wrong;
    const nothing = empty.alive();
    expect((await empty.rollOut()).outcome).toMatchObject({ outcome: 'rolledBack', left: [] });
    expect(await settled(empty)).toEqual(nothing);
  });

  test.each([SHA_1, SHA_2])(
    'a creation that took effect unheard is found and taken back (%#)',
    async (artifactSha256) => {
      const account = new RolloutAccount(stale);
      const nothing = account.alive();
      // The task dies with the first answer: no retry sees the endpoint.
      failing(account, 'CreateEndpoint', async (next) => {
        await next();
        throw new AwsError('AccessDeniedException', 'not authorized');
      });
      const { outcome } = await account.rollOut({ artifactSha256 });
      expect(outcome).toMatchObject({ outcome: 'rolledBack' });
      expect(await settled(account)).toEqual(nothing);
      expect(deletedWhileInUse(account)).toEqual([]);
    },
  );

  test('an update that took effect unheard is found and taken back', async () => {
    const account = await serving(stale);
    const before = account.alive();
    let updates = 0;
    failing(account, 'UpdateEndpoint', async (next) => {
      await next();
      if (++updates > 1) return {};
      throw new AwsError('AccessDeniedException', 'not authorized');
    });
    const { outcome } = await account.rollOut({ artifactSha256: SHA_2, request: LIVE });
    expect(outcome).toMatchObject({ outcome: 'rolledBack' });
    expect(await settled(account)).toEqual(before);
    expect(deletedWhileInUse(account)).toEqual([]);
  });
});

describe('the rollback', () => {
  test.each([
    ['DescribeEndpoint', 'before'],
    ['UpdateEndpoint', 'before'],
    ['UpdateEndpoint', 'after'],
    ['ListTags', 'before'],
    ['DeleteModel', 'after'],
  ])('outlasts an hour in which %s gets no answer (lost %s its effect)', async (operation, when) => {
    const account = await serving();
    const before = account.alive();
    account.answer = wrong;
    let until = 0;
    account.beforeTask = (step) => {
      if (step !== 'RollBack' || until > 0) return;
      until = account.time.now + 3_600_000;
      failing(account, operation, async (next) => {
        if (account.time.now > until) return next();
        return when === 'after' ? after(next) : never();
      });
    };
    const { outcome } = await account.rollOut({ artifactSha256: SHA_2, request: LIVE });
    expect(outcome).toMatchObject({ outcome: 'rolledBack', error: 'CanaryFailed' });
    expect(await settled(account)).toEqual(before);
  });

  test.each(['DeleteEndpoint', 'UpdateEndpoint'])(
    'ends at its deadline where %s is refused for ever',
    async (operation) => {
      const account = operation === 'DeleteEndpoint' ? new RolloutAccount() : await serving();
      account.answer = wrong;
      let begun = false;
      account.beforeTask = (step) => {
        begun ||= step === 'RollBack';
      };
      account.hosting.interceptor = async (call, next) => {
        if (begun && call.operation === operation)
          throw validationException('Cannot update in-progress endpoint "arn".');
        return next();
      };
      const run = await account.rollOut({ artifactSha256: SHA_2, request: LIVE });
      expect(run.outcome).toMatchObject({ outcome: 'needsAttention', error: 'CanaryFailed' });
      expect(run.events).toBeLessThan(20_000);
      expect(deletedWhileInUse(account)).toEqual([]);
      expect(run.outcome?.serving).toBeNull();
    },
  );

  test.each(['DescribeEndpoint', 'UpdateEndpoint', 'DeleteEndpointConfig'])(
    'does not believe at once that %s is refused, and tells of it within minutes',
    async (operation) => {
      const refused = async (times: number) => {
        const account = await serving();
        const before = account.alive();
        account.answer = wrong;
        let begunAt = Number.POSITIVE_INFINITY;
        let left = times;
        account.beforeTask = (step) => {
          if (step === 'RollBack') begunAt = Math.min(begunAt, account.time.now);
        };
        account.hosting.interceptor = async (call, next) => {
          if (call.operation !== operation || account.time.now < begunAt || left-- <= 0) return next();
          throw new AwsError('AccessDeniedException', 'not authorized');
        };
        const { outcome } = await account.rollOut({ artifactSha256: SHA_2, request: LIVE });
        const minutes = (Date.parse(outcome!.endedAt) - begunAt) / 60_000;
        return { outcome, minutes, isAsBefore: JSON.stringify(await settled(account)) === JSON.stringify(before) };
      };
      expect(await refused(4)).toMatchObject({ outcome: { outcome: 'rolledBack', left: [] }, isAsBefore: true });
      const { outcome, minutes } = await refused(Number.POSITIVE_INFINITY);
      expect(outcome).toMatchObject({ outcome: 'needsAttention', error: 'CanaryFailed' });
      expect(outcome?.left.join()).toContain('The rollback failed: AccessDenied');
      expect(outcome?.left.join()).toContain('concurrency');
      // Five of them the update back takes.
      expect(minutes).toBeLessThan(10);
    },
  );

  test('an update that begins while DeployEndpoint waits for its turn is waited for', async () => {
    const account = await serving();
    const before = account.alive();
    account.beforeTask = (step) => {
      if (step === 'CreateModel') account.hosting.systemUpdate('iris', 3 * 3_600_000);
    };
    const { outcome } = await account.rollOut({ artifactSha256: SHA_2, request: LIVE });
    expect(outcome).toMatchObject({ outcome: 'rolledBack', error: 'EndpointBusy' });
    expect(await settled(account)).toEqual(before);
  });
});

describe('settings', () => {
  test('that fail half-way are put back: tags were changed, scaling was denied', async () => {
    const account = await serving();
    const before = account.alive();
    failing(account, 'RegisterScalableTarget', async () => {
      throw new AwsError('AccessDeniedException', 'not authorized');
    });
    const run = await account.rollOut({ request: { scaling, tags: { owner: 'botany' } } });
    expect(run.outcome).toMatchObject({ outcome: 'rolledBack', error: 'AccessDenied' });
    expect(account.mutations()).toEqual(['DeleteTags', 'AddTags', 'DeleteTags', 'AddTags']);
    expect(await settled(account)).toEqual(before);
  });

  test('all tags may be replaced by as many others', async () => {
    const account = await serving();
    const many = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${prefix}${index}`, 'x']));
    expect(await account.rollOut({ request: { tags: many('a') } })).toMatchObject({ succeeded: true });
    expect(await account.rollOut({ request: { tags: many('b') } })).toMatchObject({ succeeded: true });
  });

  test('scaling that was taken away is put back with its policies, schedules and what of it was suspended', async () => {
    const account = await serving();
    await account.clients.autoScaling.send(morning);
    await account.clients.autoScaling.send(
      new RegisterScalableTargetCommand({ ...target, SuspendedState: { DynamicScalingInSuspended: true } }),
    );
    const before = account.alive();
    account.answer = wrong;
    const { outcome } = await account.rollOut({ request: { scaling: null } });
    expect(account.mutations()).toContain('DeregisterScalableTarget');
    expect(outcome).toMatchObject({ outcome: 'rolledBack' });
    expect(await settled(account)).toEqual(before);
    const { ScalableTargets } = await account.clients.autoScaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' }),
    );
    expect(ScalableTargets).toMatchObject([{ SuspendedState: { DynamicScalingInSuspended: true } }]);
  });

  test('never take away instances that serve', async () => {
    const account = await serving();
    account.hosting.autoScale('iris', 'primary', 4);
    await account.pass(600_000);
    const run = await account.rollOut({ request: { scaling: { ...scaling, maximum: 2 } } });
    expect(run).toMatchObject({ error: 'RequestRejected', cause: expect.stringMatching(/scaling\.maximum.* 4 .*2/) });
    expect(account.mutations()).toEqual([]);
  });

  test.each([true, false])('more instances go with the update that failed (scaled: %s)', async (isScaled) => {
    const account = new RolloutAccount();
    const request = { scaling: isScaled ? scaling : null };
    await account.rollOut({ request: { ...request, hosting: instances(2) } });
    await account.pass(600_000);
    const before = account.alive();
    account.answer = wrong;
    await account.rollOut({ artifactSha256: SHA_2, request: { ...request, hosting: instances(4) } });
    expect(await settled(account)).toEqual(before);
  });
});

describe('what was there before', () => {
  test('a configuration that was adopted from an earlier release survives its failed redeployment', async () => {
    const account = await serving();
    await account.rollOut({ artifactSha256: SHA_2, request: LIVE });
    const before = account.alive();
    expect(Object.keys(before.endpointConfigs)).toHaveLength(2);
    account.answer = wrong;
    const { outcome } = await account.rollOut({ artifactSha256: SHA_1 });
    expect(outcome).toMatchObject({ outcome: 'rolledBack', serving: { artifactSha256: SHA_2 } });
    expect(await settled(account)).toEqual(before);
  });

  test('somebody else updates the endpoint before we do: not even its tags are touched', async () => {
    const account = await serving();
    const [ModelName] = Object.keys(account.alive().models);
    const variant = {
      VariantName: 'primary',
      ModelName,
      InstanceType: 'ml.m5.large',
      InitialInstanceCount: 1,
    } as const;
    await account.clients.sageMaker.send(
      new CreateEndpointConfigCommand({ EndpointConfigName: 'foreign', ProductionVariants: [variant] }),
    );
    let updated: ReturnType<RolloutAccount['alive']> | undefined;
    const update = new UpdateEndpointCommand({ EndpointName: 'iris', EndpointConfigName: 'foreign' });
    account.beforeTask = async (step) => {
      // It is over by the time at which the candidate is gone.
      if (step === 'VerifyCandidate') await account.clients.sageMaker.send(update);
      if (step === 'DeployEndpoint') updated ??= account.alive();
    };
    const { outcome } = await account.rollOut({ artifactSha256: SHA_2, request: { tags: { owner: 'botany' } } });
    expect(outcome).toMatchObject({ outcome: 'needsAttention', error: 'EndpointChanged' });
    expect((await settled(account)).endpoints).toEqual(updated?.endpoints);
    expect((await settled(account)).models).toEqual(Object.fromEntries([[ModelName, expect.anything()]]));
  });

  test('an endpoint that was adopted keeps its variant’s name, there and back', async () => {
    const account = await serving();
    const [ModelName] = Object.keys(account.alive().models);
    const variant = {
      VariantName: 'AllTraffic',
      ModelName,
      InstanceType: 'ml.m5.large',
      InitialInstanceCount: 2,
    } as const;
    await account.clients.autoScaling.send(new DeregisterScalableTargetCommand(target));
    await account.clients.sageMaker.send(
      new CreateEndpointConfigCommand({ EndpointConfigName: 'theirs', ProductionVariants: [variant] }),
    );
    await account.clients.sageMaker.send(
      new UpdateEndpointCommand({ EndpointName: 'iris', EndpointConfigName: 'theirs' }),
    );
    await account.pass(600_000);
    const before = account.alive();
    account.answer = wrong;
    const failed = await account.rollOut({ artifactSha256: SHA_2, request: LIVE });
    expect(failed.outcome).toMatchObject({
      outcome: 'rolledBack',
      serving: { endpointConfigName: 'theirs', artifactSha256: null },
    });
    expect(await settled(account)).toEqual(before);
    account.answer = new RolloutAccount().answer;
    expect(await account.rollOut({ artifactSha256: SHA_2, request: LIVE })).toMatchObject({ succeeded: true });
    expect(Object.keys(account.alive().scalableTargets)).toEqual([
      expect.stringContaining('endpoint/iris/variant/AllTraffic'),
    ]);
  });
});
