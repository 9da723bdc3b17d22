/** Several production variants: their weights, counts and concurrency, what an update does to them, and who answers. */

import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateEndpointConfigCommand,
  type CreateEndpointConfigInput,
  type DesiredWeightAndCapacity,
  type ProductionVariant,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import type { HostingOptions } from '../../local/hosting/hosting.ts';
import type { InProcessFleetOptions } from '../../local/hosting/in-process-fleet.ts';
import { Account, failure, SECOND } from './account.ts';

type Sizes = Record<string, { weight?: number; count?: number }>;

/** A configuration of variants on models of their own, each named `<config>-<variant>`. */
async function configOf(
  account: Account,
  name: string,
  sizes: Sizes,
  more: Partial<CreateEndpointConfigInput> = {},
): Promise<void> {
  const ProductionVariants: ProductionVariant[] = [];
  for (const [VariantName, { weight, count = 1 }] of Object.entries(sizes)) {
    const ModelName = `${name}-${VariantName}`;
    await account.model(ModelName);
    const of = { VariantName, ModelName, InstanceType: 'ml.m5.large', InitialInstanceCount: count } as const;
    ProductionVariants.push({ ...of, InitialVariantWeight: weight });
  }
  await account.sagemaker.send(
    new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants, ...more }),
  );
}

/** An endpoint "iris" that serves with such a configuration "ab". */
async function serving(sizes: Sizes, options: HostingOptions = {}, fleet: InProcessFleetOptions = {}) {
  const account = new Account(options, fleet);
  await configOf(account, 'ab', sizes);
  await account.endpoint('iris', 'ab');
  account.pass(600);
  expect(await account.status('iris')).toBe('InService');
  return account;
}

const change = (account: Account, ...DesiredWeightsAndCapacities: DesiredWeightAndCapacity[]) =>
  account.sagemaker.send(
    new UpdateEndpointWeightsAndCapacitiesCommand({ EndpointName: 'iris', DesiredWeightsAndCapacities }),
  );

const variantsOf = async (account: Account) => (await account.describe('iris')).ProductionVariants;

