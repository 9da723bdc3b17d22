// The gateway in front of a real MiniStack: what passes, what is recorded, what faults do.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { DescribeEndpointCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Gateway, type LocalService, startGateway } from '../../local/gateway/gateway.ts';
import { Hosting } from '../../local/hosting/hosting.ts';
import { endpointAlarms } from '../../local/hosting-service/endpoint-alarms.ts';
import { type MiniStack, startMiniStack } from '../../local/ministack/ministack.ts';
import { ministackClients } from '../../local/ministack/ministack-clients.ts';
import { freePort } from '../../local/process/free-port.ts';

let directory: string;
let ministack: MiniStack;
let gateway: Gateway;
let clients: ReturnType<typeof ministackClients>;
const hosting = new Hosting();
let handled: Parameters<LocalService['handle']>[0][] = [];

/** Answers every call with what the test can tell apart. */
const sagemaker: LocalService = {
  async handle(request) {
    handled.push(request);
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: '{"EndpointStatus":"InService"}' };
  },
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gateway-test-'));
  const ministackPort = await freePort();
  clients = ministackClients(ministackPort);
  gateway = await startGateway({
    ministackPort,
    services: {
      sagemaker,
      'sagemaker-runtime': sagemaker,
      cloudwatch: endpointAlarms(hosting, clients.cloudwatch),
    },
    requiredFor: ({ operation, input }, { region, account }) => {
      if (operation === 'InvokeEndpoint') throw new Error('There is no entry for InvokeEndpoint.');
      const resource = `arn:aws:sagemaker:${region}:${account}:endpoint/${input.EndpointName}`;
      return [{ action: `sagemaker:${operation}`, resource, context: {} }];
    },
    tagsOf: () => undefined,
  });
  ministack = await startMiniStack({ port: ministackPort, endpointUrl: gateway.url, directory });
});

afterAll(async () => {
  await ministack?.stop();
  await gateway?.close();
  for (const each of Object.values(clients)) each.destroy();
  await rm(directory, { recursive: true });
});

beforeEach(() => {
  gateway.journal.clear();
  gateway.faults.clear();
  handled = [];
});

const root = { accessKeyId: 'test', secretAccessKey: 'test' };
const client = (credentials = root, maxAttempts = 1) => ({
  endpoint: gateway.url,
  region: 'us-east-1',
  credentials,
  maxAttempts,
});
const s3 = (maxAttempts?: number) => new S3Client({ ...client(root, maxAttempts), forcePathStyle: true });

test('signed calls reach MiniStack and come back, 40 MB both ways byte for byte', async () => {
  const Bucket = 'round-trip';
  const Body = randomBytes(40 * 1024 * 1024);
  await s3().send(new CreateBucketCommand({ Bucket }));
  await s3().send(new PutObjectCommand({ Bucket, Key: 'a b+ü/%.bin', Body }));
  const answer = await s3().send(new GetObjectCommand({ Bucket, Key: 'a b+ü/%.bin' }));
  expect(Buffer.compare(await answer.Body!.transformToByteArray(), Body)).toBe(0);
  const calls = gateway.journal.calls({ service: 's3' });
  expect(calls.map(({ operation, status, caller }) => [operation, status, caller])).toEqual([
    ['CreateBucket', 200, 'root'],
    ['PutObject', 200, 'root'],
    ['GetObject', 200, 'root'],
  ]);
});

test('a range of a version is that range, as in S3', async () => {
  const Bucket = 'versions';
  await s3().send(new CreateBucketCommand({ Bucket }));
  const versioning = { Bucket, VersioningConfiguration: { Status: 'Enabled' } } as const;
  await s3().send(new PutBucketVersioningCommand(versioning));
  const { VersionId } = await s3().send(new PutObjectCommand({ Bucket, Key: 'a', Body: '0123456789' }));
  await s3().send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'newer' }));
  const get = (Range: string) => s3().send(new GetObjectCommand({ Bucket, Key: 'a', VersionId, Range }));
  const part = await get('bytes=2-4');
  expect(part).toMatchObject({ ContentRange: 'bytes 2-4/10', ContentLength: 3, $metadata: { httpStatusCode: 206 } });
  expect(await part.Body!.transformToString()).toBe('234');
  await expect(get('bytes=10-')).rejects.toMatchObject({ name: 'InvalidRange' });
});

