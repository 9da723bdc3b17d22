// An endpoint in a private network, on volumes with a key: what SageMaker is called with over its life, on the simulated stack.
import { AwsError } from '../../local/hosting/aws-error.ts';
import type { Json } from '../../simulate/engine/asl.ts';
import { fieldsOfLive } from '../../simulate/judging/live-settings.ts';
import { archive } from '../../simulate/world/archives.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import { keyOf, SimulatedStack } from '../../simulate/world/simulated-stack.ts';
import { KEY_ARN, VPC as vpc } from '../../simulate/world/stack-names.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { ALL_AT_ONCE } from '../../state-machine/contract/resolved-request.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';
import { RolloutAccount, SHA_1, SHA_2 } from './rollout-account.ts';

const VpcConfig = { Subnets: vpc.subnetIds, SecurityGroupIds: vpc.securityGroupIds };
const PRIVATE: Record<string, Json> = {
  network: { vpc },
  encryption: { volumeKmsKeyArn: KEY_ARN, captureKmsKeyArn: KEY_ARN },
  dataCapture: { samplingPercent: 10 },
};

interface Made {
  readonly ModelName?: string;
  readonly VpcConfig?: object;
  readonly EnableNetworkIsolation?: boolean;
  readonly KmsKeyId?: string;
  readonly DataCaptureConfig?: { KmsKeyId?: string };
}

class Stack extends SimulatedStack {
  constructor() {
    super({ ...engineAsItIs(), seed: 1 });
    this.manifest('iris', { canaryInvocations: { requests: 1 } });
  }

  async ends(): Promise<Outcome> {
    await this.settle();
    return this.account.announced.at(-1) as Outcome;
  }

  async uploaded(number: number): Promise<Outcome> {
    this.upload(keyOf('iris', number), await archive('good', number));
    return this.ends();
  }

  requested(request: Record<string, Json>): Promise<Outcome> {
    this.request({ endpointName: 'iris', ...request });
    return this.ends();
  }

  /** What was made since this was asked last. */
  made(): { models: Made[]; configs: Made[] } {
    const of = (operation: string) =>
      this.account.hosting.calls.filter((call) => call.operation === operation).map(({ input }) => input as Made);
    const made = { models: of('CreateModel'), configs: of('CreateEndpointConfig') };
    this.account.hosting.calls.length = 0;
    return made;
  }
}

test('network and keys reach model, configuration and candidate, and stay until somebody resets them', async () => {
  const stack = new Stack();
  expect(await stack.uploaded(1)).toMatchObject({ outcome: 'deployed' });
  const plain = stack.made();
  expect(plain).toMatchObject({ models: [{ EnableNetworkIsolation: true }], configs: [{}] });
  for (const each of [...plain.models, ...plain.configs]) {
    expect(each.VpcConfig).toBeUndefined();
    expect(each.KmsKeyId).toBeUndefined();
  }

  // The same model in another network is another model; its candidate has network and key, and captures nothing.
  expect(await stack.requested(PRIVATE)).toMatchObject({
    outcome: 'deployed',
    change: {
      model: false,
      settings: [
        { setting: 'dataCapture.capture' },
        { setting: 'dataCapture.samplingPercent' },
        { setting: 'encryption.captureKmsKeyArn', from: null, to: JSON.stringify(KEY_ARN) },
        { setting: 'encryption.volumeKmsKeyArn', from: null, to: JSON.stringify(KEY_ARN) },
        { setting: 'network.vpc.securityGroupIds', from: null, to: JSON.stringify(vpc.securityGroupIds) },
        { setting: 'network.vpc.subnetIds', from: null, to: JSON.stringify(vpc.subnetIds) },
      ],
    },
  });
  const inVpc = stack.made();
  expect(inVpc.models).toMatchObject([{ VpcConfig, EnableNetworkIsolation: true }]);
  expect(inVpc.models[0]?.ModelName).not.toBe(plain.models[0]?.ModelName);
  const [live, candidate] = inVpc.configs;
  expect(live).toMatchObject({ KmsKeyId: KEY_ARN, DataCaptureConfig: { KmsKeyId: KEY_ARN } });
  expect(candidate).toMatchObject({
    KmsKeyId: KEY_ARN,
    ProductionVariants: [{ ModelName: inVpc.models[0]?.ModelName }],
  });
  expect(candidate?.DataCaptureConfig).toBeUndefined();

  // In another order it is the same network.
  const reversed = { network: { vpc: { ...vpc, subnetIds: [...vpc.subnetIds].reverse() } } };
  expect(await stack.requested(reversed)).toMatchObject({ outcome: 'unchanged' });

  expect(await stack.uploaded(2)).toMatchObject({ outcome: 'deployed', change: { model: true, settings: [] } });
  expect(stack.made()).toMatchObject({
    models: [{ VpcConfig }],
    configs: [{ KmsKeyId: KEY_ARN }, { KmsKeyId: KEY_ARN }],
  });

  expect(await stack.requested({ reset: ['network', 'encryption'] })).toMatchObject({ outcome: 'deployed' });
  const bare = stack.made();
  expect(bare.models[0]?.VpcConfig).toBeUndefined();
  for (const config of bare.configs) expect(config.KmsKeyId).toBeUndefined();
  expect(bare.configs[0]?.DataCaptureConfig).toMatchObject({ InitialSamplingPercentage: 10 });
  expect(bare.configs[0]?.DataCaptureConfig?.KmsKeyId).toBeUndefined();

  expect(await stack.requested({ action: 'rollback', to: rolloutOf(stack, 2) })).toMatchObject({
    outcome: 'deployed',
  });
  expect(fieldsOfLive(stack.account.hosting.snapshot(), 'iris')).toMatchObject({
    ...{ volumeKey: KEY_ARN, vpc: JSON.stringify([vpc.subnetIds, vpc.securityGroupIds]) },
  });
});

