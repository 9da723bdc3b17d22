// Endpoints with several production variants, from start to end: how they come, change, share the traffic, and go.
import { aResolvedRequest } from '../request/a-resolved-request.ts';
import { answerOf, type Ended, RolloutAccount, SHA_1, SHA_2 } from './rollout-account.ts';
import {
  adjusted,
  alarms,
  calls,
  deployed,
  failsLive,
  instances,
  linear,
  live,
  SHA_3,
  scaled,
  serving,
  two,
  type Wanted,
  wish,
} from './several-variants.ts';

test('two variants come with the weights that are asked for, and each is verified by its own cases', async () => {
  const account = new RolloutAccount();
  const run = await account.rollOut(wish(two));
  expect(run).toMatchObject(deployed);
  expect(await live(account)).toEqual({ champion: [9, 4], challenger: [1, 1] });
  const asked = calls(account, 'InvokeEndpoint').map(({ TargetVariant }) => TargetVariant);
  expect(new Set(asked)).toEqual(new Set(['champion', 'challenger']));
  expect(asked.filter((name) => name === 'challenger').length).toBeGreaterThan(20);
  expect(calls(account, 'CreateModel')).toHaveLength(2);
});

test('one of two models that is wrong is found on its own, whatever its share', async () => {
  const account = new RolloutAccount();
  account.answer = (url) => answerOf(url?.replace(SHA_2, SHA_3));
  const run = await account.rollOut(wish({ champion: [SHA_1, 1], challenger: [SHA_2, 0] }));
  expect(run).toMatchObject({ succeeded: false, error: 'CanaryFailed', outcome: { outcome: 'rolledBack' } });
  expect(run.cause).toMatch(/^Variant challenger: Golden case "names its artifact"/);
  expect(account.alive().endpoints).toEqual({});
});

test('the same once more changes nothing, in whichever order the variants are named', async () => {
  const account = await serving();
  const { champion, challenger } = two as { champion: Wanted[string]; challenger: Wanted[string] };
  expect(await account.rollOut(wish({ challenger, champion }))).toMatchObject({ outcome: { outcome: 'unchanged' } });
  expect(account.mutations()).toEqual([]);
});

describe('weights alone', () => {
  const even: Wanted = { champion: [SHA_1, 1, instances(4)], challenger: [SHA_2, 1] };

  test('move without an update, after there is room for the share', async () => {
    const account = await serving();
    const before = account.alive();
    const run = await account.rollOut(wish(even));
    expect(run).toMatchObject(deployed);
    expect(account.mutations()).toEqual(['UpdateEndpointWeightsAndCapacities', 'UpdateEndpointWeightsAndCapacities']);
    // Five instances get the traffic, and half of them is three.
    expect(adjusted(account)).toEqual([{ challenger: '3 instances' }, { champion: 1, challenger: 1 }]);
    expect(await live(account)).toEqual({ champion: [1, 4], challenger: [1, 3] });
    expect(account.alive().endpointConfigs).toEqual(before.endpointConfigs);
    expect(await account.rollOut(wish(even))).toMatchObject({ outcome: { outcome: 'unchanged' } });
  });

  test('move step by step under alarms, with golden requests to whom they come', async () => {
    const account = await serving();
    const run = await account.rollOut(wish(even, { strategy: linear, alarms }));
    expect(run).toMatchObject(deployed);
    expect(adjusted(account)).toEqual([
      { challenger: '2 instances' },
      { champion: 1.4, challenger: 0.6 },
      { challenger: '3 instances' },
      { champion: 1, challenger: 1 },
    ]);
    expect(calls(account, 'PutMetricAlarm')).toHaveLength(4);
    expect(account.hosting.snapshot().alarms).toEqual({});
    const golden = calls(account, 'InvokeEndpoint').filter(({ InferenceId }) => InferenceId !== undefined);
    expect(new Set(golden.map(({ TargetVariant }) => TargetVariant))).toEqual(new Set(['challenger']));
    expect(golden.length).toBeGreaterThanOrEqual(30);
  });

  const isAsBefore = async (run: Ended, account: RolloutAccount, before: unknown) => {
    expect(run).toMatchObject({ succeeded: false, outcome: { outcome: 'rolledBack' } });
    expect(account.alive()).toEqual(before);
    expect(await live(account)).toEqual({ champion: [9, 4], challenger: [1, 1] });
  };

  test('are back, and so are the instances, where an answer is wrong in the middle', async () => {
    const account = await serving();
    const before = account.alive();
    failsLive(account, SHA_2, 5);
    const run = await account.rollOut(wish(even, { strategy: linear, alarms }));
    expect(run).toMatchObject({ error: 'CanaryFailed' });
    expect(run.cause).toMatch(/challenger answered \d+ of \d+ golden requests wrongly/);
    await isAsBefore(run, account, before);
  });

  test('are back where an alarm goes off', async () => {
    const account = await serving();
    const before = account.alive();
    let asked = 0;
    account.answer = (url) => (url?.includes(SHA_2) && ++asked > 1 ? { status: 503, body: 'busy' } : answerOf(url));
    const request = wish(even, { strategy: linear, alarms });
    const run = await account.rollOut(request);
    expect(run.error).toBe('CanaryFailed');
    await isAsBefore(run, account, before);
  });

  test('are back where SageMaker gives up on the way', async () => {
    const account = await serving();
    const before = account.alive();
    account.hosting.faultPlan.plan({ kind: 'noCapacity', endpointName: 'iris', change: 'scale' });
    const run = await account.rollOut(wish(even));
    expect(run).toMatchObject({ error: 'DeploymentFailed' });
    await isAsBefore(run, account, before);
  });
});