/** How often each variant answers. */
async function answers(account: Account, requests: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < requests; i += 1) {
    const { InvokedProductionVariant: name = '' } = await account.runtime.send(
      new InvokeEndpointCommand({ EndpointName: 'iris', Body: '{}' }),
    );
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe('UpdateEndpointWeightsAndCapacities', () => {
  test('changes several variants in one update: desired at once, half of the new instances half-way, all at its end', async () => {
    const account = await serving({ a: { count: 4 }, b: { count: 1 } });
    await change(
      account,
      { VariantName: 'a', DesiredWeight: 3, DesiredInstanceCount: 2 },
      { VariantName: 'b', DesiredWeight: 2, DesiredInstanceCount: 5 },
    );
    expect(await account.describe('iris')).toMatchObject({
      EndpointStatus: 'Updating',
      ProductionVariants: [
        { CurrentWeight: 1, DesiredWeight: 3, CurrentInstanceCount: 4, DesiredInstanceCount: 2 },
        { CurrentWeight: 1, DesiredWeight: 2, CurrentInstanceCount: 1, DesiredInstanceCount: 5 },
      ],
    });
    account.pass(150);
    expect(await variantsOf(account)).toMatchObject([
      { CurrentWeight: 1, CurrentInstanceCount: 4 },
      { CurrentWeight: 1, CurrentInstanceCount: 3 },
    ]);
    account.pass(150);
    expect(await account.describe('iris')).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: 'ab',
      ProductionVariants: [
        { CurrentWeight: 3, DesiredWeight: 3, CurrentInstanceCount: 2, DesiredInstanceCount: 2 },
        { CurrentWeight: 2, DesiredWeight: 2, CurrentInstanceCount: 5, DesiredInstanceCount: 5 },
      ],
    });
  });

  test('routes by the old weights until it ends', async () => {
    const account = await serving({ a: { weight: 1 }, b: { weight: 0 } });
    await change(account, { VariantName: 'a', DesiredWeight: 0 }, { VariantName: 'b', DesiredWeight: 1 });
    account.pass(299);
    expect(await answers(account, 20)).toEqual({ a: 20 });
    account.pass(1);
    expect(await answers(account, 20)).toEqual({ b: 20 });
  });

  test('added instances take the time that their containers need to start; weights alone do not', async () => {
    const account = await serving({ a: {}, b: {} }, {}, { startup: () => 40 * SECOND });
    await change(account, { VariantName: 'a', DesiredInstanceCount: 2 });
    account.pass(339);
    expect(await account.status('iris')).toBe('Updating');
    account.pass(1);
    expect(await account.status('iris')).toBe('InService');
    await change(account, { VariantName: 'a', DesiredWeight: 9 });
    account.pass(300);
    expect(await account.status('iris')).toBe('InService');
  });

  test.each([
    ['noCapacity', 300, /^Unable to provision requested ML compute capacity/],
    ['unhealthy', 780, /production variant b did not pass the ping health check/],
  ] as const)('%s in mid-way: InService again, with the old weights and counts', async (kind, seconds, reason) => {
    const account = await serving({ a: { weight: 3 }, b: { weight: 1 } });
    account.hosting.faultPlan.plan({ kind, change: 'scale' });
    await change(
      account,
      { VariantName: 'a', DesiredWeight: 1 },
      { VariantName: 'b', DesiredWeight: 1, DesiredInstanceCount: 3 },
    );
    account.pass(150);
    expect(await variantsOf(account)).toMatchObject([{ CurrentInstanceCount: 1 }, { CurrentInstanceCount: 2 }]);
    account.pass(seconds - 150);
    expect(await account.status('iris')).toBe('RollingBack');
    account.pass(300);
    const back = await account.describe('iris');
    expect(back).toMatchObject({
      EndpointStatus: 'InService',
      FailureReason: expect.stringMatching(reason),
      ProductionVariants: [
        { CurrentWeight: 3, DesiredWeight: 3, CurrentInstanceCount: 1, DesiredInstanceCount: 1 },
        { CurrentWeight: 1, DesiredWeight: 1, CurrentInstanceCount: 1, DesiredInstanceCount: 1 },
      ],
    });
    await change(account, { VariantName: 'a', DesiredWeight: 1 });
    expect((await account.describe('iris')).FailureReason).toBeUndefined();
  });

  test.each([
    [
      'a variant twice',
      [{ VariantName: 'a', DesiredWeight: 1 }, { VariantName: 'a' }],
      'The variant name "a" was non-unique within the request.',
    ],
    [
      'unknown variants',
      [{ VariantName: 'a' }, { VariantName: 'x' }, { VariantName: 'y' }],
      'The variant name(s) "x, y" is/are not present within endpoint configuration "ab".',
    ],
    [
      'no weight at all',
      [
        { VariantName: 'a', DesiredWeight: 0 },
        { VariantName: 'b', DesiredWeight: 0 },
      ],
      /weight greater than 0/,
    ],
    [
      'concurrency of an instance-based variant',
      [{ VariantName: 'a', ServerlessUpdateConfig: { MaxConcurrency: 2 } }],
      /instance-based/,
    ],
  ])('refuses %s, and changes nothing', async (_what, wanted, message) => {
    const account = await serving({ a: {}, b: {} });
    const before = account.hosting.snapshot();
    const [code, text] = await failure(change(account, ...wanted));
    expect([code, text]).toEqual([
      'ValidationException',
      typeof message === 'string' ? message : expect.stringMatching(message),
    ]);
    expect(account.hosting.snapshot()).toEqual(before);
  });

  test('refuses while the endpoint is changed, and what goes beyond the quota of both variants together', async () => {
    const account = await serving({ a: {}, b: {} }, { quotas: { instances: { 'ml.m5.large': 4 } } });
    const wanted = [
      { VariantName: 'a', DesiredInstanceCount: 2 },
      { VariantName: 'b', DesiredInstanceCount: 3 },
    ];
    expect(await failure(change(account, ...wanted))).toEqual([
      'ResourceLimitExceeded',
      expect.stringMatching(/current utilization of 2 Instances and a request delta of 3 Instances/),
    ]);
    await change(account, { VariantName: 'a', DesiredWeight: 2 });
    expect((await failure(change(account, { VariantName: 'a', DesiredWeight: 1 })))[1]).toMatch(
      /^Cannot update in-progress endpoint/,
    );
  });

  test('changes the concurrency of a serverless variant, and no count of it', async () => {
    const account = new Account();
    const ServerlessConfig = { MemorySizeInMB: 2048, MaxConcurrency: 5 };
    await account.config('ab', { InstanceType: undefined, InitialInstanceCount: undefined, ServerlessConfig });
    await account.endpoint('iris', 'ab');
    account.pass(300);
    const to = (ServerlessUpdateConfig: object) => ({ VariantName: 'primary', ServerlessUpdateConfig });
    await change(account, to({ MaxConcurrency: 8, ProvisionedConcurrency: 2 }));
    const after = { MemorySizeInMB: 2048, MaxConcurrency: 8, ProvisionedConcurrency: 2 };
    expect(await variantsOf(account)).toMatchObject([
      { CurrentServerlessConfig: ServerlessConfig, DesiredServerlessConfig: after },
    ]);
    account.pass(300);
    expect(await variantsOf(account)).toMatchObject([
      { CurrentServerlessConfig: after, DesiredServerlessConfig: after },
    ]);
    expect((await failure(change(account, to({ ProvisionedConcurrency: 9 }))))[1]).toMatch(/MaxConcurrency/);
    const count = { VariantName: 'primary', DesiredInstanceCount: 2 };
    expect((await failure(change(account, count)))[1]).toMatch(/serverless/);
  });
});