test('a wrong signature is refused by MiniStack itself', async () => {
  const user = await userWith('stranger', 's3:ListAllMyBuckets', '*');
  const wrong = { ...user, secretAccessKey: 'not the secret' };
  await expect(new S3Client(client(wrong)).send(new ListBucketsCommand())).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
  });
  const right = await new S3Client(client(user)).send(new ListBucketsCommand());
  expect(right.$metadata.httpStatusCode).toBe(200);
});

test('SageMaker goes to the local service, with input and headers', async () => {
  const { EndpointStatus } = await new SageMakerClient(client()).send(
    new DescribeEndpointCommand({ EndpointName: 'iris' }),
  );
  expect(EndpointStatus).toBe('InService');
  expect(handled).toHaveLength(1);
  expect(handled[0]).toMatchObject({
    method: 'POST',
    path: '/',
    headers: { 'x-amz-target': 'SageMaker.DescribeEndpoint' },
  });
  expect(JSON.parse(handled[0]!.body.toString())).toEqual({ EndpointName: 'iris' });
});

describe('CloudWatch', () => {
  const cloudwatch = () => new CloudWatchClient(client());
  const Dimensions = ['EndpointName', 'VariantName'].map((Name) => ({ Name, Value: 'a' }));
  const alarm = (AlarmName: string, Namespace: string) =>
    new PutMetricAlarmCommand({
      ...{ AlarmName, Namespace, MetricName: 'Invocations', Dimensions, Statistic: 'Sum', Period: 60 },
      ...{ EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' },
    });
  const names = async () => {
    const { MetricAlarms = [] } = await cloudwatch().send(
      new DescribeAlarmsCommand({ AlarmNames: ['ours', 'theirs'] }),
    );
    return MetricAlarms.map(({ AlarmName }) => AlarmName);
  };

  test("alarms on endpoints are the simulator's, all others MiniStack's; both are described in one answer", async () => {
    await cloudwatch().send(alarm('ours', 'AWS/SageMaker'));
    await cloudwatch().send(alarm('theirs', 'AWS/Lambda'));
    expect(hosting.holdsAlarm('ours')).toBe(true);
    expect(hosting.holdsAlarm('theirs')).toBe(false);
    const { MetricAlarms } = await clients.cloudwatch.send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms!.map(({ AlarmName }) => AlarmName)).toEqual(['theirs']);
    expect(await names()).toEqual(['ours', 'theirs']);
    await cloudwatch().send(new DeleteAlarmsCommand({ AlarmNames: ['ours'] }));
    expect(await names()).toEqual(['theirs']);
    await cloudwatch().send(new DeleteAlarmsCommand({ AlarmNames: ['theirs'] }));
    expect(await names()).toEqual([]);
  });

  test('so are their metrics', async () => {
    const at = new Date();
    const own = { MetricName: 'Invocations', Value: 7, Timestamp: at, Dimensions };
    await cloudwatch().send(new PutMetricDataCommand({ Namespace: 'Mine', MetricData: [own] }));
    const values = async (Namespace: string) => {
      const Metric = { Namespace, MetricName: 'Invocations', Dimensions };
      const { MetricDataResults } = await cloudwatch().send(
        new GetMetricDataCommand({
          MetricDataQueries: [{ Id: 'a', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }],
          StartTime: new Date(at.getTime() - 120_000),
          EndTime: new Date(at.getTime() + 120_000),
        }),
      );
      return MetricDataResults![0]!.Values;
    };
    expect(await values('Mine')).toEqual([7]);
    expect(await values('AWS/SageMaker')).toEqual([]);
  });
});

test('a user gets what his policies allow, and no more', async () => {
  const user = await userWith('describer', 'sagemaker:DescribeEndpoint', 'arn:aws:sagemaker:*:*:endpoint/iris');
  const sagemakerAsUser = new SageMakerClient(client(user));
  await expect(sagemakerAsUser.send(new DescribeEndpointCommand({ EndpointName: 'iris' }))).resolves.toBeDefined();
  await expect(sagemakerAsUser.send(new DescribeEndpointCommand({ EndpointName: 'other' }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('because no identity-based policy allows the sagemaker:DescribeEndpoint action'),
    $metadata: { httpStatusCode: 400 },
  });
  expect(handled).toHaveLength(1);
  const [, refused] = gateway.journal.calls({ service: 'sagemaker' });
  expect(refused).toMatchObject({ caller: 'arn:aws:iam::000000000000:user/describer', error: 'AccessDeniedException' });
});

test('a call that the table of authorisations does not know is refused, by the runtime with 403', async () => {
  const user = await userWith('invoker', 'sagemaker:*', '*');
  const invoke = new InvokeEndpointCommand({ EndpointName: 'iris', Body: '{}' });
  await expect(new SageMakerRuntimeClient(client(user)).send(invoke)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: 'There is no entry for InvokeEndpoint.',
    $metadata: { httpStatusCode: 403 },
  });
  await expect(new SageMakerRuntimeClient(client()).send(invoke)).resolves.toBeDefined();
});

