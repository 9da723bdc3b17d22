/** What an asynchronous endpoint needs rights for, publishes to topics, and measures. */

import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { SECOND } from './account.ts';
import { AsyncAccount, asyncConfig, ERROR_TOPIC, FAILURES, OUTPUT, SUCCESS_TOPIC } from './async-account.ts';

const TOPICS = { NotificationConfig: { SuccessTopic: SUCCESS_TOPIC, ErrorTopic: ERROR_TOPIC } };
const VARIANT = { EndpointName: 'iris', VariantName: 'primary' };

/** Of each metric the sum of what was published since the beginning; undefined where nothing was. */
async function sums(account: AsyncAccount, names: string[], of: Record<string, string> = VARIANT, Stat = 'Sum') {
  const Dimensions = Object.entries(of).map(([Name, Value]) => ({ Name, Value }));
  const MetricDataQueries = names.map((MetricName, index) => ({
    Id: `m${index}`,
    MetricStat: { Metric: { Namespace: 'AWS/SageMaker', MetricName, Dimensions }, Period: 86_400, Stat },
  }));
  const { MetricDataResults } = await account.cloudwatch.send(
    new GetMetricDataCommand({
      ...{ StartTime: new Date(account.now - 86_400 * SECOND), EndTime: new Date(account.now + 60 * SECOND) },
      MetricDataQueries,
    }),
  );
  return Object.fromEntries(names.map((name, index) => [name, MetricDataResults![index]!.Values![0]]));
}

test('a success and a failure are told to their topics, as AWS’s page has it', async () => {
  const account = new AsyncAccount({
    answer: ({ body }) =>
      Buffer.from(body).toString() === '1' ? { status: 200, body: '"yes"' } : { status: 400, body: 'bad' },
  });
  await account.queued(asyncConfig(1, TOPICS));
  account.store.inputs.set('s3://inputs/one', '1');
  const begun = account.now;
  await account.ask('good', 1, { Body: undefined, InputLocation: 's3://inputs/one' });
  await account.ask('bad', 2);
  await account.after(10);
  const common = {
    awsRegion: 'us-east-1',
    receivedTime: new Date(begun).toISOString(),
    eventVersion: '1.0',
    eventSource: 'aws:sagemaker',
    eventName: 'InferenceResult',
  };
  expect(account.store.published.map(({ topicArn, message }) => [topicArn, JSON.parse(message)])).toEqual([
    [
      SUCCESS_TOPIC,
      {
        ...common,
        eventTime: new Date(begun + 1_000).toISOString(),
        invocationStatus: 'Completed',
        requestParameters: { contentType: 'application/json', endpointName: 'iris', inputLocation: 's3://inputs/one' },
        responseParameters: { contentType: 'application/octet-stream', outputLocation: `${OUTPUT}/good.out` },
        inferenceId: 'good',
      },
    ],
    [
      ERROR_TOPIC,
      {
        ...common,
        eventTime: new Date(begun + 3_000).toISOString(),
        invocationStatus: 'Failed',
        failureReason: 'Received client error (400) from primary with message "bad"',
        requestParameters: { contentType: 'application/json', endpointName: 'iris' },
        responseParameters: { contentType: 'text/plain', failureLocation: `${FAILURES}/bad-error.out` },
        inferenceId: 'bad',
      },
    ],
  ]);
});

test.each([
  [128 * 1024, true],
  [128 * 1024 + 1, false],
])('of an answer of %i bytes the message has the text: %s', async (size, isIncluded) => {
  const account = new AsyncAccount({ answer: () => ({ status: 200, body: 'x'.repeat(size) }) });
  const wanted = { ...TOPICS.NotificationConfig, IncludeInferenceResponseIn: ['SUCCESS_NOTIFICATION_TOPIC' as const] };
  await account.queued(asyncConfig(1, { NotificationConfig: wanted }));
  await account.ask('one', 1);
  await account.after(1);
  const { responseBody } = JSON.parse(account.store.published[0]!.message);
  const included = { content: Buffer.from('x'.repeat(size)).toString('base64'), encoding: 'BASE64' };
  expect(responseBody).toEqual(isIncluded ? included : undefined);
});

test('without rights on the input a request fails, and counts as a failed download', async () => {
  const account = new AsyncAccount();
  await account.queued(asyncConfig(1, TOPICS));
  account.store.inputs.set('s3://inputs/one', '1');
  account.store.denied.add('read');
  await account.ask('one', 1, { Body: undefined, InputLocation: 's3://inputs/one' });
  await account.after(60);
  expect(account.written(FAILURES)).toEqual(['one-error.out']);
  expect(JSON.parse(account.store.published[0]!.message).failureReason).toMatch(/s3:GetObject/);
  expect(await sums(account, ['RequestDownloadFailures', 'InvocationFailures', 'InvocationsProcesssed'])).toEqual({
    ...{ RequestDownloadFailures: 1, InvocationFailures: 1, InvocationsProcesssed: 1 },
  });
  expect(await sums(account, ['RequestDownloadLatency', 'ModelLatency'])).toEqual({});
});

