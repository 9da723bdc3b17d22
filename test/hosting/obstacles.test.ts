/** What keeps instances from coming up: a network that does not exist, rights that the role lacks, a key that is disabled. */

import {
  CreateModelCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
  type VpcConfig,
} from '@aws-sdk/client-sagemaker';
import type { HostingOptions } from '../../local/hosting/hosting.ts';
import { NETWORK, type StartedWith } from '../../local/hosting/started-with.ts';
import { Account, failure, IMAGE, ROLE } from './account.ts';

const KEY = 'arn:aws:kms:us-east-1:000000000000:key/1234';
const KNOWN: VpcConfig = { Subnets: [...NETWORK.subnets], SecurityGroupIds: [...NETWORK.securityGroups] };

/** An account with configurations "one" and "two"; their model may be in a VPC. */
async function accountWith(options: HostingOptions, VpcConfig?: VpcConfig, KmsKeyId?: string) {
  const account = new Account(options);
  const PrimaryContainer = { Image: IMAGE, ModelDataUrl: 's3://bucket/private/model.tar.gz' };
  const model = { ModelName: 'private', ExecutionRoleArn: ROLE, PrimaryContainer, VpcConfig };
  await account.sagemaker.send(new CreateModelCommand(model));
  for (const name of ['one', 'two']) await account.config(name, { ModelName: 'private' }, { KmsKeyId });
  return account;
}

/** The promise of an answer is one or two turns old when it is asked for again. */
const settled = () => new Promise(setImmediate);

test.each([
  ['subnet', { ...KNOWN, Subnets: ['subnet-1'] }, "The subnet ID 'subnet-1' does not exist"],
  ['security group', { ...KNOWN, SecurityGroupIds: ['sg-1'] }, "The security group 'sg-1' does not exist"],
])('an unknown %s is taken by CreateModel, and the endpoint fails', async (_what, vpc, FailureReason) => {
  const account = await accountWith({}, vpc);
  await account.endpoint('iris', 'one');
  expect(await account.status('iris')).toBe('Creating');
  account.pass(300);
  expect(await account.describe('iris')).toMatchObject({ EndpointStatus: 'Failed', FailureReason });
  expect(account.fleet.alive.size).toBe(0);
});

test('known ones serve; which are known may be said', async () => {
  for (const [network, vpc] of [
    [undefined, KNOWN],
    [
      { subnets: ['subnet-1'], securityGroups: ['sg-1'] },
      { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
    ],
  ] as const) {
    const account = await accountWith({ network }, { ...vpc } as VpcConfig);
    await account.endpoint('iris', 'one');
    account.pass(300);
    expect(await account.status('iris')).toBe('InService');
  }
});

test('what the role lacks fails a creation, rolls an update back, and stops a scale-out', async () => {
  let reason: string | undefined = 'not authorized to perform: kms:CreateGrant';
  const asked: StartedWith[] = [];
  const obstacleTo = async (started: StartedWith) => {
    asked.push(started);
    return reason;
  };
  const account = await accountWith({ obstacleTo }, KNOWN, KEY);
  await account.endpoint('fails', 'one');
  account.pass(300);
  account.hosting.advance();
  await settled();
  expect(await account.describe('fails')).toMatchObject({ EndpointStatus: 'Failed', FailureReason: reason });
  expect(asked).toEqual([{ roleArn: ROLE, VpcConfig: KNOWN, KmsKeyId: KEY, topics: [] }]);

  const reached = async (seconds: number) => {
    account.pass(seconds);
    account.hosting.advance();
    await settled();
    return account.describe('iris');
  };
  reason = undefined;
  await account.endpoint('iris', 'one');
  expect(await reached(300)).toMatchObject({ EndpointStatus: 'InService' });
  reason = 'the key is disabled';
  await account.update('iris', 'two');
  await reached(300);
  expect(await reached(300)).toMatchObject({
    ...{ EndpointStatus: 'InService', EndpointConfigName: 'one', FailureReason: reason },
  });
  const DesiredWeightsAndCapacities = [{ VariantName: 'primary', DesiredInstanceCount: 4 }];
  const scaleOut = { EndpointName: 'iris', DesiredWeightsAndCapacities };
  await account.sagemaker.send(new UpdateEndpointWeightsAndCapacitiesCommand(scaleOut));
  expect(await reached(300)).toMatchObject({ EndpointStatus: 'RollingBack' });
  expect(await reached(300)).toMatchObject({
    ...{ EndpointStatus: 'InService', FailureReason: reason },
    ProductionVariants: [{ CurrentInstanceCount: 2, DesiredInstanceCount: 2 }],
  });
});

test('who has neither a VPC nor a key is not asked for anything', async () => {
  const account = await accountWith({ obstacleTo: () => Promise.reject(new Error('asked')) });
  await account.endpoint('iris', 'one');
  account.pass(300);
  expect(await account.status('iris')).toBe('InService');
});

test.each([
  ['ml.m5d.large', true],
  ['ml.g4dn.xlarge', true],
  ['ml.g5.xlarge', true],
  ['ml.p4de.24xlarge', true],
  ['ml.p6-b200.48xlarge', true],
  ['ml.m5.large', false],
  ['ml.dl1.24xlarge', true],
  ['ml.c6gn.xlarge', false],
  ['ml.inf2.xlarge', false],
] as const)('%s has storage of its own, which no key encrypts: %s', async (InstanceType, isLocal) => {
  const account = new Account();
  const made = account.config('iris-1', { InstanceType }, { KmsKeyId: KEY });
  if (isLocal)
    expect(await failure(made)).toEqual([
      'ValidationException',
      expect.stringContaining(`KmsKeyId is not supported for ${InstanceType}`),
    ]);
  else await expect(made).resolves.toBeUndefined();
  await account.config('iris-2', { InstanceType });
});
