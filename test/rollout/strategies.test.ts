// Updates under SageMaker's guardrails, from start to end: how their traffic moves, what takes them back, what is refused.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DeleteAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { type DeploymentConfig, DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { ContainerTimeout } from '../../local/hosting/fleet.ts';
import {
  ALL_AT_ONCE,
  type ResolvedRequest,
  type ResolvedStrategy,
} from '../../state-machine/contract/resolved-request.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';
import { answerOf, RolloutAccount, SHA_1, SHA_2 } from './rollout-account.ts';

const asl = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../state-machine/rollout.asl.json'), 'utf8'));

const strategies = {
  canary: { type: 'canary', canaryPercent: 25, waitSeconds: 180 },
  linear: { type: 'linear', stepPercent: 50, waitSeconds: 180 },
  rolling: { type: 'rolling', batchPercent: 50, waitSeconds: 180 },
  allAtOnce: { type: 'allAtOnce' },
} as const satisfies Record<string, ResolvedStrategy['traffic']>;

const alarms = { maximumErrorPercent: 5, maximumP99Milliseconds: 1_000, names: [] as string[] };
const instances = (instanceCount: number) => ({ ...aResolvedRequest().hosting, instanceCount });

function updating(traffic: keyof typeof strategies, change: Partial<ResolvedRequest> = {}): Partial<ResolvedRequest> {
  const terminationWaitSeconds = traffic === 'rolling' ? 0 : 120;
  const strategy = { traffic: strategies[traffic], terminationWaitSeconds, maximumExecutionSeconds: null };
  return { hosting: instances(4), strategy, alarms, ...change };
}

/** An account in which the first artifact serves on four instances. */
async function serving(count = 4, scaling = aResolvedRequest().scaling): Promise<RolloutAccount> {
  const account = new RolloutAccount();
  expect(await account.rollOut({ request: { hosting: instances(count), scaling } })).toMatchObject({ succeeded: true });
  account.hosting.calls.length = 0;
  return account;
}

const update = (account: RolloutAccount, request: Partial<ResolvedRequest>) =>
  account.rollOut({ artifactSha256: SHA_2, request });

async function served(account: RolloutAccount) {
  const endpoint = await account.clients.sageMaker.send(new DescribeEndpointCommand({ EndpointName: 'iris' }));
  return { status: endpoint.EndpointStatus, config: endpoint.EndpointConfigName };
}

interface Asked {
  AlarmName?: string;
  InferenceId?: string;
  DeploymentConfig?: DeploymentConfig;
}
const calls = (account: RolloutAccount, operation: string) =>
  account.hosting.calls.filter((call) => call.operation === operation).map(({ input }) => input as Asked);

/** The new model answers as it should on the candidate, and otherwise on the live endpoint. */
function brokenWhenLive(account: RolloutAccount, broken: () => ReturnType<RolloutAccount['answer']>): void {
  account.answer = (url, endpointName) => (url?.includes(SHA_2) && endpointName === 'iris' ? broken() : answerOf(url));
}

const authorsAlarm = (AlarmName: string) =>
  new PutMetricAlarmCommand({
    ...{ AlarmName, Namespace: 'AWS/SageMaker', MetricName: 'Invocation4XXErrors', Statistic: 'Sum', Period: 60 },
    Dimensions: ['EndpointName', 'VariantName'].map((Name) => ({
      Name,
      Value: { EndpointName: 'iris', VariantName: 'primary' }[Name],
    })),
    ...{ EvaluationPeriods: 1, Threshold: 0, ComparisonOperator: 'GreaterThanThreshold' },
    TreatMissingData: 'notBreaching',
  });