describe('configurations', () => {
  test('ten variants are taken, eleven are not', async () => {
    const account = new Account();
    const sizes = (count: number): Sizes =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`v${index}`, {}]));
    await configOf(account, 'ten', sizes(10));
    expect((await failure(configOf(account, 'eleven', sizes(11))))[1]).toMatch(/length less than or equal to 10/);
  });

  test('one weight may be 0, not all of them', async () => {
    const account = new Account();
    await configOf(account, 'one', { a: { weight: 0 }, b: {} });
    expect((await failure(configOf(account, 'none', { a: { weight: 0 }, b: { weight: 0 } })))[1]).toMatch(
      /weight greater than 0/,
    );
  });
});

describe('updates', () => {
  const allAtOnce = {
    BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 } },
  } as const;
  const rolling = {
    RollingUpdatePolicy: { MaximumBatchSize: { Type: 'INSTANCE_COUNT', Value: 1 }, WaitIntervalInSeconds: 0 },
  } as const;

  test('a variant comes or goes without a DeploymentConfig, by a whole second fleet; with one it is refused', async () => {
    const account = await serving({ a: {} }, { quotas: { instances: { 'ml.m5.large': 3 } } });
    await configOf(account, 'more', { a: {}, b: {} });
    const [, message] = await failure(account.update('iris', 'more', { DeploymentConfig: allAtOnce }));
    expect(message).toMatch(/variant names/);
    await account.update('iris', 'more');
    expect(account.fleet.alive.size).toBe(3);
    account.pass(300);
    expect(await account.status('iris')).toBe('InService');
    expect((await variantsOf(account))?.map(({ VariantName }) => VariantName)).toEqual(['a', 'b']);
    await configOf(account, 'other', { a: {}, c: {} });
    expect((await failure(account.update('iris', 'other')))[0]).toBe('ResourceLimitExceeded');
  });

  test('a rolling deployment of several variants is refused, blue/green is not', async () => {
    const account = await serving({ a: { count: 2 }, b: { count: 2 } });
    await configOf(account, 'next', { a: { count: 2 }, b: { count: 2 } });
    const [, message] = await failure(account.update('iris', 'next', { DeploymentConfig: rolling }));
    expect(message).toMatch(/only one production variant/);
    await account.update('iris', 'next', { DeploymentConfig: allAtOnce });
    account.pass(300);
    expect((await account.describe('iris')).EndpointConfigName).toBe('next');
  });

  test('while a canary of one variant’s model bakes, both fleets answer under the names of their variants', async () => {
    const account = await serving({ a: { count: 2 }, b: { count: 2 } });
    await configOf(account, 'next', { a: { count: 2 }, b: { count: 2 } });
    const TrafficRoutingConfiguration = {
      ...{ Type: 'CANARY' as const, WaitIntervalInSeconds: 600 },
      CanarySize: { Type: 'INSTANCE_COUNT' as const, Value: 1 },
    };
    const DeploymentConfig = { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration } };
    await account.update('iris', 'next', { DeploymentConfig });
    account.pass(300);
    const models = new Set<string>();
    for (let i = 0; i < 60; i += 1) models.add((await account.invoke('iris', 'a')).model);
    expect(models).toEqual(new Set(['ab-a', 'next-a']));
    const { invocations } = account.hosting.metrics('iris').find(({ configName }) => configName === 'next')!;
    expect(invocations).toBeGreaterThan(0);
  });

  test('weights and counts go back to the configuration’s, unless they are retained, each by its name', async () => {
    const account = await serving({ a: { weight: 1 }, b: { weight: 1 } });
    const moved = { VariantName: 'a', DesiredWeight: 9, DesiredInstanceCount: 3 };
    await change(account, moved);
    account.pass(300);
    const sizesAfter = async (more: object) => {
      await account.update('iris', 'ab', more);
      account.pass(300);
      return (await variantsOf(account))?.map((each) => [each.CurrentWeight, each.CurrentInstanceCount]);
    };
    const retained = { RetainAllVariantProperties: true };
    const without = (VariantPropertyType: string) => ({
      ...retained,
      ExcludeRetainedVariantProperties: [{ VariantPropertyType }],
    });
    const kept = [9, 3];
    expect(await sizesAfter(retained)).toEqual([kept, [1, 1]]);
    expect(await sizesAfter(without('DesiredInstanceCount'))).toEqual([
      [9, 1],
      [1, 1],
    ]);
    await change(account, moved);
    account.pass(300);
    expect(await sizesAfter(without('DesiredWeight'))).toEqual([
      [1, 3],
      [1, 1],
    ]);
    expect(await sizesAfter({})).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });
});

