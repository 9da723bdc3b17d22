/** Application Auto Scaling over SageMaker variants: what it accepts, and what it does to endpoints. */

import {
  DeleteScalingPolicyCommand,
  DeleteScheduledActionCommand,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  ListTagsForResourceCommand,
  PutScalingPolicyCommand,
  type PutScalingPolicyCommandInput,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
  type RegisterScalableTargetCommandInput,
  TagResourceCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DeleteEndpointCommand } from '@aws-sdk/client-sagemaker';
import { Account, failure } from './account.ts';

const ServiceNamespace = 'sagemaker' as const;
const id = {
  ServiceNamespace,
  ResourceId: 'endpoint/iris/variant/primary',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount' as const,
};
const where = `service namespace: sagemaker, resource ID: ${id.ResourceId}, scalable dimension: ${id.ScalableDimension}`;

async function serving(): Promise<Account> {
  const account = new Account();
  await account.serving('iris', 'iris-1');
  return account;
}

const register = (account: Account, input: Partial<RegisterScalableTargetCommandInput>) =>
  account.scaling.send(new RegisterScalableTargetCommand({ ...id, ...input }));

const put = (account: Account, input: Partial<PutScalingPolicyCommandInput> = {}) =>
  account.scaling.send(
    new PutScalingPolicyCommand({
      ...id,
      PolicyName: 'track',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 70,
        PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
      },
      ...input,
    }),
  );

test('two policies do not track the same metric', async () => {
  const account = await serving();
  await register(account, { MinCapacity: 1, MaxCapacity: 5 });
  await put(account);
  await put(account);
  expect(await failure(put(account, { PolicyName: 'again' }))).toEqual([
    ...['ValidationException', 'Only one TargetTrackingScaling policy for a given metric is allowed.'],
  ]);
});

test.each([
  ['below the minimum it scales out', { MinCapacity: 3, MaxCapacity: 5 }, 3],
  ['above the maximum it scales in', { MinCapacity: 1, MaxCapacity: 1 }, 1],
])('a target brings capacity into its limits: %s', async (_what, limits, count) => {
  const account = await serving();
  await register(account, limits);
  expect(await account.describe('iris')).toMatchObject({
    ...{ EndpointStatus: 'Updating', EndpointConfigName: 'iris-1' },
    ProductionVariants: [{ CurrentInstanceCount: 2, DesiredInstanceCount: count }],
  });
  expect(await account.invoke('iris')).toEqual({ model: 'iris-1' });
  account.pass(300);
  expect(await account.describe('iris')).toMatchObject({
    ...{ EndpointStatus: 'InService', ProductionVariants: [{ CurrentInstanceCount: count }] },
  });
  const { ScalingActivities } = await account.scaling.send(new DescribeScalingActivitiesCommand({ ServiceNamespace }));
  expect(ScalingActivities).toMatchObject([{ Description: `Setting desired instance count to ${count}.` }]);
});

test('within its limits nothing happens, and registering again changes what is given', async () => {
  const account = await serving();
  const { ScalableTargetARN } = await register(account, { MinCapacity: 1, MaxCapacity: 5, Tags: { team: 'data' } });
  expect(await account.status('iris')).toBe('InService');
  await register(account, { MaxCapacity: 4 });
  const { ScalableTargets } = await account.scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace }));
  expect(ScalableTargets).toMatchObject([{ ...id, MinCapacity: 1, MaxCapacity: 4, ScalableTargetARN }]);
  expect((await failure(register(account, { Tags: { a: 'b' } })))[1]).toMatch(
    /^The scalable target that you tried to tag/,
  );
  const ResourceARN = ScalableTargetARN!;
  await account.scaling.send(new TagResourceCommand({ ResourceARN, Tags: { stage: 'prod' } }));
  const { Tags } = await account.scaling.send(new ListTagsForResourceCommand({ ResourceARN }));
  expect(Tags).toEqual({ team: 'data', stage: 'prod' });
});

test.each([
  [
    'an endpoint that does not exist',
    { ResourceId: 'endpoint/none/variant/primary', MinCapacity: 1, MaxCapacity: 2 },
    /doesn't exist/,
  ],
  [
    'a variant that does not exist',
    { ResourceId: 'endpoint/iris/variant/none', MinCapacity: 1, MaxCapacity: 2 },
    /doesn't exist/,
  ],
  [
    'a minimum above the maximum',
    { MinCapacity: 3, MaxCapacity: 2 },
    'Maximum capacity cannot be less than minimum capacity',
  ],
  ['no limits', {}, /MinCapacity and MaxCapacity/],
  [
    'another service',
    { ServiceNamespace: 'ecs', MinCapacity: 1, MaxCapacity: 2 },
    'Unsupported service namespace, resource type or scalable dimension',
  ],
  [
    'concurrency of instances',
    { ScalableDimension: 'sagemaker:variant:DesiredProvisionedConcurrency', MinCapacity: 1, MaxCapacity: 2 },
    /does not fit/,
  ],
] as [string, Partial<RegisterScalableTargetCommandInput>, string | RegExp][])(
  '%s is refused',
  async (_what, input, text) => {
    const account = await serving();
    const expected = typeof text === 'string' ? text : expect.stringMatching(text);
    expect(await failure(register(account, input))).toEqual(['ValidationException', expected]);
  },
);