describe.each(Object.keys(strategies) as (keyof typeof strategies)[])('%s', (traffic) => {
  test('moves the traffic, is judged by enough golden requests in each minute, and leaves no alarm', async () => {
    const account = await serving();
    const run = await update(account, updating(traffic));
    expect(run).toMatchObject({ cause: null, succeeded: true, output: { outcome: 'deployed', verified: 'golden' } });
    expect(account.mutations()).toEqual([
      ...['CreateModel', 'CreateEndpointConfig', 'CreateEndpointConfig', 'CreateEndpoint', 'DeleteEndpoint'],
      ...['DeleteEndpointConfig', 'PutMetricAlarm', 'PutMetricAlarm', 'PutMetricAlarm', 'UpdateEndpoint'],
      'DeleteAlarms',
    ]);
    const [asked] = calls(account, 'UpdateEndpoint');
    const made = calls(account, 'PutMetricAlarm').map(({ AlarmName }) => AlarmName);
    expect(made).toHaveLength(3);
    expect(asked!.DeploymentConfig!.AutoRollbackConfiguration!.Alarms).toEqual(
      made.map((AlarmName) => ({ AlarmName })),
    );
    expect(
      asked!.DeploymentConfig![traffic === 'rolling' ? 'RollingUpdatePolicy' : 'BlueGreenUpdatePolicy'],
    ).toBeDefined();
    expect(account.hosting.snapshot().alarms).toEqual({});

    const { config } = await served(account);
    const began = account.hosting.journal.findLast(({ kind, endpoint }) => kind === 'status' && endpoint === 'iris')!;
    const [fleet] = account.hosting.metrics('iris').filter(({ configName }) => configName === config);
    expect(began).toMatchObject({ status: 'InService' });
    // A minute of the bake at its smallest share: at least ten, so many minutes as the traffic moves.
    const minutes = { canary: 5, linear: 5, rolling: 6, allAtOnce: 2 }[traffic];
    expect(fleet!.invocations).toBeGreaterThanOrEqual(10 * minutes);
    expect(
      calls(account, 'InvokeEndpoint').some(({ InferenceId }) => InferenceId?.startsWith('sagemaker-deployer-golden-')),
    ).toBe(true);
  });

  test('goes back in silence when the new fleet answers 5XX, and the endpoint is as it was', async () => {
    const account = await serving();
    const before = account.alive();
    brokenWhenLive(account, () => ({ status: 500, body: 'broken' }));
    const run = await update(account, updating(traffic));
    expect(run).toMatchObject({ succeeded: false, error: 'DeploymentRolledBack', outcome: { outcome: 'rolledBack' } });
    expect(run.cause).toMatch(
      /alarm\(s\) were in ALARM state: SageMakerDeployer-rollout-iris-[0-9a-f]{16}-(5xx|model-errors)/,
    );
    expect(account.alive()).toEqual(before);
  });
});

describe('what takes an update back', () => {
  test('timeouts, which are model errors and no 5XX', async () => {
    const account = await serving();
    const before = account.alive();
    brokenWhenLive(account, () => Promise.reject(new ContainerTimeout('60 s')));
    const run = await update(account, updating('canary'));
    expect(run.cause).toMatch(/ALARM state: \S+-model-errors/);
    expect(account.alive()).toEqual(before);
  });

  test('answers that take too long', async () => {
    const account = await serving();
    const before = account.alive();
    brokenWhenLive(account, async () => {
      await account.time.sleep(1_500);
      return answerOf(`s3://b/artifacts/iris/${SHA_2}`);
    });
    const run = await update(account, updating('linear'));
    expect(run.cause).toMatch(/ALARM state: \S+-p99-latency/);
    expect(account.alive()).toEqual(before);
  });

  test("an alarm of the author's own, which stays", async () => {
    const account = await serving();
    await account.clients.cloudWatch.send(authorsAlarm('orders'));
    const before = account.alive();
    brokenWhenLive(account, () => ({ status: 400, body: 'no' }));
    const run = await update(account, updating('canary', { alarms: { ...alarms, names: ['orders'] } }));
    expect(run.cause).toMatch(/ALARM state: orders/);
    expect(account.alive()).toEqual(before);
    expect(Object.keys(before.alarms)).toEqual(['orders']);
  });

  test('wrong answers that name the new model, after the traffic has moved', async () => {
    const account = await serving();
    const before = account.alive();
    const named = { 'x-amzn-sagemaker-custom-attributes': `a=b,model-sha256=${SHA_2}` };
    brokenWhenLive(account, () => ({ status: 200, headers: named, body: '{"artifact":"another"}' }));
    const run = await update(account, updating('canary'));
    expect(run).toMatchObject({ error: 'CanaryFailed', outcome: { outcome: 'rolledBack' } });
    expect(run.cause).toMatch(
      /answered \d+ of \d+ golden requests wrongly\. Golden case "names its artifact": \$\.artifact is another/,
    );
    expect(run.states).not.toContain('RunCanary');
    expect(account.alive()).toEqual(before);
  });

  test('nothing that reached the new fleet: silence is no health', async () => {
    const account = await serving();
    const before = account.alive();
    const run = await account.rollOut({ artifactSha256: SHA_2, request: updating('canary'), goldenCases: null });
    expect(run).toMatchObject({ error: 'CanaryFailed', outcome: { outcome: 'rolledBack' } });
    expect(run.cause).toMatch(/had 0 invocations .* fewer than 10 judge nothing/);
    expect(account.alive()).toEqual(before);
  });

  test('not what the old fleet answers', async () => {
    const account = await serving();
    // From the moment at which the new fleet bakes, the old model answers 500.
    account.answer = (url) =>
      account.hosting.metrics('iris').length > 1 && url?.includes(SHA_1) ? { status: 500, body: '' } : answerOf(url);
    expect(await update(account, updating('canary'))).toMatchObject({ succeeded: true });
  });
});