/** The rollout of that upload. */
const rolloutOf = (stack: Stack, number: number): string =>
  (stack.account.announced as Outcome[]).find(({ upload }) => upload?.key === keyOf('iris', number))!.rolloutId;

test('a network that the platform does not list is rejected before anything is made, in the words of the setting', async () => {
  const stack = new Stack();
  await stack.uploaded(1);
  stack.made();
  const outcome = await stack.requested({ network: { vpc: { ...vpc, subnetIds: ['subnet-0a', 'subnet-0b'] } } });
  expect(outcome).toMatchObject({
    outcome: 'rejected',
    problems: [{ where: 'network.vpc.subnetIds', message: expect.stringContaining('setting allowedSubnetIds') }],
  });
  expect(stack.made()).toEqual({ models: [], configs: [] });
});

test('every variant of an endpoint is in the network, and all of them on volumes with the key', async () => {
  const account = new RolloutAccount();
  const { image, environment, hosting } = aResolvedRequest();
  const variant = { image, environment, hosting, scaling: null, goldenCases: null, trust: null };
  const names = { champion: SHA_1, challenger: SHA_2 };
  const { succeeded } = await account.rollOut({
    artifactOf: names,
    request: {
      ...{ variants: Object.keys(names).map((name) => ({ ...variant, name, weight: 1 })), strategy: ALL_AT_ONCE },
      ...{ alarms: null, vpc, volumeKmsKeyArn: KEY_ARN },
    },
  });
  expect(succeeded).toBe(true);
  const inputs = (operation: string) =>
    account.hosting.calls.filter((call) => call.operation === operation).map(({ input }) => input);
  expect(inputs('CreateModel')).toMatchObject([{ VpcConfig }, { VpcConfig }]);
  expect(inputs('CreateEndpointConfig')).toMatchObject([{ KmsKeyId: KEY_ARN, ProductionVariants: [{}, {}] }]);
});

describe('a right that is missing fails the rollout, and the outcome says how it is granted', () => {
  const denied = (role: string, action: string, resource: string) =>
    `User: arn:aws:sts::000000000000:assumed-role/${role}/s is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  const request = { vpc, volumeKmsKeyArn: KEY_ARN };

  test('of the execution role on the network', async () => {
    const reason = denied('execution', 'ec2:CreateNetworkInterface', 'arn:aws:ec2:us-east-1:0:subnet/subnet-0123abcd');
    const account = new RolloutAccount({ obstacleTo: async (started) => started.VpcConfig && reason });
    const { outcome } = await account.rollOut({ request });
    expect(outcome).toMatchObject({
      outcome: 'rolledBack',
      explanation: { cause: 'permissionMissing', nextStep: expect.stringContaining('"ec2:CreateNetworkInterface",') },
    });
    expect(account.alive().endpoints).toEqual({});
  });

  test('of who deploys on the key', async () => {
    const account = new RolloutAccount();
    account.hosting.interceptor = async ({ operation }, next) => {
      if (operation !== 'CreateEndpoint') return next();
      throw new AwsError('AccessDeniedException', denied('Stack-DeployEndpointRole-1', 'kms:CreateGrant', KEY_ARN));
    };
    const { outcome } = await account.rollOut({ request });
    expect(outcome).toMatchObject({
      outcome: 'rolledBack',
      explanation: {
        cause: 'permissionMissing',
        summary: `The role Stack-DeployEndpointRole-1 may not give SageMaker a grant on the key ${KEY_ARN}.`,
        nextStep: expect.stringContaining('"kms:GrantIsForAWSResource":"true"'),
      },
    });
  });

  test('a key that is disabled under an endpoint that serves takes only the update back', async () => {
    let isDisabled = false;
    const account = new RolloutAccount({
      obstacleTo: async ({ KmsKeyId }) => (isDisabled && KmsKeyId ? `${KmsKeyId} is disabled.` : undefined),
    });
    expect(await account.rollOut({ artifactSha256: SHA_1, request })).toMatchObject({ succeeded: true });
    const before = account.alive();
    isDisabled = true;
    const { outcome } = await account.rollOut({ artifactSha256: SHA_2, request });
    expect(outcome).toMatchObject({ outcome: 'rolledBack', explanation: { cause: 'keyNotUsable' } });
    expect(account.alive()).toEqual(before);
  });
});