describe('a new model of one variant', () => {
  test('is verified alone on the candidate, and the weights stay', async () => {
    const account = await serving();
    const run = await account.rollOut(wish({ ...two, challenger: [SHA_3, 1] }));
    expect(run).toMatchObject(deployed);
    expect(await live(account)).toEqual({ champion: [9, 4], challenger: [1, 1] });
    const [candidate] = calls(account, 'CreateEndpointConfig').filter(({ EndpointConfigName }) =>
      String(EndpointConfigName).includes('-k-'),
    );
    expect(candidate!.ProductionVariants).toMatchObject([{ VariantName: 'challenger', InitialInstanceCount: 1 }]);
    expect(adjusted(account)).toEqual([]);
  });

  test('comes with another weight: first the update, then the weights', async () => {
    const account = await serving();
    const run = await account.rollOut(wish({ ...two, challenger: [SHA_3, 9] }));
    expect(run).toMatchObject(deployed);
    expect(account.mutations().slice(-3)).toEqual([
      ...['UpdateEndpoint', 'UpdateEndpointWeightsAndCapacities', 'UpdateEndpointWeightsAndCapacities'],
    ]);
    expect(await live(account)).toEqual({ champion: [9, 4], challenger: [9, 3] });
  });

  test('that is wrong never reaches the live endpoint', async () => {
    const account = await serving();
    const before = account.alive();
    account.answer = (url) => answerOf(url?.replace(SHA_3, SHA_1));
    const run = await account.rollOut(wish({ ...two, challenger: [SHA_3, 1] }));
    expect(run).toMatchObject({ error: 'CanaryFailed', outcome: { outcome: 'rolledBack' } });
    expect(account.alive()).toEqual(before);
    expect(calls(account, 'UpdateEndpoint')).toEqual([]);
  });

  test('that is wrong when it gets more traffic goes back exactly: weights, then model, then instances', async () => {
    const account = await serving({ ...two, challenger: [SHA_2, 1, instances(2)] });
    const before = account.alive();
    failsLive(account, SHA_3, 60);
    const wanted: Wanted = { ...two, challenger: [SHA_3, 9, instances(2)] };
    const run = await account.rollOut(wish(wanted, { strategy: linear, alarms }));
    expect(run).toMatchObject({ succeeded: false, outcome: { outcome: 'rolledBack' } });
    expect(account.alive()).toEqual(before);
  });
});

