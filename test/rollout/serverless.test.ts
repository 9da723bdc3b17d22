// Rollouts to serverless endpoints on the real machine: made, updated, rolled back, scaled, and never worse than before.
import { throttlingException } from '../../local/hosting/aws-error.ts';
import { ALL_AT_ONCE, type ResolvedRequest } from '../../state-machine/contract/resolved-request.ts';
import { RolloutAccount, SHA_1, SHA_2, type Wish } from './rollout-account.ts';

type Serverless = Extract<ResolvedRequest['hosting'], { type: 'serverless' }>;

const HOSTING: Serverless = { type: 'serverless', memoryMegabytes: 2048, maximumConcurrency: 5 };
const WARM: Serverless = { ...HOSTING, provisionedConcurrency: 2 };
const SCALING: ResolvedRequest['scaling'] = {
  ...{ minimum: 1, maximum: 4, metric: 'SageMakerVariantProvisionedConcurrencyUtilization', target: 0.7 },
  ...{ scaleInCooldownSeconds: 300, scaleOutCooldownSeconds: 60 },
};
const TARGET = 'endpoint/iris/variant/primary sagemaker:variant:DesiredProvisionedConcurrency';

const request = (hosting: ResolvedRequest['hosting'] = HOSTING, more: Wish['request'] = {}): Wish['request'] => ({
  ...{ hosting, scaling: null, networkIsolation: false, strategy: ALL_AT_ONCE, alarms: null },
  ...more,
});

async function serving(first = request()): Promise<RolloutAccount> {
  const account = new RolloutAccount();
  expect(await account.rollOut({ request: first })).toMatchObject({ succeeded: true });
  account.hosting.calls.length = 0;
  return account;
}

const inputs = (account: RolloutAccount, operation: string) =>
  account.hosting.calls
    .filter((call) => call.operation === operation)
    .map(({ input }) => input as Record<string, unknown>);

const concurrency = (account: RolloutAccount) => {
  const { ProductionVariants } = account.alive().endpoints.iris as {
    ProductionVariants: { DesiredServerlessConfig: object }[];
  };
  return ProductionVariants[0]?.DesiredServerlessConfig;
};
const settle = (account: RolloutAccount) => account.time.run(() => false, account.time.now + 600_000);

test('it is made without instances, metrics, isolation or scaling, and its cold start is no slow model', async () => {
  const account = new RolloutAccount();
  const { outcome } = await account.rollOut({ request: request() });
  expect(outcome).toMatchObject({ outcome: 'deployed', verified: 'golden' });
  expect(outcome?.warnings).toEqual([
    expect.stringMatching(/^The containers can make calls to the internet/),
    expect.stringMatching(/^1 request before the measurement took longer than it allows, the slowest 7\d\d\d ms/),
  ]);
  const [config] = inputs(account, 'CreateEndpointConfig');
  expect(config).toEqual({
    EndpointConfigName: expect.any(String),
    ProductionVariants: [
      {
        ...{ VariantName: 'primary', ModelName: expect.any(String), InitialVariantWeight: 1 },
        ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 5 },
      },
    ],
    Tags: expect.anything(),
  });
  expect(inputs(account, 'CreateModel')).toMatchObject([{ EnableNetworkIsolation: false }]);
  expect(account.alive().scalableTargets).toEqual({});
});

test('an update is verified on a candidate of one request at a time, and retains nothing of which SageMaker says not what', async () => {
  const account = await serving(request(WARM));
  expect(await account.rollOut({ artifactSha256: SHA_2, request: request(WARM) })).toMatchObject({ succeeded: true });
  const [live, candidate] = inputs(account, 'CreateEndpointConfig').map(
    ({ ProductionVariants }) => (ProductionVariants as { ServerlessConfig: object }[])[0]?.ServerlessConfig,
  );
  expect(live).toEqual({ MemorySizeInMB: 2048, MaxConcurrency: 5, ProvisionedConcurrency: 2 });
  expect(candidate).toEqual({ MemorySizeInMB: 2048, MaxConcurrency: 1 });
  expect(inputs(account, 'UpdateEndpoint')).toEqual([{ EndpointName: 'iris', EndpointConfigName: expect.any(String) }]);
  expect(Object.keys(account.alive().endpoints)).toEqual(['iris']);
});