test('a timezone that there is not is refused, and an update of a schedule ends what was said of its times', async () => {
  const account = await serving();
  await register(account, { MinCapacity: 1, MaxCapacity: 5 });
  const schedule = { ...id, ScheduledActionName: 'night', Schedule: 'cron(0 20 * * ? *)' };
  const ScalableTargetAction = { MinCapacity: 1, MaxCapacity: 2 };
  const action = (change: object) =>
    account.scaling.send(new PutScheduledActionCommand({ ...schedule, ScalableTargetAction, ...change }));
  for (const Timezone of ['Mars/Olympus', '+01:00'])
    expect((await failure(action({ Timezone })))[0]).toBe('ValidationException');
  expect((await failure(action({ ScalableTargetAction: { MinCapacity: -1 } })))[0]).toBe('ValidationException');
  await action({ Timezone: 'Europe/Berlin', EndTime: new Date(Date.UTC(2030, 0, 1)) });
  await action({});
  const { ScheduledActions } = await account.scaling.send(new DescribeScheduledActionsCommand({ ServiceNamespace }));
  expect(ScheduledActions).toMatchObject([{ Timezone: 'Europe/Berlin' }]);
  expect(ScheduledActions?.[0]?.EndTime).toBeUndefined();
});

test('a policy needs its target, and goes with it, as scheduled actions do', async () => {
  const account = await serving();
  expect(await failure(put(account))).toEqual([
    'ObjectNotFoundException',
    `No scalable target registered for ${where}`,
  ]);
  await register(account, { MinCapacity: 1, MaxCapacity: 5 });
  const first = await put(account);
  expect(first.Alarms).toHaveLength(2);
  expect((await put(account)).PolicyARN).toBe(first.PolicyARN);
  const schedule = { ...id, ScheduledActionName: 'night', ScalableTargetAction: { MinCapacity: 1, MaxCapacity: 2 } };
  const wrong = account.scaling.send(new PutScheduledActionCommand({ ...schedule, Schedule: 'every night' }));
  expect((await failure(wrong))[0]).toBe('ValidationException');
  await account.scaling.send(new PutScheduledActionCommand({ ...schedule, Schedule: 'cron(0 20 * * ? *)' }));
  const described = async () => [
    (await account.scaling.send(new DescribeScalingPoliciesCommand({ ServiceNamespace }))).ScalingPolicies?.length,
    (await account.scaling.send(new DescribeScheduledActionsCommand({ ServiceNamespace }))).ScheduledActions?.length,
  ];
  expect(await described()).toEqual([1, 1]);
  await account.scaling.send(new DeregisterScalableTargetCommand(id));
  expect(await described()).toEqual([0, 0]);
  const again = account.scaling.send(new DeregisterScalableTargetCommand(id));
  expect(await failure(again)).toEqual(['ObjectNotFoundException', `No scalable target found for ${where}`]);
  const noPolicy = account.scaling.send(new DeleteScalingPolicyCommand({ ...id, PolicyName: 'track' }));
  expect((await failure(noPolicy))[0]).toBe('ObjectNotFoundException');
  const noAction = account.scaling.send(new DeleteScheduledActionCommand({ ...id, ScheduledActionName: 'night' }));
  expect((await failure(noAction))[0]).toBe('ObjectNotFoundException');
});

test.each([
  ['target tracking without its configuration', { TargetTrackingScalingPolicyConfiguration: undefined }],
  [
    'step scaling without its configuration',
    { PolicyType: 'StepScaling', TargetTrackingScalingPolicyConfiguration: undefined },
  ],
  ['no metric', { TargetTrackingScalingPolicyConfiguration: { TargetValue: 1 } }],
  [
    'the metric of another dimension',
    {
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 1,
        PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantProvisionedConcurrencyUtilization' },
      },
    },
  ],
] as [string, Partial<PutScalingPolicyCommandInput>][])('a policy with %s is refused', async (_what, input) => {
  const account = await serving();
  await register(account, { MinCapacity: 1, MaxCapacity: 5 });
  expect((await failure(put(account, input)))[0]).toBe('ValidationException');
});

test('a scaled variant keeps its instance type; its model may change', async () => {
  const account = await serving();
  await register(account, { MinCapacity: 1, MaxCapacity: 5 });
  await account.config('larger', { InstanceType: 'ml.m5.xlarge' });
  await account.config('renamed', { VariantName: 'other' });
  await account.config('iris-2');
  for (const config of ['larger', 'renamed'])
    expect((await failure(account.update('iris', config)))[1]).toMatch(
      /^Variant\(s\) "\[primary\]" must be deregistered/,
    );
  await account.update('iris', 'iris-2');
  account.pass(300);
  expect(await account.invoke('iris')).toEqual({ model: 'iris-2' });
});

test('a target that is registered in mid-update waits for the end of it', async () => {
  const account = await serving();
  await account.config('iris-2');
  await account.update('iris', 'iris-2');
  await register(account, { MinCapacity: 3, MaxCapacity: 5 });
  expect((await account.describe('iris')).ProductionVariants).toMatchObject([{ DesiredInstanceCount: 2 }]);
  account.pass(300);
  expect(await account.describe('iris')).toMatchObject({
    ...{ EndpointStatus: 'Updating', EndpointConfigName: 'iris-2', ProductionVariants: [{ DesiredInstanceCount: 3 }] },
  });
});

test('a policy that fires changes the count within the limits', async () => {
  const account = await serving();
  await register(account, { MinCapacity: 1, MaxCapacity: 4 });
  await account.status('iris');
  account.hosting.autoScale('iris', 'primary', 10);
  account.pass(300);
  expect((await account.describe('iris')).ProductionVariants).toMatchObject([{ CurrentInstanceCount: 4 }]);
});

test('deleting the endpoint deregisters its targets', async () => {
  const account = await serving();
  await register(account, { MinCapacity: 1, MaxCapacity: 5 });
  await put(account);
  await account.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'iris' }));
  expect(account.hosting.snapshot()).toMatchObject({ scalableTargets: {}, scalingPolicies: {} });
});