describe('refused before anything is made', () => {
  test.each<[string, number, Partial<ResolvedRequest>, RegExp]>([
    [
      'canary on one instance',
      1,
      { ...updating('canary'), hosting: instances(1) },
      /strategy\.type: "canary" .* at least 2 instances/,
    ],
    ['rolling on one instance', 1, { ...updating('rolling'), hosting: instances(1) }, /strategy\.type: "rolling"/],
    [
      'an alarm that is not there',
      4,
      updating('canary', { alarms: { ...alarms, names: ['gone'] } }),
      /There is no alarm "gone"/,
    ],
    [
      'Inf1',
      4,
      updating('canary', { hosting: { ...instances(4), instanceType: 'ml.inf1.xlarge' }, scaling: null }),
      /silently updates/,
    ],
  ])('%s', async (_name, count, request, cause) => {
    const account = await serving(count);
    const before = account.alive();
    const run = await update(account, request);
    expect(run).toMatchObject({ succeeded: false, error: 'RequestRejected', outcome: { outcome: 'rejected' } });
    expect(run.cause).toMatch(cause);
    expect(account.mutations()).toEqual([]);
    expect(account.alive()).toEqual(before);
  });

  test('an alarm that is in ALARM already', async () => {
    const account = await serving();
    await account.clients.cloudWatch.send(authorsAlarm('orders'));
    account.answer = () => ({ status: 400, body: 'no' });
    const invoke = new InvokeEndpointCommand({ EndpointName: 'iris', Body: '{}' });
    await expect(account.clients.runtime.send(invoke)).rejects.toMatchObject({ name: 'ModelError' });
    account.answer = answerOf;
    await account.pass(61_000);
    account.hosting.calls.length = 0;
    const run = await update(account, updating('canary', { alarms: { ...alarms, names: ['orders'] } }));
    expect(run.cause).toMatch(/"orders" is in ALARM already/);
    expect(account.mutations()).toEqual([]);
  });

  test('one instance is enough where it has been scaled out since', async () => {
    const account = await serving(1);
    account.hosting.autoScale('iris', 'primary', 2);
    await account.pass(600_000);
    const half = { type: 'canary', canaryPercent: 50, waitSeconds: 300 } as const;
    const strategy = { traffic: half, terminationWaitSeconds: 0, maximumExecutionSeconds: null };
    expect(await update(account, { strategy, alarms })).toMatchObject({ succeeded: true });
  });
});

test('an alarm that went after the plan: nothing is asked of the live endpoint', async () => {
  const account = await serving();
  const before = account.alive();
  await account.clients.cloudWatch.send(authorsAlarm('orders'));
  account.beforeTask = async (step) => {
    if (step === 'CreateAlarms')
      await account.clients.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: ['orders'] }));
    account.beforeTask = step === 'CreateAlarms' ? () => {} : account.beforeTask;
  };
  const run = await update(account, updating('canary', { alarms: { ...alarms, names: ['orders'] } }));
  expect(run).toMatchObject({ error: 'AlarmNotUsable', outcome: { outcome: 'rolledBack' } });
  expect(calls(account, 'UpdateEndpoint')).toEqual([]);
  expect(account.alive()).toEqual(before);
});

test('all at once without a bake needs none of it', async () => {
  const account = await serving();
  const run = await update(account, { hosting: instances(4), strategy: ALL_AT_ONCE });
  expect(run).toMatchObject({ succeeded: true });
  for (const step of ['CreateAlarms', 'SendGoldenTraffic', 'JudgeFleet', 'DeleteAlarms'])
    expect(run.states).not.toContain(step);
  expect(calls(account, 'UpdateEndpoint')[0]!.DeploymentConfig).toBeUndefined();
});

test('the longest update stays under 2,500 events', async () => {
  const account = await serving(10, null);
  const traffic = { type: 'linear', stepPercent: 10, waitSeconds: 2_600 } as const;
  const strategy = { traffic, terminationWaitSeconds: 3_600, maximumExecutionSeconds: 28_800 };
  const began = account.time.now;
  const request = { hosting: instances(10), scaling: null, strategy, alarms };
  // Without golden cases the batches are empty, which the history does not show, and spares 120,000 requests.
  const run = await account.rollOut({ artifactSha256: SHA_2, request, goldenCases: null });
  // Ten minutes each, and one more where the traffic goes on to its next step.
  expect(run.states.filter((state) => state === 'SendGoldenTraffic').length).toBeGreaterThan(40);
  expect(account.time.now - began).toBeGreaterThan(7.5 * 3_600_000);
  // A wait has six events, any other task five, every other state two.
  const isTask = (state: string) => 'Resource' in (asl.States[state] ?? {});
  const events = run.states.reduce((sum, state) => sum + (isTask(state) ? 6 : 2), 0);
  expect(events).toBeLessThan(2_500);
});