test('a model that is too slow still fails, cold start or not', async () => {
  const account = await serving();
  const { answer } = account;
  account.answer = async (...from) => {
    await account.time.sleep(6_000);
    return answer(...from);
  };
  expect((await account.rollOut({ artifactSha256: SHA_2, request: request() })).outcome).toMatchObject({
    ...{ outcome: 'rolledBack', error: 'CanaryFailed' },
    cause: expect.stringMatching(/99th percentile/),
  });
});

test.each([
  ['on the candidate', 'candidate'],
  ['on the live endpoint', 'live'],
] as const)('wrong answers %s leave everything as it was', async (_where, verification) => {
  const account = await serving(request(WARM, { scaling: SCALING }));
  account.hosting.autoScale('iris', 'primary', 4);
  await settle(account);
  const before = account.alive();
  const { answer } = account;
  account.answer = (url, endpointName) =>
    url?.includes(SHA_2) ? { status: 200, body: '{}' } : answer(url, endpointName);
  const wish = { artifactSha256: SHA_2, request: request(WARM, { scaling: SCALING, verification }) };
  const { outcome } = await account.rollOut(wish);
  expect(outcome).toMatchObject({ outcome: 'rolledBack', left: [], serving: { artifactSha256: SHA_1 } });
  expect(concurrency(account)).toEqual({ MemorySizeInMB: 2048, MaxConcurrency: 5, ProvisionedConcurrency: 4 });
  expect(account.alive()).toEqual(before);
});

test('what nobody scales goes back down too, where the new release had more', async () => {
  const account = await serving(request(WARM));
  const adjusted = { ServerlessUpdateConfig: { MaxConcurrency: 7, ProvisionedConcurrency: 3 } };
  await account.perform({
    ...{ service: 'sagemaker', operation: 'UpdateEndpointWeightsAndCapacities' },
    input: { EndpointName: 'iris', DesiredWeightsAndCapacities: [{ VariantName: 'primary', ...adjusted }] },
  });
  await settle(account);
  const before = account.alive();
  const { answer } = account;
  account.answer = (url, endpointName) =>
    url?.includes(SHA_2) ? { status: 200, body: '{}' } : answer(url, endpointName);
  const more = { ...WARM, maximumConcurrency: 9, provisionedConcurrency: 6 };
  const { outcome } = await account.rollOut({
    artifactSha256: SHA_2,
    request: request(more, { verification: 'live' }),
  });
  expect(outcome).toMatchObject({ outcome: 'rolledBack', left: [] });
  expect(inputs(account, 'UpdateEndpointWeightsAndCapacities').at(-1)).toMatchObject({
    DesiredWeightsAndCapacities: [{ VariantName: 'primary', ...adjusted }],
  });
  expect(account.alive()).toEqual(before);
});

test('an update takes away nothing that scaling, or somebody, has added', async () => {
  const account = await serving(request(WARM, { scaling: SCALING }));
  account.hosting.autoScale('iris', 'primary', 4);
  await settle(account);
  const wish = { artifactSha256: SHA_2, request: request(WARM, { scaling: SCALING }) };
  const { outcome } = await account.rollOut(wish);
  expect(outcome).toMatchObject({ outcome: 'deployed' });
  expect(outcome?.warnings[0]).toMatch(/^hosting.provisionedConcurrency: the variant primary has 4, more than the 2/);
  expect(concurrency(account)).toMatchObject({ ProvisionedConcurrency: 4 });
  // The same wish again finds its own configuration, also once less is needed.
  account.hosting.autoScale('iris', 'primary', 2);
  await settle(account);
  expect((await account.rollOut(wish)).outcome).toMatchObject({ outcome: 'unchanged' });
  expect(concurrency(account)).toMatchObject({ ProvisionedConcurrency: 2 });
});

