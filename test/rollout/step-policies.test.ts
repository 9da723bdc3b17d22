// Step policies that a request asks for: made with the alarms that fire them, changed, removed and put back, beside those of people.
import {
  PutScalingPolicyCommand,
  type PutScalingPolicyCommandInput,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { PutMetricAlarmCommand, type PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../local/hosting/aws-error.ts';
import { sdkError } from '../../simulate/world/aws/service-error.ts';
import type { ResolvedRequest } from '../../state-machine/contract/resolved-request.ts';
import type { StepPolicySettings } from '../../state-machine/contract/scaling-steps.ts';
import { LARGER, scaling, target } from './iris-scaling.ts';
import { RolloutAccount, STACK } from './rollout-account.ts';

const Dimensions = [
  { Name: 'EndpointName', Value: 'iris' },
  { Name: 'VariantName', Value: 'primary' },
];
const rush: StepPolicySettings = {
  ...{ name: 'rush', adjustmentType: 'ChangeInCapacity', cooldownSeconds: 60, aggregation: 'Maximum' },
  adjustments: [
    { lowerBound: 0, upperBound: 50, adjustment: 1 },
    { lowerBound: 50, adjustment: 3 },
  ],
  alarm: {
    ...{ namespace: 'AWS/SageMaker', metricName: 'Invocations', statistic: 'Sum', periodSeconds: 60 },
    dimensions: { EndpointName: 'iris', VariantName: 'primary' },
    ...{ evaluationPeriods: 2, datapointsToAlarm: 1, comparison: 'GreaterThanThreshold', threshold: 100 },
    missingData: 'notBreaching',
  },
};
const calm: StepPolicySettings = { ...rush, name: 'calm', adjustments: [{ upperBound: 0, adjustment: -1 }] };
const wanting = (...steps: StepPolicySettings[]) => ({ ...scaling, steps });
const wrong = () => ({ status: 500, body: '' });
const LIVE = { verification: 'live', environment: { LEVEL: 'x' } } as const;
const ALARM = 'sagemaker-deployer-step-endpoint/iris/variant/primary';

type Alive = ReturnType<RolloutAccount['alive']>;
const alarmsOf = ({ alarms }: Alive) => alarms as Record<string, PutMetricAlarmInput>;
const stepsOf = ({ scalingPolicies }: Alive) =>
  Object.values(scalingPolicies as Record<string, PutScalingPolicyCommandInput>)
    .filter(({ PolicyType }) => PolicyType === 'StepScaling')
    .map(({ PolicyName }) => PolicyName);
/** A policy that is made again has another ARN, and so have the actions of its alarm. */
const withoutIds = (alive: Alive): Alive =>
  JSON.parse(JSON.stringify(alive).replaceAll(/scalingPolicy:[0-9a-f-]{36}/g, 'scalingPolicy:id'));
const arnsOf = async (account: RolloutAccount) => {
  const { ScalingPolicies = [] } = (await account.perform({
    ...{ service: 'application-autoscaling', operation: 'DescribeScalingPolicies' },
    input: { ServiceNamespace: 'sagemaker' },
  })) as { ScalingPolicies?: { PolicyName: string; PolicyARN: string; Alarms: { AlarmName: string }[] }[] };
  return Object.fromEntries(
    ScalingPolicies.map(({ PolicyName, PolicyARN, Alarms }) => [PolicyName, { PolicyARN, Alarms }]),
  );
};
/** Every step policy of ours is fired by its alarm, and every alarm of ours fires one that is there. */
async function isWired(account: RolloutAccount): Promise<void> {
  const policies = await arnsOf(account);
  const alarms = Object.entries(alarmsOf(account.alive())).filter(([name]) => name.startsWith(ALARM));
  const own = Object.entries(policies).filter(([name]) => name.startsWith('sagemaker-deployer-step-'));
  expect(alarms.map(([, { AlarmActions }]) => AlarmActions).sort()).toEqual(
    own.map(([, { PolicyARN }]) => [PolicyARN]).sort(),
  );
}

async function serving(steps: StepPolicySettings[], more: Partial<ResolvedRequest> = {}) {
  const account = new RolloutAccount();
  expect(await account.rollOut({ request: { scaling: wanting(...steps), ...more } })).toMatchObject({
    succeeded: true,
  });
  await account.pass(600_000);
  account.hosting.calls.length = 0;
  return account;
}

test('are made with their alarms, which are ours by name and tag, and the calls are granted', async () => {
  const account = new RolloutAccount();
  expect(await account.rollOut({ request: { scaling: wanting(rush) } })).toMatchObject({
    succeeded: true,
    retried: [],
  });
  const alive = account.alive();
  expect(stepsOf(alive)).toEqual(['sagemaker-deployer-step-rush']);
  expect(alarmsOf(alive)).toEqual({
    [`${ALARM}/rush`]: {
      AlarmName: `${ALARM}/rush`,
      AlarmDescription: expect.stringContaining('endpoint/iris/variant/primary'),
      ActionsEnabled: true,
      AlarmActions: [expect.stringMatching(/policyName\/sagemaker-deployer-step-rush$/)],
      ...{ MetricName: 'Invocations', Namespace: 'AWS/SageMaker', Dimensions, Statistic: 'Sum', Period: 60 },
      ...{ EvaluationPeriods: 2, DatapointsToAlarm: 1, Threshold: 100, ComparisonOperator: 'GreaterThanThreshold' },
      TreatMissingData: 'notBreaching',
      Tags: [{ Key: 'sagemaker-deployer:stack', Value: STACK }],
    },
  });
  expect((await arnsOf(account))['sagemaker-deployer-step-rush']).toMatchObject({
    Alarms: [{ AlarmName: `${ALARM}/rush` }],
  });
  expect(account.ungranted).toEqual([]);
});

test('are changed, added and removed, and what is there as wanted is not touched', async () => {
  const account = await serving([rush]);
  const higher = { ...rush, alarm: { ...rush.alarm, threshold: 200 } };
  expect(await account.rollOut({ request: { scaling: wanting(higher, calm) } })).toMatchObject({ succeeded: true });
  expect(alarmsOf(account.alive())).toMatchObject({ [`${ALARM}/rush`]: { Threshold: 200 }, [`${ALARM}/calm`]: {} });
  await isWired(account);
  account.hosting.calls.length = 0;
  const same = { scaling: wanting(higher, calm), environment: { LEVEL: 'x' } };
  expect(await account.rollOut({ request: same })).toMatchObject({ succeeded: true });
  expect(account.mutations().filter((name) => /Alarm|Policy|Scalable/.test(name))).toEqual([]);
  expect(await account.rollOut({ request: { scaling } })).toMatchObject({ succeeded: true });
  expect([stepsOf(account.alive()), account.alive().alarms]).toEqual([[], {}]);
});

test.each<[string, object]>([
  ['others', { scaling: wanting({ ...rush, cooldownSeconds: 1 }, { ...calm, name: 'calmer' }) }],
  ['another threshold', { scaling: wanting({ ...rush, alarm: { ...rush.alarm, threshold: 1 } }, calm) }],
  ['none', { scaling }],
  ['no scaling', { scaling: null }],
  ['another instance type', { scaling: wanting(rush), hosting: LARGER }],
])('of an update to %s that fails are put back just as they were', async (_name, request) => {
  const account = await serving([rush, calm]);
  const before = withoutIds(account.alive());
  account.answer = wrong;
  const { outcome } = await account.rollOut({ request: { ...LIVE, ...request } });
  expect(outcome).toMatchObject({ outcome: 'rolledBack', left: [] });
  expect(withoutIds(account.alive())).toEqual(before);
  expect(account.mutations()).toEqual(expect.arrayContaining(['PutScalingPolicy']));
  await isWired(account);
  expect(account.ungranted).toEqual([]);
});

test('that a first rollout brings go with it if it fails', async () => {
  const account = new RolloutAccount();
  account.answer = wrong;
  const { outcome } = await account.rollOut({ request: { ...LIVE, scaling: wanting(rush) } });
  expect(outcome).toMatchObject({ outcome: 'rolledBack', left: [] });
  expect(account.mutations()).toEqual(expect.arrayContaining(['PutMetricAlarm', 'DeleteAlarms']));
  expect([account.alive().alarms, account.alive().scalingPolicies]).toEqual([{}, {}]);
});

test('stay, with their alarms, over an update to another instance type', async () => {
  const account = await serving([rush, calm]);
  expect(await account.rollOut({ request: { scaling: wanting(rush, calm), hosting: LARGER } })).toMatchObject({
    succeeded: true,
  });
  expect(Object.keys(alarmsOf(account.alive()))).toEqual([`${ALARM}/calm`, `${ALARM}/rush`]);
  await isWired(account);
});

test.each(['PutScalingPolicy', 'PutMetricAlarm', 'DeleteAlarms', 'DeleteScalingPolicy'])(
  'an attempt that breaks off after %s is made up for by the next',
  async (operation) => {
    const account = await serving([rush]);
    let broken = 0;
    account.worldOf = (step, world) => {
      if (step !== 'RegisterScaling' || broken > 0) return world;
      return { ...world, clients: breakingOff(world.clients, operation, () => (broken += 1)) };
    };
    const request = { scaling: wanting({ ...calm, name: 'calmer' }), environment: { LEVEL: 'x' } };
    const { outcome } = await account.rollOut({ request });
    expect([broken, outcome?.outcome]).toEqual([1, 'deployed']);
    expect(Object.keys(alarmsOf(account.alive()))).toEqual([`${ALARM}/calmer`]);
    expect(stepsOf(account.alive())).toEqual(['sagemaker-deployer-step-calmer']);
    await isWired(account);
  },
);

/** The call is carried out, and nobody hears its answer. */
function breakingOff(
  clients: RolloutAccount['clients'],
  operation: string,
  noted: () => void,
): RolloutAccount['clients'] {
  const heard = (client: object) =>
    new Proxy(client, {
      get(of, key) {
        const value = Reflect.get(of, key);
        if (key !== 'send') return value;
        return async (command: { constructor: { name: string } }) => {
          const answer = await value.call(of, command);
          if (command.constructor.name !== `${operation}Command`) return answer;
          noted();
          throw sdkError(new AwsError('ThrottlingException', 'nobody hears the answer'));
        };
      },
    });
  return new Proxy(clients, {
    get(of, key) {
      const value = Reflect.get(of, key);
      return key === 'autoScaling' || key === 'cloudWatch' ? heard(value as object) : value;
    },
  });
}

describe('those of people', () => {
  const arn = async (account: RolloutAccount) => {
    const { PolicyARN } = await account.clients.autoScaling.send(
      new PutScalingPolicyCommand({
        ...{ ...target, PolicyName: 'theirs', PolicyType: 'StepScaling' },
        StepScalingPolicyConfiguration: {
          AdjustmentType: 'ChangeInCapacity',
          StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
        },
      }),
    );
    return PolicyARN!;
  };
  const fires = async (account: RolloutAccount, PolicyARN: string) =>
    account.clients.cloudWatch.send(
      new PutMetricAlarmCommand({
        ...{ AlarmName: 'theirs', Namespace: 'AWS/SageMaker', MetricName: 'Invocations', Dimensions, Statistic: 'Sum' },
        ...{ Period: 60, EvaluationPeriods: 1, Threshold: 5, ComparisonOperator: 'GreaterThanThreshold' },
        AlarmActions: [PolicyARN],
      }),
    );

  test('stay beside ours with their alarms, and come back where they are changed', async () => {
    const account = await serving([rush]);
    await fires(account, await arn(account));
    const before = account.alive();
    expect(await account.rollOut({ request: { scaling: wanting(calm) } })).toMatchObject({ succeeded: true });
    expect(stepsOf(account.alive())).toEqual(['sagemaker-deployer-step-calm', 'theirs']);
    expect(alarmsOf(account.alive()).theirs).toEqual(alarmsOf(before).theirs);
  });

  test.each<[string, object]>([
    ['another instance type', { scaling: wanting(rush), hosting: LARGER }],
    ['no scaling', { scaling: null }],
  ])('are not taken off for %s where an alarm fires them: nobody could put that back', async (_name, request) => {
    const account = await serving([rush]);
    const theirs = await arn(account);
    account.hosting.calls.length = 0;
    await fires(account, theirs);
    const before = account.alive();
    const { outcome } = await account.rollOut({ request });
    expect(outcome).toMatchObject({
      outcome: 'rejected',
      problems: [
        {
          where: 'scaling of endpoint/iris/variant/primary: theirs',
          message: expect.stringMatching(/fired by theirs.*another ARN.*scaling\.steps/),
        },
      ],
    });
    expect(account.alive()).toEqual(before);
  });

  test('without an alarm are put back as they were', async () => {
    const account = await serving([rush]);
    await arn(account);
    const before = withoutIds(account.alive());
    account.answer = wrong;
    await account.rollOut({ request: { ...LIVE, scaling: wanting(rush), hosting: LARGER } });
    expect(withoutIds(account.alive())).toEqual(before);
  });

  test('count where Application Auto Scaling counts', async () => {
    const account = await serving([]);
    for (let index = 0; index < 49; index++)
      await account.clients.autoScaling.send(
        new PutScalingPolicyCommand({
          ...{ ...target, PolicyName: `theirs-${index}`, PolicyType: 'StepScaling' },
          StepScalingPolicyConfiguration: {
            AdjustmentType: 'ExactCapacity',
            StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
          },
        }),
      );
    const { outcome } = await account.rollOut({ request: { scaling: wanting(rush) } });
    expect(outcome).toMatchObject({
      outcome: 'rejected',
      problems: [{ where: 'scaling.steps', message: expect.stringContaining('51 scaling policies, 49') }],
    });
    expect(await account.rollOut({ request: { scaling: wanting() } })).toMatchObject({ succeeded: true });
  });
});

describe('what is suspended', () => {
  const suspend = (account: RolloutAccount, SuspendedState: object) =>
    account.clients.autoScaling.send(new RegisterScalableTargetCommand({ ...target, SuspendedState }));
  const stateOf = (account: RolloutAccount) =>
    Object.values(account.alive().scalableTargets as Record<string, { suspended: object }>)[0]?.suspended;
  const IN = { DynamicScalingInSuspended: true };
  const NOTHING = {
    DynamicScalingInSuspended: false,
    DynamicScalingOutSuspended: false,
    ScheduledScalingSuspended: false,
  };

  test.each<[string, object]>([
    ['an update', { environment: { LEVEL: 'x' } }],
    ['other limits', { scaling: { ...scaling, maximum: 6 } }],
    ['another instance type', { hosting: LARGER }],
  ])('stays so over %s', async (_name, request) => {
    const account = await serving([]);
    await suspend(account, IN);
    expect(await account.rollOut({ request: { scaling, ...request } })).toMatchObject({ succeeded: true });
    expect(stateOf(account)).toEqual({ ...NOTHING, ...IN });
  });

  test('and what is resumed by a request that fails is put back exactly', async () => {
    const account = await serving([], { scaling: { ...scaling, suspended: ['scaleIn'] } });
    expect(stateOf(account)).toEqual({ ...NOTHING, ...IN });
    account.answer = wrong;
    await account.rollOut({ request: { ...LIVE, scaling: { ...scaling, suspended: ['scaleOut', 'schedules'] } } });
    expect(stateOf(account)).toEqual({ ...NOTHING, ...IN });
    account.answer = new RolloutAccount().answer;
    expect(await account.rollOut({ request: { scaling: { ...scaling, suspended: [] } } })).toMatchObject({
      succeeded: true,
    });
    expect(stateOf(account)).toEqual(NOTHING);
  });
});