test("a key that nobody has is refused with AWS's name", async () => {
  const nobody = { accessKeyId: 'AKIANOBODYNOBODYNOBO', secretAccessKey: 'x' };
  const describe = new DescribeEndpointCommand({ EndpointName: 'iris' });
  await expect(new SageMakerClient(client(nobody)).send(describe)).rejects.toMatchObject({
    name: 'UnrecognizedClientException',
  });
  expect(handled).toHaveLength(0);
});

test('an injected error has the form of the service, and is spent after its times', async () => {
  const error = { code: 'ThrottlingException', message: 'Rate exceeded' };
  gateway.faults.inject({ service: 'sagemaker', operation: 'DescribeEndpoint', caller: 'root', times: 1, error });
  gateway.faults.inject({
    service: 's3',
    error: { code: 'SlowDown', message: 'Please <wait>', statusCode: 503 },
    times: 1,
  });
  gateway.faults.inject({ service: 'sts', error: { code: 'ExpiredToken', message: 'old' }, times: 1 });
  const describe = () => new SageMakerClient(client()).send(new DescribeEndpointCommand({ EndpointName: 'iris' }));
  await expect(describe()).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded' });
  await expect(describe()).resolves.toBeDefined();
  await expect(s3().send(new ListBucketsCommand())).rejects.toMatchObject({
    name: 'SlowDown',
    message: 'Please <wait>',
  });
  const identity = () => new STSClient(client()).send(new GetCallerIdentityCommand());
  await expect(identity()).rejects.toMatchObject({ name: 'ExpiredToken' });
  await expect(identity()).resolves.toMatchObject({ Account: '000000000000' });
  expect(gateway.journal.calls({ error: 'ThrottlingException' })).toHaveLength(1);
});

test('a dropped call is not made, a lost answer is; both break the connection', async () => {
  const describe = () => new SageMakerClient(client()).send(new DescribeEndpointCommand({ EndpointName: 'iris' }));
  gateway.faults.inject({ service: 'sagemaker', drop: 'beforeCall', times: 1 });
  await expect(describe()).rejects.toThrow('socket hang up');
  expect(handled).toHaveLength(0);
  gateway.faults.inject({ service: 'sagemaker', drop: 'afterCall', times: 1 });
  await expect(describe()).rejects.toThrow('socket hang up');
  expect(handled).toHaveLength(1);
  gateway.faults.inject({ service: 's3', operation: 'CreateBucket', drop: 'afterCall', times: 1 });
  await expect(s3().send(new CreateBucketCommand({ Bucket: 'lost-answer' }))).rejects.toThrow('socket hang up');
  const { Buckets } = await s3().send(new ListBucketsCommand());
  expect(Buckets!.map(({ Name }) => Name)).toContain('lost-answer');
});

test('an SDK with its usual retries gets over one broken connection', async () => {
  gateway.faults.inject({ service: 's3', drop: 'beforeCall', times: 1 });
  await expect(s3(3).send(new ListBucketsCommand())).resolves.toBeDefined();
  expect(gateway.journal.calls({ service: 's3' }).map(({ status }) => status)).toEqual([0, 200]);
});

test('a delay holds the call, and removing a fault ends it', async () => {
  const remove = gateway.faults.inject({ service: 'sagemaker', delayMs: 300 });
  const describe = () => new SageMakerClient(client()).send(new DescribeEndpointCommand({ EndpointName: 'iris' }));
  await describe();
  remove();
  await describe();
  const [held, free] = gateway.journal.calls({ service: 'sagemaker' });
  expect(held!.durationMs).toBeGreaterThanOrEqual(299);
  expect(free!.durationMs).toBeLessThan(200);
});

test('the journal can be read over HTTP', async () => {
  await new SageMakerClient(client()).send(new DescribeEndpointCommand({ EndpointName: 'iris' }));
  const answer = await fetch(`${gateway.url}/_cloud/calls?service=sagemaker`);
  expect(await answer.json()).toEqual([
    expect.objectContaining({ caller: 'root', operation: 'DescribeEndpoint', status: 200 }),
  ]);
});

async function userWith(UserName: string, Action: string, Resource: string) {
  const iam = new IAMClient(client());
  await iam.send(new CreateUserCommand({ UserName }));
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] });
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'test', PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}