test('what was scaled out between plan and update is not taken away: the rollout ends', async () => {
  const account = await serving(request(WARM, { scaling: SCALING }));
  account.beforeTask = async (step) => {
    if (step !== 'DeployEndpoint' || account.hosting.serving('iris')?.status !== 'InService') return;
    account.beforeTask = () => {};
    account.hosting.autoScale('iris', 'primary', 4);
    await account.time.sleep(400_000);
  };
  const wish = { artifactSha256: SHA_2, request: request(WARM, { scaling: SCALING, verification: 'live' as const }) };
  const { outcome } = await account.rollOut(wish);
  expect(outcome).toMatchObject({ outcome: 'rolledBack', error: 'EndpointChanged', left: [] });
  expect(concurrency(account)).toMatchObject({ ProvisionedConcurrency: 4 });
});

test('its provisioned concurrency is scaled, and no more once there is none', async () => {
  const account = await serving(request(WARM, { scaling: SCALING }));
  expect(account.alive().scalableTargets).toMatchObject({ [TARGET]: { min: 1, max: 4 } });
  expect(Object.values(account.alive().scalingPolicies)).toMatchObject([
    {
      PolicyName: 'sagemaker-deployer-invocations-per-instance',
      TargetTrackingScalingPolicyConfiguration: {
        PredefinedMetricSpecification: { PredefinedMetricType: SCALING?.metric },
        TargetValue: 0.7,
      },
    },
  ]);
  expect((await account.rollOut({ artifactSha256: SHA_2, request: request() })).outcome).toMatchObject({
    outcome: 'deployed',
  });
  expect(account.alive().scalableTargets).toEqual({});
  expect(account.ungranted).toEqual([]);
});

test('what ends its scaling brings it back when it is rolled back', async () => {
  const account = await serving(request(WARM, { scaling: SCALING }));
  const before = account.alive();
  const { answer } = account;
  account.answer = (url, endpointName) =>
    url?.includes(SHA_2) ? { status: 200, body: '{}' } : answer(url, endpointName);
  const wish = { artifactSha256: SHA_2, request: request(HOSTING, { verification: 'live' }) };
  expect((await account.rollOut(wish)).outcome).toMatchObject({ outcome: 'rolledBack', left: [] });
  expect(account.alive()).toEqual(before);
});

test.each([
  [
    'serverless to instances',
    request(),
    {},
    /is serverless, and instances are asked for.*another name, or retire iris first/,
  ],
  ['instances to serverless', {}, request(), /serves on instances, and serverless.*another name, or retire iris first/],
  [
    'a maximum below what is provisioned',
    request(WARM, { scaling: SCALING }),
    request({ ...WARM, provisionedConcurrency: 1 }, { scaling: { ...(SCALING as object), maximum: 1 } as never }),
    /^scaling.maximum: the endpoint iris has a provisioned concurrency of 2 now/,
  ],
])('%s is rejected, and nothing is changed', async (_what, first, then, cause) => {
  const account = await serving(first);
  const before = account.alive();
  expect((await account.rollOut({ artifactSha256: SHA_2, request: then })).outcome).toMatchObject({
    ...{ outcome: 'rejected', cause: expect.stringMatching(cause) },
  });
  expect(account.alive()).toEqual(before);
});

test('a request that is throttled while others are answered says nothing of the model', async () => {
  const account = await serving();
  let refused = 0;
  const { interceptor } = account.hosting;
  account.hosting.interceptor = async (call, next) => {
    if (call.operation === 'InvokeEndpoint' && refused < 3) {
      refused += 1;
      throw throttlingException();
    }
    return interceptor ? interceptor(call, next) : next();
  };
  const { outcome, retried } = await account.rollOut({ artifactSha256: SHA_2, request: request() });
  expect(outcome).toMatchObject({ outcome: 'deployed' });
  expect(retried).toEqual([]);
});

test("the account's concurrency that is used up is told, with what is in use", async () => {
  const account = new RolloutAccount({ quotas: { serverlessConcurrency: 9 } });
  await account.rollOut({ request: request() });
  const { outcome } = await account.rollOut({ artifactSha256: SHA_2, request: request() });
  expect(outcome).toMatchObject({ outcome: 'rolledBack', error: 'QuotaExceeded', left: [] });
  expect(outcome?.explanation).toMatchObject({
    cause: 'quotaExceeded',
    summary: expect.stringMatching(/serverless endpoints may have together.* is 9: 5 are in use, and 5 more/),
    nextStep: expect.stringMatching(/hosting.maximumConcurrency/),
  });
});
