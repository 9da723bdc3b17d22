// An update that is verified on a serverless candidate before the live endpoint is touched.
import { RolloutAccount, SHA_1, SHA_2, type Wish } from './rollout-account.ts';

const isCandidate = (endpointName: string) => endpointName.startsWith('iris-k-');

const request: Wish['request'] = {
  networkIsolation: false,
  serverlessCandidate: { type: 'serverless', memoryMegabytes: 3072, maximumConcurrency: 1 },
};

async function serving(): Promise<RolloutAccount> {
  const account = new RolloutAccount();
  expect(await account.rollOut()).toMatchObject({ succeeded: true });
  account.hosting.calls.length = 0;
  return account;
}

const inputs = (account: RolloutAccount, operation: string) =>
  account.hosting.calls.filter((call) => call.operation === operation).map(({ input }) => input as never as Inputs);
interface Inputs {
  EndpointName: string;
  ProductionVariants: { ServerlessConfig?: object; InstanceType?: string }[];
}

test('it has no instances, is verified with the golden cases, and is gone when the live endpoint changes', async () => {
  const account = await serving();
  expect(await account.rollOut({ artifactSha256: SHA_2, request })).toMatchObject({ succeeded: true });

  const [live, candidate] = inputs(account, 'CreateEndpointConfig').map(({ ProductionVariants }) => ProductionVariants);
  expect(live).toMatchObject([{ InstanceType: 'ml.m5.large', InitialInstanceCount: 1 }]);
  expect(candidate).toEqual([
    {
      ...{ VariantName: 'primary', ModelName: expect.any(String), InitialVariantWeight: 1 },
      ServerlessConfig: { MemorySizeInMB: 3072, MaxConcurrency: 1 },
    },
  ]);
  const order = account.hosting.calls
    .filter(({ operation }) => ['InvokeEndpoint', 'DeleteEndpoint', 'UpdateEndpoint'].includes(operation))
    .map(({ operation, input }) => `${operation} ${isCandidate(String(input.EndpointName)) ? 'candidate' : 'live'}`);
  expect([...new Set(order)]).toEqual([
    'InvokeEndpoint candidate',
    'DeleteEndpoint candidate',
    'UpdateEndpoint live',
    'InvokeEndpoint live',
  ]);
  expect(Object.keys(account.alive().endpoints)).toEqual(['iris']);
});

test('wrong answers on it cost the live endpoint nothing', async () => {
  const account = await serving();
  const before = account.alive();
  account.answer = () => ({ status: 200, body: '{}' });
  expect((await account.rollOut({ artifactSha256: SHA_2, request })).outcome).toMatchObject({
    ...{ outcome: 'rolledBack', error: 'CanaryFailed', left: [] },
    serving: { artifactSha256: SHA_1 },
  });
  expect(account.alive()).toEqual(before);
  expect(inputs(account, 'UpdateEndpoint')).toEqual([]);
});

test.each([
  ['a serverless one may start cold', request, true],
  ['one with an instance may not be as slow', { networkIsolation: false }, false],
])('%s', async (_name, asked, succeeded) => {
  const account = await serving();
  const { answer } = account;
  account.answer = async (modelDataUrl, endpointName) => {
    if (isCandidate(endpointName)) await account.time.sleep(8_000);
    return answer(modelDataUrl, endpointName);
  };
  expect(await account.rollOut({ artifactSha256: SHA_2, request: asked })).toMatchObject({ succeeded });
});