test('without rights on the outputs the failure is written, if that may be; each failed upload counts', async () => {
  const account = new AsyncAccount();
  await account.queued(asyncConfig(1, TOPICS));
  account.store.deniedPrefix = OUTPUT;
  await account.ask('one', 1);
  await account.after(1);
  expect(account.store.written.map(({ url }) => url)).toEqual([`${FAILURES}/one-error.out`]);
  account.store.denied.add('write');
  await account.ask('two', 1);
  await account.after(60);
  expect(account.store.written).toHaveLength(1);
  expect(account.store.published.map(({ topicArn }) => topicArn)).toEqual([ERROR_TOPIC, ERROR_TOPIC]);
  expect(await sums(account, ['ResponseUploadFailures', 'InvocationFailures'])).toEqual({
    ...{ ResponseUploadFailures: 3, InvocationFailures: 2 },
  });
});

test('without rights on a topic the object is there, and a failed notification counts', async () => {
  const account = new AsyncAccount();
  await account.queued(asyncConfig(1, TOPICS));
  account.store.denied.add('publish');
  await account.ask('one', 1);
  await account.after(60);
  expect(account.written()).toEqual(['one.out']);
  expect(await sums(account, ['NotificationFailures', 'InvocationFailures'])).toEqual({
    ...{ NotificationFailures: 1, InvocationFailures: 0 },
  });
});

test('requests are measured by variant, and have none of the metrics of invocations', async () => {
  const account = new AsyncAccount({
    answer: ({ body }) => ({ status: Number(body.length === 1 ? 200 : 503), body: '' }),
  });
  await account.queued(asyncConfig(1));
  await account.ask('first', 9);
  await account.ask('second', 20);
  await account.ask('expires', 1_000);
  await account.ask('late', 1, { RequestTTLSeconds: 60 });
  await account.after(100);
  const ofVariant = {
    ...{ InvocationsProcesssed: 2, InvocationFailures: 1, TimeInBacklog: 9_000, TotalProcessingTime: 9_000 + 29_000 },
    ...{ ModelLatency: 29_000_000, Invocation4XXErrors: 0, Invocation5XXErrors: 1, ExpiredRequests: 1 },
    ...{
      ResponseUploadLatency: 0,
      Invocations: undefined,
      OverheadLatency: undefined,
      InvocationsPerInstance: undefined,
    },
  };
  expect(await sums(account, Object.keys(ofVariant))).toEqual(ofVariant);
  const withConfig = { ...VARIANT, EndpointConfigName: 'iris-1' };
  expect(await sums(account, ['ModelLatency', 'TimeInBacklog'], withConfig)).toEqual({ ModelLatency: 29_000_000 });
  expect(await sums(account, ['ModelLatency'], { EndpointName: 'iris' })).toEqual({});
});

test('the backlog is measured each minute, of the endpoint alone', async () => {
  const account = new AsyncAccount();
  await account.queued(asyncConfig(2), { InitialInstanceCount: 2 });
  for (let i = 0; i < 10; i += 1) await account.ask(`r${i}`, 90);
  const at = async (Stat: string) =>
    await sums(
      account,
      [
        'ApproximateBacklogSize',
        'ApproximateBacklogSizePerInstance',
        'ApproximateAgeOfOldestRequest',
        'HasBacklogWithoutCapacity',
      ],
      { EndpointName: 'iris' },
      Stat,
    );
  await account.after(60);
  expect(await at('Maximum')).toEqual({
    ...{ ApproximateBacklogSize: 10, ApproximateBacklogSizePerInstance: 5, ApproximateAgeOfOldestRequest: 60 },
    HasBacklogWithoutCapacity: 0,
  });
  await account.after(60);
  expect(await at('Minimum')).toMatchObject({ ApproximateBacklogSize: 0 });
  expect(await sums(account, ['ApproximateBacklogSize'])).toEqual({});
});

test('a backlog without instances is one', async () => {
  const account = new AsyncAccount();
  await account.queued(asyncConfig());
  await account.count(0);
  await account.after(300);
  await account.ask('waits', 1);
  await account.after(60);
  const names = ['HasBacklogWithoutCapacity', 'ApproximateBacklogSizePerInstance'];
  expect(await sums(account, names, { EndpointName: 'iris' }, 'Maximum')).toEqual({
    ...{ HasBacklogWithoutCapacity: 1, ApproximateBacklogSizePerInstance: 1 },
  });
});