describe('another set of variants', () => {
  const three: Wanted = { ...two, third: [SHA_3, 10] };

  test('a new one comes without traffic, then gets its share', async () => {
    const account = await serving();
    const run = await account.rollOut(wish(three));
    expect(run).toMatchObject(deployed);
    const [update] = calls(account, 'UpdateEndpoint');
    expect(update).not.toHaveProperty('RetainAllVariantProperties');
    expect(update).not.toHaveProperty('DeploymentConfig');
    const config = calls(account, 'CreateEndpointConfig').find(
      ({ EndpointConfigName }) => EndpointConfigName === update!.EndpointConfigName,
    );
    expect(config!.ProductionVariants).toMatchObject([
      { VariantName: 'challenger', InitialVariantWeight: 1, InitialInstanceCount: 1 },
      { VariantName: 'champion', InitialVariantWeight: 9, InitialInstanceCount: 4 },
      { VariantName: 'third', InitialVariantWeight: 0, InitialInstanceCount: 3 },
    ]);
    expect(adjusted(account)).toEqual([{ champion: 9, challenger: 1, third: 10 }]);
    expect(await live(account)).toEqual({ champion: [9, 4], challenger: [1, 1], third: [10, 3] });
    expect(await account.rollOut(wish(three))).toMatchObject({ outcome: { outcome: 'unchanged' } });
  });

  test('one that is removed leaves room to who stays', async () => {
    const account = await serving(three);
    const run = await account.rollOut(wish({ third: [SHA_3, 1] }));
    expect(run).toMatchObject(deployed);
    // 15 weights were served by 6 instances.
    expect(await live(account)).toEqual({ third: [1, 6] });
    expect(await account.rollOut(wish({ third: [SHA_3, 1] }))).toMatchObject({ outcome: { outcome: 'unchanged' } });
  });

  test.each([
    ['added', { ...three, champion: [SHA_1, 9, scaled] } as Wanted],
    ['removed', { champion: [SHA_1, 9, scaled] } as Wanted],
    ['exchanged', { champion: [SHA_1, 9, scaled], third: [SHA_3, 3] } as Wanted],
  ])('one that was %s is taken back exactly, also where scaling had changed the numbers', async (_what, wanted) => {
    const account = await serving({ ...two, champion: [SHA_1, 9, scaled] });
    account.hosting.autoScale('iris', 'champion', 6);
    await account.pass(600_000);
    const before = account.alive();
    let isLive = false;
    account.beforeTask = (step) => {
      isLive ||= step === 'RunCanary';
    };
    account.answer = (url) => (isLive ? { status: 500, body: 'broken' } : answerOf(url));
    const run = await account.rollOut(wish(wanted));
    expect(run).toMatchObject({ error: 'CanaryFailed', outcome: { outcome: 'rolledBack' } });
    expect(account.alive()).toEqual(before);
  });

  test('needs a candidate, and says what it does instead of the strategy', async () => {
    const account = await serving();
    const refused = await account.rollOut(wish(three, { verification: 'live' }));
    expect(refused.outcome).toMatchObject({ outcome: 'rejected', problems: [{ where: 'verification' }] });
    const run = await account.rollOut(wish(three, { strategy: linear, alarms }));
    expect(run).toMatchObject({ ...deployed, outcome: { warnings: [expect.stringMatching(/no guardrails/)] } });
  });
});

test('a share that needs more instances than its variant may have is refused with the numbers', async () => {
  const account = await serving();
  const scaling = { ...aResolvedRequest().scaling!, maximum: 2 };
  const run = await account.rollOut(wish({ champion: [SHA_1, 1, instances(4)], challenger: [SHA_2, 1, { scaling }] }));
  expect(run.outcome).toMatchObject({ outcome: 'rejected', problems: [{ where: 'variants.1.scaling.maximum' }] });
  expect(run.cause).toContain('5 instances get the traffic now, and the share of challenger would need 3');
  expect(account.mutations()).toEqual([]);
});
