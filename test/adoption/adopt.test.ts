// Endpoints that something else made and that were given to the stack by their tag, rolled out to from start to end.
import { ROLLOUT_TAG, STACK_TAG } from '../../lambdas/core/naming/ownership-tags.ts';
import { AwsError } from '../../local/hosting/aws-error.ts';
import type { HostingOptions } from '../../local/hosting/hosting-options.ts';
import { KEY_ARN, STACK, VPC } from '../../simulate/world/stack-names.ts';
import { RolloutAccount, SHA_1, SHA_2 } from '../rollout/rollout-account.ts';
import { askingFor, endpointConfigWith, ForeignAccount, modelWith } from './foreign-endpoint.ts';

const live = { verification: 'live' } as const;
const variant = { VariantName: 'live', ModelName: 'theirs', InitialInstanceCount: 1 };

async function adopted(endpointConfig = {}, model = {}, hosting: HostingOptions = {}): Promise<ForeignAccount> {
  const account = new ForeignAccount(hosting);
  await account.adopt({ ...endpointConfigWith(null), ...endpointConfig }, { ...modelWith(null), ...model });
  return account;
}

/** What no setting of a request stands for. */
const withVolumeSize = { ProductionVariants: [{ ...variant, InstanceType: 'ml.m5.large', VolumeSizeInGB: 100 }] };
const VpcConfig = { SecurityGroupIds: VPC.securityGroupIds, Subnets: VPC.subnetIds };

test('an endpoint with a VPC, a key and a shadow is refused by the shadow alone, and nothing changes', async () => {
  const shadow = { ...variant, VariantName: 'shadow', InstanceType: 'ml.m5.large' };
  const account = await adopted({ KmsKeyId: KEY_ARN, ShadowProductionVariants: [shadow] }, { VpcConfig });
  const before = account.alive();
  const { outcome } = await account.rollOut({ artifactSha256: SHA_2 });
  expect(outcome).toMatchObject({ outcome: 'rejected', error: 'RequestRejected' });
  expect(outcome?.problems).toMatchObject([
    { where: 'endpoint iris', message: expect.stringContaining('1 shadow variants') },
    { where: 'endpoint configuration theirs: ShadowProductionVariants', message: expect.stringContaining('"shadow"') },
  ]);
  expect(account.mutations()).toEqual([]);
  expect(account.alive()).toEqual(before);
});

test('one with a VPC and a key keeps both, on its candidate too, and the next rollout has nothing to say', async () => {
  const account = await adopted({ KmsKeyId: KEY_ARN }, { VpcConfig });
  const inputs = (operation: string) =>
    account.hosting.calls.filter((call) => call.operation === operation).map(({ input }) => input);
  const rollOut = async () => (await account.rollOut({ artifactSha256: SHA_1, request: askingFor() })).outcome;
  expect(await rollOut()).toMatchObject({ outcome: 'deployed', warnings: [], problems: [], change: { settings: [] } });
  expect(inputs('CreateModel')).toMatchObject([{ VpcConfig, EnableNetworkIsolation: false }]);
  expect(inputs('CreateEndpointConfig')).toMatchObject([{ KmsKeyId: KEY_ARN }, { KmsKeyId: KEY_ARN }]);
  expect(inputs('CreateEndpoint')).toMatchObject([{ EndpointName: expect.stringMatching(/^iris-k-/) }]);
});

test.each([
  [
    { VpcConfig: { ...VpcConfig, Subnets: ['subnet-0ff', ...VPC.subnetIds] } },
    {},
    'network.vpc.subnetIds',
    'subnet-0ff',
  ],
  [{ VpcConfig: { ...VpcConfig, SecurityGroupIds: ['sg-0ff'] } }, {}, 'network.vpc.securityGroupIds', 'sg-0ff'],
  [{}, { KmsKeyId: KEY_ARN.replace('1234abcd', 'ffffffff') }, 'encryption.volumeKmsKeyArn', 'key/ffffffff-'],
])('one whose network or key the platform does not list is refused: %j %j', async (model, config, where, found) => {
  const network = { subnets: [...VPC.subnetIds, 'subnet-0ff'], securityGroups: [...VPC.securityGroupIds, 'sg-0ff'] };
  const account = await adopted(config, model, { network });
  const { outcome } = await account.rollOut({ artifactSha256: SHA_2, request: askingFor() });
  expect(outcome).toMatchObject({ outcome: 'rejected', problems: [{ where }] });
  expect(outcome?.problems[0]?.message).toMatch(new RegExp(`${found}.* is kept from the endpoint as it is: `));
  expect(account.mutations()).toEqual([]);
});

