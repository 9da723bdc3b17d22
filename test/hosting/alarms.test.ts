/** CloudWatch of endpoints: metrics from what the servers answered, alarms over them, and updates that alarms take back. */

import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricDataQuery,
  PutMetricAlarmCommand,
  type PutMetricAlarmInput,
} from '@aws-sdk/client-cloudwatch';
import type { UpdateEndpointInput } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { Account, failure, SECOND } from './account.ts';

type Name = 'Invocations' | 'Invocation4XXErrors' | 'Invocation5XXErrors' | 'InvocationModelErrors' | 'ModelLatency';

const metric = (Id: string, MetricName: Name, Stat: string, config?: string): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: {
      Namespace: 'AWS/SageMaker',
      MetricName,
      Dimensions: [
        { Name: 'EndpointName', Value: 'iris' },
        { Name: 'VariantName', Value: 'primary' },
        ...(config ? [{ Name: 'EndpointConfigName', Value: config }] : []),
      ],
    },
    Period: 60,
    Stat,
  },
  ReturnData: false,
});
const errorRate = (config: string, change: Partial<PutMetricAlarmInput> = {}): PutMetricAlarmInput => ({
  AlarmName: 'errors',
  Metrics: [
    metric('requests', 'Invocations', 'Sum', config),
    metric('errors', 'Invocation5XXErrors', 'Sum', config),
    { Id: 'rate', Expression: 'IF(requests >= 10, 100 * errors / requests, 0)', ReturnData: true },
  ],
  EvaluationPeriods: 1,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
  ...change,
});

/** An account whose models answer with the statuses that a test queues for them, 200 by default. */
class Measured extends Account {
  readonly statuses = new Map<string, number>();
  constructor() {
    super(
      {},
      {
        answer: async (_request, { modelName }) => {
          this.now += 10;
          return { status: this.statuses.get(modelName) ?? 200, body: '{}' };
        },
      },
    );
  }
  async invokeTimes(count: number): Promise<void> {
    const command = new InvokeEndpointCommand({ EndpointName: 'iris', Body: '{}' });
    for (let sent = 0; sent < count; sent++) await this.runtime.send(command).catch(() => undefined);
  }
  async data(...MetricDataQueries: MetricDataQuery[]): Promise<(number[] | undefined)[]> {
    const StartTime = new Date(this.now - 600 * SECOND);
    const asked = MetricDataQueries.map((query) => ({ ...query, ReturnData: true }));
    const answer = await this.cloudwatch.send(
      new GetMetricDataCommand({ MetricDataQueries: asked, StartTime, EndTime: new Date(this.now + 1) }),
    );
    return answer.MetricDataResults!.map(({ Values }) => Values);
  }
  async put(input: PutMetricAlarmInput): Promise<void> {
    await this.cloudwatch.send(new PutMetricAlarmCommand(input));
  }
  async state(name = 'errors') {
    const answer = await this.cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
    return answer.MetricAlarms![0]?.StateValue;
  }
}

async function serving(): Promise<Measured> {
  const account = new Measured();
  await account.serving('iris', 'one');
  return account;
}

test('metrics: of exactly their dimensions, model errors with 4XX among them, latency in microseconds', async () => {
  const account = await serving();
  await account.invokeTimes(3);
  account.statuses.set('one', 400);
  await account.invokeTimes(2);
  account.statuses.set('one', 503);
  await account.invokeTimes(1);
  expect(
    await account.data(
      metric('a', 'Invocations', 'Sum'),
      metric('b', 'Invocations', 'Sum', 'one'),
      metric('c', 'Invocations', 'Sum', 'another'),
      metric('d', 'Invocation4XXErrors', 'Sum', 'one'),
      metric('e', 'Invocation5XXErrors', 'Sum', 'one'),
      metric('f', 'InvocationModelErrors', 'Sum', 'one'),
      metric('g', 'ModelLatency', 'p99', 'one'),
      metric('h', 'InvocationModelErrors', 'Average', 'one'),
    ),
  ).toEqual([[6], [6], [], [2], [1], [3], [10_000], [0.5]]);
});

test('an answer that does not come counts as a model error, not as 5XX', async () => {
  const account = await serving();
  account.statuses.set('one', 0);
  await account.invokeTimes(1);
  const asked = [metric('a', 'InvocationModelErrors', 'Sum'), metric('b', 'Invocation5XXErrors', 'Sum')];
  expect(await account.data(...asked)).toEqual([[1], [0]]);
});

test('one value for each period, the newest first unless asked otherwise', async () => {
  const account = await serving();
  await account.invokeTimes(1);
  account.pass(120);
  await account.invokeTimes(2);
  expect(await account.data(metric('a', 'Invocations', 'Sum'))).toEqual([[2, 1]]);
});