describe('invocations', () => {
  test('share themselves by weight, within what chance allows, and the same in each run', async () => {
    const sizes = { a: { weight: 5 }, b: { weight: 3 }, c: { weight: 2 } };
    const requests = 2_000;
    const account = await serving(sizes);
    const counts = await answers(account, requests);
    for (const [name, { weight }] of Object.entries(sizes)) {
      const share = weight / 10;
      // Four standard deviations: one run in sixteen thousand lies outside, and this one is always the same.
      const allowed = 4 * Math.sqrt((share * (1 - share)) / requests);
      expect(Math.abs(counts[name]! / requests - share)).toBeLessThan(allowed);
    }
    expect(await answers(await serving(sizes), requests)).toEqual(counts);
  });

  test('of one endpoint do not change the draws of another', async () => {
    const sizes = { a: {}, b: {} };
    const alone = await answers(await serving(sizes), 50);
    const account = await serving(sizes);
    await configOf(account, 'wine-ab', sizes);
    await account.endpoint('wine', 'wine-ab');
    account.pass(300);
    for (let i = 0; i < 7; i += 1) await account.invoke('wine');
    expect(await answers(account, 50)).toEqual(alone);
  });

  test('TargetVariant reaches a variant of weight 0, and none that does not exist or has no instance', async () => {
    const account = await serving({ a: {}, b: { weight: 0 } });
    expect(await answers(account, 30)).toEqual({ a: 30 });
    expect(await account.invoke('iris', 'b')).toEqual({ model: 'ab-b' });
    expect(await failure(account.invoke('iris', 'z'))).toEqual(['ValidationError', 'Variant z not found for Request']);
    await change(account, { VariantName: 'b', DesiredInstanceCount: 0 });
    account.pass(300);
    expect((await failure(account.invoke('iris', 'b')))[0]).toBe('ServiceUnavailable');
    await change(account, { VariantName: 'b', DesiredInstanceCount: 1 });
    account.pass(299);
    expect((await failure(account.invoke('iris', 'b')))[0]).toBe('ServiceUnavailable');
    account.pass(1);
    expect(await account.invoke('iris', 'b')).toEqual({ model: 'ab-b' });
  });

  test('are counted by variant: requests, errors, latency and its percentile rank', async () => {
    const latency: Record<string, number> = { 'ab-a': 100, 'ab-b': 400 };
    const account: Account = await serving(
      { a: {}, b: { weight: 0 } },
      {},
      {
        answer: (_request, { modelName }) => {
          account.now += latency[modelName]!;
          return { status: modelName === 'ab-b' ? 500 : 200, body: '{}' };
        },
      },
    );
    const from = account.now;
    for (let i = 0; i < 3; i += 1) await account.invoke('iris');
    await failure(account.invoke('iris', 'b'));
    const metric = (VariantName: string, MetricName: string, Stat: string) => ({
      Id: `${VariantName}${MetricName}`.toLowerCase(),
      MetricStat: {
        ...{ Period: 60, Stat },
        Metric: {
          ...{ Namespace: 'AWS/SageMaker', MetricName },
          Dimensions: [
            { Name: 'EndpointName', Value: 'iris' },
            { Name: 'VariantName', Value: VariantName },
          ],
        },
      },
    });
    const read = async (...query: Parameters<typeof metric>) => {
      const { MetricDataResults } = await account.cloudwatch.send(
        new GetMetricDataCommand({
          ...{ StartTime: new Date(from), EndTime: new Date(account.now + 60_000) },
          MetricDataQueries: [metric(...query)],
        }),
      );
      return MetricDataResults?.[0]?.Values;
    };
    expect(await read('a', 'Invocations', 'Sum')).toEqual([3]);
    expect(await read('b', 'Invocations', 'Sum')).toEqual([1]);
    expect(await read('a', 'Invocation5XXErrors', 'Sum')).toEqual([0]);
    expect(await read('b', 'Invocation5XXErrors', 'Sum')).toEqual([1]);
    expect(await read('a', 'ModelLatency', 'p99')).toEqual([100_000]);
    expect(await read('b', 'ModelLatency', 'PR(:300000)')).toEqual([0]);
    expect(await read('a', 'ModelLatency', 'PR(:300000)')).toEqual([100]);
    expect(await read('a', 'ModelLatency', 'PR(100000:)')).toEqual([0]);
  });
});
