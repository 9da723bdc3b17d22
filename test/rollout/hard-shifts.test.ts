// Weights that move under adverse conditions: stale looks, answers that nobody heard, people who move them too, a stop half-way.
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { UpdateEndpointWeightsAndCapacitiesCommand } from '@aws-sdk/client-sagemaker';
import { AwsError, LostAnswer } from '../../local/hosting/aws-error.ts';
import { type RolloutAccount, SHA_1, SHA_2 } from './rollout-account.ts';
import {
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

const even: Wanted = { champion: [SHA_1, 1, instances(4)], challenger: [SHA_2, 1] };
const stale = { staleness: { describeMs: 60_000 } };
const ADJUST = 'UpdateEndpointWeightsAndCapacities';

const byHand = (account: RolloutAccount, weights: Record<string, number>) =>
  account.clients.sageMaker.send(
    new UpdateEndpointWeightsAndCapacitiesCommand({
      EndpointName: 'iris',
      DesiredWeightsAndCapacities: Object.entries(weights).map(([VariantName, DesiredWeight]) => ({
        ...{ VariantName, DesiredWeight },
      })),
    }),
  );

async function settledOn(account: RolloutAccount, before: unknown): Promise<void> {
  account.hosting.interceptor = undefined;
  await account.pass(2 * 3_600_000);
  expect(account.alive()).toEqual(before);
  expect(await live(account)).toEqual({ champion: [9, 4], challenger: [1, 1] });
}

describe('where DescribeEndpoint shows what was so a minute ago', () => {
  async function servingStale(): Promise<RolloutAccount> {
    const account = await serving(two, stale);
    await account.pass(600_000);
    return account;
  }

  test('every step is seen before the next is asked for', async () => {
    const account = await servingStale();
    expect(await account.rollOut(wish(even, { strategy: linear, alarms }))).toMatchObject(deployed);
    await account.pass(600_000);
    expect(await live(account)).toEqual({ champion: [1, 4], challenger: [1, 3] });
    // Two steps with room for each: nothing was asked for twice.
    expect(calls(account, ADJUST)).toHaveLength(4);
  });

  test('weights that were just asked for are not taken for those of before', async () => {
    const account = await servingStale();
    const before = account.alive();
    // The function dies with its answer, and nobody tries again.
    account.hosting.interceptor = async (call, next) => {
      const output = await next();
      if (call.operation !== ADJUST || !JSON.stringify(call.input).includes('DesiredWeight"')) return output;
      account.hosting.interceptor = undefined;
      throw new AwsError('AccessDeniedException', 'not authorized');
    };
    // No more instances are needed for a ninth than for a tenth: but for the weights all is as before.
    const run = await account.rollOut(wish({ ...two, champion: [SHA_1, 8, instances(4)] }));
    expect(run).toMatchObject({ error: 'AccessDenied', outcome: { outcome: 'rolledBack' } });
    await settledOn(account, before);
  });

  test('a wrong answer half-way leads exactly back', async () => {
    const account = await servingStale();
    const before = account.alive();
    failsLive(account, SHA_2, 5);
    const run = await account.rollOut(wish(even, { strategy: linear, alarms }));
    expect(run).toMatchObject({ error: 'CanaryFailed', outcome: { outcome: 'rolledBack' } });
    await settledOn(account, before);
  });
});

test('a call whose answer nobody heard is not made twice', async () => {
  const account = await serving();
  const heard = new Set<string>();
  account.hosting.interceptor = async (call, next) => {
    const output = await next();
    if (call.operation !== ADJUST || heard.has(JSON.stringify(call.input))) return output;
    heard.add(JSON.stringify(call.input));
    throw new LostAnswer('socket hang up');
  };
  expect(await account.rollOut(wish(even))).toMatchObject(deployed);
  expect(account.hosting.calls.filter(({ operation }) => operation === ADJUST)).toHaveLength(2);
});

test('weights that somebody else moves meanwhile end the rollout, which puts back what it found', async () => {
  const account = await serving();
  const before = account.alive();
  let isMoved = false;
  account.beforeTask = async (step, { weights }) => {
    if (step !== 'ShiftWeights' || isMoved || (weights as { liveSince?: string } | null)?.liveSince == null) return;
    isMoved = true;
    await byHand(account, { champion: 7, challenger: 7 });
  };
  const run = await account.rollOut(wish(even, { strategy: linear, alarms }));
  expect(run).toMatchObject({ error: 'EndpointChanged', outcome: { outcome: 'rolledBack' } });
  expect(run.cause).toContain('challenger 50 %, champion 50 %');
  await settledOn(account, before);
});

test('a rate limit makes it look less often, and nothing else', async () => {
  const account = await serving();
  let refused = 0;
  account.hosting.interceptor = (call, next) =>
    call.operation === 'DescribeEndpoint' && calls(account, ADJUST).length === 1 && ++refused <= 3
      ? Promise.reject(new AwsError('ThrottlingException', 'Rate exceeded'))
      : next();
  const run = await account.rollOut(wish(even));
  expect(run).toMatchObject(deployed);
  expect(run.retried).toEqual([]);
});

test("an author's own alarm that goes off in a wait takes the weights back", async () => {
  const account = await serving();
  await account.pass(600_000);
  const Dimensions = Object.entries({ EndpointName: 'iris', VariantName: 'challenger' }).map(([Name, Value]) => ({
    ...{ Name, Value },
  }));
  await account.clients.cloudWatch.send(
    new PutMetricAlarmCommand({
      ...{ AlarmName: 'asked', Namespace: 'AWS/SageMaker', MetricName: 'Invocations', Statistic: 'Sum', Dimensions },
      ...{ Period: 60, EvaluationPeriods: 1, Threshold: 0, ComparisonOperator: 'GreaterThanThreshold' },
      TreatMissingData: 'notBreaching',
    }),
  );
  await account.pass(120_000);
  const before = account.alive();
  const run = await account.rollOut(wish(even, { strategy: linear, alarms: { ...alarms, names: ['asked'] } }));
  expect(run).toMatchObject({ error: 'CanaryFailed', outcome: { outcome: 'rolledBack' } });
  expect(run.cause).toMatch(/^While the weights moved \(step 1 of 2: .*\), alarms in ALARM: "asked"\./);
  await settledOn(account, before);
});

test('alarms that nothing reached judge nothing', async () => {
  const account = await serving();
  const before = account.alive();
  const run = await account.rollOut({ ...wish(even, { strategy: linear, alarms }), goldenCases: null });
  expect(run).toMatchObject({ error: 'CanaryFailed', outcome: { outcome: 'rolledBack' } });
  expect(run.cause).toMatch(/challenger of iris had 0 invocations while it was watched/);
  await settledOn(account, before);
});

test('instances that scaling added since the plan was made are never given up for another set of variants', async () => {
  const was: Wanted = { ...two, champion: [SHA_1, 9, scaled] };
  const account = await serving(was);
  let isScaled = false;
  account.beforeTask = (step) => {
    if (step !== 'DeleteCandidate' || isScaled) return;
    isScaled = true;
    account.hosting.autoScale('iris', 'champion', 7);
  };
  const run = await account.rollOut(wish({ ...was, third: [SHA_3, 1] }));
  expect(run).toMatchObject({ error: 'EndpointChanged', outcome: { outcome: 'rolledBack' } });
  expect(await live(account)).toEqual({ champion: [9, 7], challenger: [1, 1] });
});