describe('an alarm', () => {
  test('begins without a state, is OK while nothing is invoked, and ALARM after a bad minute', async () => {
    const account = await serving();
    await account.put(errorRate('one'));
    expect(await account.state()).toBe('INSUFFICIENT_DATA');
    account.pass(62);
    expect(await account.state()).toBe('OK');
    account.statuses.set('one', 500);
    await account.invokeTimes(10);
    expect(await account.state()).toBe('OK');
    account.pass(62);
    expect(await account.state()).toBe('ALARM');
    account.pass(62);
    expect(await account.state()).toBe('OK');
  });

  test('needs its minimum of requests', async () => {
    const account = await serving();
    await account.put(errorRate('one'));
    account.statuses.set('one', 500);
    await account.invokeTimes(9);
    account.pass(62);
    expect(await account.state()).toBe('OK');
  });

  test('does not mind what another configuration answers', async () => {
    const account = await serving();
    await account.put(errorRate('two'));
    account.statuses.set('one', 500);
    await account.invokeTimes(50);
    account.pass(62);
    expect(await account.state()).toBe('OK');
  });

  test('two of three datapoints', async () => {
    const account = await serving();
    await account.put(errorRate('one', { EvaluationPeriods: 3, DatapointsToAlarm: 2 }));
    account.statuses.set('one', 500);
    await account.invokeTimes(10);
    account.pass(120);
    expect(await account.state()).toBe('OK');
    await account.invokeTimes(10);
    account.pass(62);
    expect(await account.state()).toBe('ALARM');
  });

  test.each([
    ['missing', 'INSUFFICIENT_DATA'],
    ['breaching', 'ALARM'],
    ['notBreaching', 'OK'],
    ['ignore', 'INSUFFICIENT_DATA'],
  ])('missing data treated as %s: %s', async (TreatMissingData, state) => {
    const account = await serving();
    await account.put(errorRate('one', { TreatMissingData }));
    account.pass(300);
    expect(await account.state()).toBe(state);
  });

  test('a plain metric with a percentile', async () => {
    const account = await serving();
    const { Metric } = metric('m', 'ModelLatency', 'p99', 'one').MetricStat!;
    const plain = { ...Metric, Period: 60, ExtendedStatistic: 'p99', Metrics: undefined };
    await account.put(errorRate('one', { ...plain, Threshold: 9_999 }));
    await account.invokeTimes(1);
    account.pass(62);
    expect(await account.state()).toBe('ALARM');
  });

  test('is described as it was put, and is gone once deleted', async () => {
    const account = await serving();
    await account.put(errorRate('one'));
    const { MetricAlarms } = await account.cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'err' }));
    expect(MetricAlarms).toMatchObject([
      { ...errorRate('one'), AlarmArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:errors' },
    ]);
    await account.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['errors'] }));
    expect(await account.state()).toBeUndefined();
    const again = account.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['errors'] }));
    expect(await failure(again)).toEqual(['ResourceNotFound', 'Alarm errors does not exist']);
  });

  test.each<[string, Partial<PutMetricAlarmInput>, RegExp]>([
    ['a metric and queries', { MetricName: 'Invocations' }, /Exactly one of MetricName and Metrics/],
    [
      'two results',
      {
        Metrics: [
          { ...metric('a', 'Invocations', 'Sum'), ReturnData: true },
          { ...metric('b', 'Invocations', 'Sum'), ReturnData: true },
        ],
      },
      /Exactly one of the Metrics/,
    ],
    [
      'an expression over nothing',
      { Metrics: [{ Id: 'e', Expression: 'a + 1' }] },
      /refers to "a", which is not defined/,
    ],
    ['more datapoints than periods', { DatapointsToAlarm: 2 }, /DatapointsToAlarm/],
    ['no threshold', { Threshold: undefined }, /Threshold/],
    ['a name too long', { AlarmName: 'x'.repeat(256) }, /less than or equal to 255/],
  ])('%s: refused', async (_name, change, message) => {
    const account = await serving();
    const [code, text] = await failure(account.put(errorRate('one', change)));
    // The SDK gives the Query protocol's ValidationError its own name.
    expect(code).toMatch(/^Validation(Error|Exception)$/);
    expect(text).toMatch(message);
  });
});

describe('an update with an alarm', () => {
  const canary: Partial<UpdateEndpointInput> = {
    DeploymentConfig: {
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: {
          Type: 'CANARY',
          CanarySize: { Type: 'CAPACITY_PERCENT', Value: 50 },
          WaitIntervalInSeconds: 300,
        },
        TerminationWaitInSeconds: 60,
        MaximumExecutionTimeoutInSeconds: 3600,
      },
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] },
    },
  };

  async function baking(status: number): Promise<Measured> {
    const account = await serving();
    await account.config('two');
    account.statuses.set('two', status);
    await account.put(errorRate('two'));
    await account.update('iris', 'two', canary);
    account.pass(300);
    await account.invokeTimes(60);
    return account;
  }

  test('goes back at the minute in which the new fleet was bad, found later at a glance', async () => {
    const account = await baking(500);
    account.pass(1_000);
    expect(await account.describe('iris')).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: 'one',
      FailureReason: 'Deployment was rolled back because the following alarm(s) were in ALARM state: errors',
    });
    const back = account.hosting.journal.at(-1)!;
    // The new fleet came after 600 s; its first whole minute, two seconds for its answers, and 300 s to go back.
    expect(back).toMatchObject({ status: 'InService' });
    expect((back.at - Date.UTC(2026, 0, 1)) / SECOND).toBe(600 + 60 + 2 + 300);
  });

  test('goes through where the new fleet answers well, whatever the old one does', async () => {
    const account = await baking(200);
    account.statuses.set('one', 500);
    await account.invokeTimes(60);
    account.pass(1_000);
    expect(await account.describe('iris')).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'two' });
  });
});