test.each(['alias/theirs', KEY_ARN.replace(/key\/.*/, 'alias/theirs'), '1234abcd-12ab-34cd-56ef-1234567890ab'])(
  'a key that is named as %s is refused by its name',
  async (KmsKeyId) => {
    const account = await adopted({ KmsKeyId });
    const { outcome } = await account.rollOut({ artifactSha256: SHA_2, request: askingFor() });
    expect(outcome?.problems).toContainEqual({
      where: 'endpoint configuration theirs: KmsKeyId',
      message: expect.stringContaining(`It is "${KmsKeyId}". Requests name a key by its ARN alone`),
    });
  },
);

test('one with nothing but what rollouts know is taken over, and the next rollout has nothing to say', async () => {
  const account = await adopted();
  expect((await account.rollOut({ artifactSha256: SHA_1, request: live })).outcome).toMatchObject({
    ...{ outcome: 'deployed', warnings: [], problems: [] },
  });
  expect((await account.rollOut({ artifactSha256: SHA_1, request: live })).outcome).toMatchObject({
    ...{ outcome: 'unchanged', warnings: [] },
  });
});

describe('metrics', () => {
  const metricsOf = (account: RolloutAccount) =>
    account.hosting.calls
      .filter(({ operation }) => operation === 'CreateEndpointConfig')
      .map(({ input }) => input.MetricsConfig);

  test('are written out for a new endpoint, as SageMaker has them for new configurations', async () => {
    const account = new RolloutAccount();
    await account.rollOut({ artifactSha256: SHA_1 });
    expect(metricsOf(account)).toEqual([
      { EnableEnhancedMetrics: false, EnableDetailedObservability: true, MetricPublishFrequencyInSeconds: 60 },
    ]);
  });

  test('stay off where they were off, on the candidate too', async () => {
    const account = await adopted({ MetricsConfig: { EnableDetailedObservability: false } });
    await account.rollOut({ artifactSha256: SHA_1 });
    const off = { EnableEnhancedMetrics: false, EnableDetailedObservability: false };
    expect(metricsOf(account)).toEqual(Array(2).fill({ ...off, MetricPublishFrequencyInSeconds: 60 }));
  });
});

test('what a rollout of this stack made is only warned of: what is not known there is a mistake of the tables', async () => {
  const tags = [STACK_TAG, ROLLOUT_TAG].map((Key) => ({ Key, Value: STACK }));
  const account = await adopted({ Tags: tags, ...withVolumeSize });
  const { outcome } = await account.rollOut({ artifactSha256: SHA_2, request: live });
  expect(outcome).toMatchObject({
    outcome: 'deployed',
    warnings: [
      expect.stringMatching(/^endpoint configuration theirs: ProductionVariants\[0\]\.VolumeSizeInGB: It is 100/),
    ],
  });
});

test('the stack’s tag alone, which says who may change it, does not make a configuration the stack’s work', async () => {
  const account = await adopted({ Tags: [{ Key: STACK_TAG, Value: STACK }], ...withVolumeSize });
  expect((await account.rollOut({ artifactSha256: SHA_2 })).outcome).toMatchObject({ outcome: 'rejected' });
});

test('a model that is gone, or may not be read: what it had is not known', async () => {
  const gone = await adopted();
  await gone.call('DeleteModel', { ModelName: 'theirs' });
  expect((await gone.rollOut({ artifactSha256: SHA_2 })).outcome?.problems).toMatchObject([
    { where: 'model theirs', message: expect.stringMatching(/^It was deleted, .* no way to roll back/) },
  ]);
  const denied = await adopted();
  denied.hosting.interceptor = async ({ operation, input }, next) => {
    if (operation !== 'DescribeModel' || input.ModelName !== 'theirs') return next();
    throw new AwsError('AccessDeniedException', 'not authorized to perform: sagemaker:DescribeModel');
  };
  expect((await denied.rollOut({ artifactSha256: SHA_2 })).outcome?.problems).toMatchObject([
    { where: 'model theirs', message: expect.stringMatching(/^The stack may not read it, .* endpointNamePrefix/) },
  ]);
});

test('pools of instances are no serverless endpoint', async () => {
  const account = await adopted();
  const { interceptor } = account.hosting;
  const pools = { ...variant, InstancePools: [{ InstanceType: 'ml.m5.large', Priority: 1 }] };
  account.hosting.interceptor = async (call, next) => {
    const output = await (interceptor === undefined ? next() : interceptor(call, next));
    return call.operation === 'DescribeEndpointConfig' ? { ...output, ProductionVariants: [pools] } : output;
  };
  const { outcome } = await account.rollOut({ artifactSha256: SHA_2 });
  expect(outcome?.problems).toMatchObject([
    { where: 'endpoint iris', message: expect.stringContaining('no single instance type') },
    { where: 'endpoint configuration theirs: ProductionVariants[0].InstancePools' },
  ]);
  expect(JSON.stringify(outcome)).not.toContain('serverless');
});
