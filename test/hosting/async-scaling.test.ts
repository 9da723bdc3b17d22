/** Scaling of asynchronous endpoints by their backlog, to 0 and back, as AWS's page sets it up. */

import {
  DeleteScalingPolicyCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
  type StepScalingPolicyConfiguration,
  type TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { PutMetricAlarmCommand, type PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { failure } from './account.ts';
import { AsyncAccount, asyncConfig } from './async-account.ts';

const id = {
  ServiceNamespace: 'sagemaker',
  ResourceId: 'endpoint/iris/variant/primary',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
} as const;
const Dimensions = [{ Name: 'EndpointName', Value: 'iris' }];

const TRACKING: TargetTrackingScalingPolicyConfiguration = {
  TargetValue: 5,
  CustomizedMetricSpecification: {
    ...{
      MetricName: 'ApproximateBacklogSizePerInstance',
      Namespace: 'AWS/SageMaker',
      Dimensions,
      Statistic: 'Average',
    },
  },
  ScaleInCooldown: 300,
  ScaleOutCooldown: 300,
};
const STEPS: StepScalingPolicyConfiguration = {
  ...{ AdjustmentType: 'ChangeInCapacity', MetricAggregationType: 'Average', Cooldown: 300 },
  StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
};

async function scaled(minimum = 0, suspended = {}, tookMs?: () => number): Promise<AsyncAccount> {
  const account = new AsyncAccount(tookMs && { tookMs });
  await account.queued(asyncConfig(1));
  await account.scaling.send(
    new RegisterScalableTargetCommand({ ...id, MinCapacity: minimum, MaxCapacity: 4, SuspendedState: suspended }),
  );
  return account;
}

const track = (account: AsyncAccount, change: Partial<TargetTrackingScalingPolicyConfiguration> = {}) =>
  account.scaling.send(
    new PutScalingPolicyCommand({
      ...{ ...id, PolicyName: 'backlog', PolicyType: 'TargetTrackingScaling' },
      TargetTrackingScalingPolicyConfiguration: { ...TRACKING, ...change },
    }),
  );

const step = (account: AsyncAccount, change: Partial<StepScalingPolicyConfiguration> = {}) =>
  account.scaling.send(
    new PutScalingPolicyCommand({
      ...{ ...id, PolicyName: 'wake', PolicyType: 'StepScaling' },
      StepScalingPolicyConfiguration: { ...STEPS, ...change },
    }),
  );

const alarm = (account: AsyncAccount, policyArn: string, change: Partial<PutMetricAlarmInput> = {}) =>
  account.cloudwatch.send(
    new PutMetricAlarmCommand({
      ...{ AlarmName: 'wake', MetricName: 'HasBacklogWithoutCapacity', Namespace: 'AWS/SageMaker', Dimensions },
      ...{ Statistic: 'Average', Period: 60, EvaluationPeriods: 2, DatapointsToAlarm: 2, Threshold: 1 },
      ...{ ComparisonOperator: 'GreaterThanOrEqualToThreshold', TreatMissingData: 'missing' },
      ...{ AlarmActions: [policyArn], ...change },
    }),
  );

const count = async (account: AsyncAccount) => (await account.describe('iris')).ProductionVariants![0]!;
const activities = async (account: AsyncAccount) =>
  (await account.scaling.send(new DescribeScalingActivitiesCommand(id))).ScalingActivities!.map(
    ({ Description, Cause }) => `${Description} ${Cause}`,
  );

test('an idle endpoint goes to 0 after a quarter of an hour, and requests wake it by the alarm', async () => {
  const account = await scaled();
  await track(account);
  const { PolicyARN } = await step(account);
  await alarm(account, PolicyARN!);
  await account.after(14 * 60);
  expect((await count(account)).DesiredInstanceCount).toBe(1);
  await account.after(3 * 60 + 300);
  expect(await count(account)).toMatchObject({ CurrentInstanceCount: 0, DesiredInstanceCount: 0 });
  // One request is not above the target of five: only the alarm wakes the fleet, after two minutes of it.
  await account.ask('wakes', 10);
  await account.after(3 * 60 + 5);
  expect((await count(account)).DesiredInstanceCount).toBe(1);
  await account.after(300 + 10);
  expect(account.written()).toEqual(['wakes.out']);
  expect(await activities(account)).toEqual([
    'Setting desired instance count to 1. monitor alarm wake in state ALARM triggered policy',
    expect.stringMatching(/^Setting desired instance count to 0\. monitor alarm AlarmLow/),
  ]);
});

test('without the alarm it wakes when the backlog is above the target', async () => {
  const account = await scaled();
  await track(account);
  await account.after(20 * 60 + 300);
  for (let i = 0; i < 5; i += 1) await account.ask(`r${i}`, 10);
  await account.after(3_600);
  expect((await count(account)).DesiredInstanceCount).toBe(0);
  await account.ask('the sixth', 10);
  await account.after(4 * 60 + 300 + 60);
  expect(account.written()).toHaveLength(6);
});

test('a backlog adds instances in proportion, after three minutes and up to the maximum', async () => {
  const account = await scaled(1);
  await track(account);
  for (let i = 0; i < 12; i += 1) await account.ask(`r${i}`, 3_000);
  await account.after(2 * 60);
  expect((await count(account)).DesiredInstanceCount).toBe(1);
  await account.after(2 * 60);
  expect((await count(account)).DesiredInstanceCount).toBe(3);
  for (let i = 0; i < 100; i += 1) await account.ask(`s${i}`, 3_000);
  await account.after(1_200);
  expect((await count(account)).DesiredInstanceCount).toBe(4);
});

test.each([
  ['a suspended target', { DynamicScalingInSuspended: true }, {}],
  ['DisableScaleIn', {}, { DisableScaleIn: true }],
])('with %s nothing is removed', async (_what, suspended, change) => {
  const account = await scaled(0, suspended);
  await track(account, change);
  await account.after(7_200);
  expect((await count(account)).DesiredInstanceCount).toBe(1);
});

test('a suspended target gets nothing either', async () => {
  const account = await scaled(0, { DynamicScalingOutSuspended: true });
  await track(account);
  for (let i = 0; i < 50; i += 1) await account.ask(`r${i}`, 1_000);
  await account.after(3_600);
  expect((await count(account)).DesiredInstanceCount).toBe(1);
});

describe('steps', () => {
  const BACKLOG = { MetricName: 'ApproximateBacklogSize', Threshold: 10, EvaluationPeriods: 1, DatapointsToAlarm: 1 };
  const STEEP = [
    { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
    { MetricIntervalLowerBound: 10, ScalingAdjustment: 3 },
  ];

  test.each([
    ['below the threshold', 9, 1, STEPS.AdjustmentType, STEEP],
    ['at the threshold', 10, 2, STEPS.AdjustmentType, STEEP],
    ['below the second step', 19, 2, STEPS.AdjustmentType, STEEP],
    ['at the second step', 20, 4, STEPS.AdjustmentType, STEEP],
    ['exactly', 20, 3, 'ExactCapacity' as const, [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 3 }]],
    [
      'by percent',
      20,
      3,
      'PercentChangeInCapacity' as const,
      [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 200 }],
    ],
    [
      'by the least',
      20,
      2,
      'PercentChangeInCapacity' as const,
      [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 10 }],
    ],
  ])('%s: a backlog of %i makes %i', async (_what, requests, instances, AdjustmentType, StepAdjustments) => {
    const account = await scaled(1, {}, () => 100_000_000);
    const { PolicyARN } = await step(account, { AdjustmentType, StepAdjustments });
    await alarm(account, PolicyARN!, BACKLOG);
    for (let i = 0; i < requests; i += 1) await account.ask(`r${i}`, 1, { InvocationTimeoutSeconds: 3_600 });
    await account.after(65);
    expect((await count(account)).DesiredInstanceCount).toBe(instances);
  });

  test('are taken again while the alarm lasts, after the cooldown', async () => {
    const account = await scaled(1, {}, () => 100_000_000);
    const { PolicyARN } = await step(account, { Cooldown: 600 });
    await alarm(account, PolicyARN!, BACKLOG);
    for (let i = 0; i < 40; i += 1) await account.ask(`r${i}`, 1, { InvocationTimeoutSeconds: 3_600 });
    await account.after(65);
    expect((await count(account)).DesiredInstanceCount).toBe(2);
    await account.after(300 + 590);
    expect((await count(account)).DesiredInstanceCount).toBe(2);
    await account.after(60);
    expect((await count(account)).DesiredInstanceCount).toBe(3);
  });

  test('of a deleted policy, or an alarm without actions, are not taken', async () => {
    const account = await scaled(1, {}, () => 100_000_000);
    const { PolicyARN } = await step(account);
    await alarm(account, PolicyARN!, { ...BACKLOG, ActionsEnabled: false });
    for (let i = 0; i < 40; i += 1) await account.ask(`r${i}`, 1, { InvocationTimeoutSeconds: 3_600 });
    await account.after(300);
    expect((await count(account)).DesiredInstanceCount).toBe(1);
    await account.scaling.send(new DeleteScalingPolicyCommand({ ...id, PolicyName: 'wake' }));
    await alarm(account, PolicyARN!, BACKLOG);
    await account.after(300);
    expect((await count(account)).DesiredInstanceCount).toBe(1);
  });

  test('are described as they were put, with the alarms that fire them', async () => {
    const account = await scaled();
    const { PolicyARN, Alarms } = await step(account);
    expect(Alarms).toEqual([]);
    await alarm(account, PolicyARN!);
    const { ScalingPolicies } = await account.scaling.send(new DescribeScalingPoliciesCommand(id));
    expect(ScalingPolicies).toMatchObject([
      {
        ...{ PolicyARN, PolicyName: 'wake', PolicyType: 'StepScaling', StepScalingPolicyConfiguration: STEPS },
        Alarms: [{ AlarmName: 'wake', AlarmARN: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:wake' }],
      },
    ]);
  });

  test.each([
    ['no steps', { StepAdjustments: [] }, /at least one/],
    ['a gap', { StepAdjustments: [{ ...STEEP[0]!, MetricIntervalUpperBound: 9 }, STEEP[1]!] }, /no gap/],
    ['an overlap', { StepAdjustments: [{ ...STEEP[0]!, MetricIntervalUpperBound: 11 }, STEEP[1]!] }, /overlap/],
    ['bounds that cross', { StepAdjustments: [{ ...STEEP[0]!, MetricIntervalUpperBound: 0 }] }, /greater than/],
    ['no bounds', { StepAdjustments: [{ ScalingAdjustment: 1 }, STEEP[1]!] }, /each needs/],
  ])('with %s are refused', async (_what, change, text) => {
    const account = await scaled();
    expect(await failure(step(account, change))).toEqual(['ValidationException', expect.stringMatching(text)]);
  });
});

test('only asynchronous variants may have no instance as their minimum', async () => {
  const account = new AsyncAccount();
  await account.serving('iris', 'iris-1');
  const register = account.scaling.send(new RegisterScalableTargetCommand({ ...id, MinCapacity: 0, MaxCapacity: 4 }));
  expect(await failure(register)).toEqual(['ValidationException', 'Minimum capacity cannot be less than 1']);
});
