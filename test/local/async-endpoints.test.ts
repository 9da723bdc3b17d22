// Asynchronous endpoints on the local cloud: objects in its S3, messages of its SNS, and what caller and execution role need.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointAsyncCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { requiredFor } from '../../infra/authorisations.ts';
import { type Gateway, type LocalService, startGateway } from '../../local/gateway/gateway.ts';
import { Hosting } from '../../local/hosting/hosting.ts';
import { asyncStore } from '../../local/hosting-service/async-store.ts';
import { executionRoles } from '../../local/hosting-service/execution-roles.ts';
import { KmsKeys } from '../../local/ministack/kms-keys.ts';
import { type MiniStack, startMiniStack } from '../../local/ministack/ministack.ts';
import { ministackClients } from '../../local/ministack/ministack-clients.ts';
import { freePort } from '../../local/process/free-port.ts';
import { failure } from '../hosting/account.ts';
import { type AwsCli, awsCli } from '../hosting/aws-cli.ts';

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:results';
const READ = { Action: 's3:GetObject', Resource: 'arn:aws:s3:::hosted/*' };
const WRITE = { Action: 's3:PutObject', Resource: 'arn:aws:s3:::hosted/*' };
const PUBLISH = { Action: 'sns:Publish', Resource: TOPIC };

let directory: string;
let ministack: MiniStack;
let gateway: Gateway;
let hosting: Hosting;
let keys: KmsKeys;
let cli: AwsCli;
let clients: ReturnType<typeof ministackClients>;
let sagemaker: SageMakerClient;
let queueUrl: string;
/** Whatever the role lacks: it has lost it since. */
let comesUp = false;

/** The AWS CLI forgets AWS_ENDPOINT_URL for SQS alone. */
const sqs = (command: string, ...parameters: string[]) =>
  cli.aws('sqs', command, ...parameters, '--endpoint-url', gateway.url);

const client = (credentials = { accessKeyId: 'test', secretAccessKey: 'test' }) => ({
  ...{ endpoint: gateway.url, region: 'us-east-1', credentials, maxAttempts: 1 },
});

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'async-test-'));
  const ministackPort = await freePort();
  clients = ministackClients(ministackPort);
  keys = new KmsKeys(ministackPort);
  const { iam, s3, sns } = clients;
  const roles = executionRoles({ iam, s3, keys, region: 'us-east-1' });
  hosting = new Hosting({
    ...{ provisioning: () => 0, obstacleTo: async (started) => (comesUp ? undefined : roles.obstacleTo(started)) },
    asyncStore: asyncStore({ s3, sns, obstacle: roles.obstacle }),
  });
  const services: Record<string, LocalService> = { sagemaker: hosting, 'sagemaker-runtime': hosting };
  gateway = await startGateway({ ministackPort, services, requiredFor, tagsOf: (arn) => hosting.tagsOf(arn) });
  ministack = await startMiniStack({ port: ministackPort, endpointUrl: gateway.url, directory });
  cli = awsCli({
    ...{ PATH: process.env.PATH, AWS_ENDPOINT_URL: gateway.url, AWS_DEFAULT_REGION: 'us-east-1', AWS_PAGER: '' },
    ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
  });
  sagemaker = new SageMakerClient(client());
  await s3.send(new CreateBucketCommand({ Bucket: 'hosted' }));
  await s3.send(new PutObjectCommand({ Bucket: 'hosted', Key: 'inputs/one.json', Body: '{"instances":[]}' }));
  await cli.aws('sns', 'create-topic', '--name', 'results');
  const queueArn = 'arn:aws:sqs:us-east-1:000000000000:told';
  const Principal = { Service: 'sns.amazonaws.com' };
  const Policy = policy({ Effect: 'Allow', Principal, Action: 'sqs:SendMessage', Resource: queueArn });
  const attributes = ['--attributes', JSON.stringify({ Policy })];
  queueUrl = String((await sqs('create-queue', '--queue-name', 'told', ...attributes))!.QueueUrl);
  const subscription = ['--topic-arn', TOPIC, '--protocol', 'sqs', '--notification-endpoint', queueArn];
  await cli.aws('sns', 'subscribe', ...subscription, '--attributes', 'RawMessageDelivery=true');
});

afterAll(async () => {
  await cli?.end();
  await hosting?.close();
  await ministack?.stop();
  await gateway?.close();
  keys?.close();
  for (const each of Object.values(clients)) each.destroy();
  await rm(directory, { recursive: true });
});

const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const allowed = (...statements: object[]) => policy(...statements.map((each) => ({ Effect: 'Allow', ...each })));

/** An asynchronous endpoint whose role may do no more. */
async function endpoint(name: string, ...rights: object[]): Promise<void> {
  const trust = { Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const { Role } = await clients.iam.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: policy(trust) }),
  );
  await clients.iam.send(
    new PutRolePolicyCommand({ RoleName: name, PolicyName: 'rights', PolicyDocument: allowed(...rights) }),
  );
  const PrimaryContainer = { Image: '000000000000.dkr.ecr.us-east-1.amazonaws.com/serving:1' };
  await sagemaker.send(new CreateModelCommand({ ModelName: name, ExecutionRoleArn: Role!.Arn!, PrimaryContainer }));
  const variant = {
    VariantName: 'primary',
    ModelName: name,
    InstanceType: 'ml.m5.large',
    InitialInstanceCount: 1,
  } as const;
  const OutputConfig = {
    ...{ S3OutputPath: `s3://hosted/${name}`, S3FailurePath: `s3://hosted/${name}/failed` },
    NotificationConfig: { SuccessTopic: TOPIC, ErrorTopic: TOPIC },
  };
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      ...{ EndpointConfigName: name, ProductionVariants: [variant], AsyncInferenceConfig: { OutputConfig } },
    }),
  );
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
  // Whether the role may publish is asked of IAM, which answers over HTTP.
  const status = async () => (await sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }))).EndpointStatus;
  while ((await status()) === 'Creating');
}

async function ask(EndpointName: string): Promise<void> {
  const runtime = new SageMakerRuntimeClient(client());
  const InputLocation = 's3://hosted/inputs/one.json';
  await runtime.send(new InvokeEndpointAsyncCommand({ EndpointName, InferenceId: 'one', InputLocation }));
  await hosting.settled();
}

/** The objects of an endpoint by their keys. */
async function objects(name: string): Promise<Record<string, string>> {
  const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: 'hosted', Prefix: `${name}/` }));
  const read = async (Key: string) => {
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: 'hosted', Key }));
    return [Key, await Body!.transformToString()] as const;
  };
  return Object.fromEntries(await Promise.all(Contents.map(({ Key }) => read(Key!))));
}

/** The message of the topic: what was asked is published by now. */
async function told(): Promise<Record<string, unknown>> {
  const answer = await sqs('receive-message', '--queue-url', queueUrl);
  const [message] = answer!.Messages as [{ Body: string; ReceiptHandle: string }];
  await sqs('delete-message', '--queue-url', queueUrl, '--receipt-handle', message.ReceiptHandle);
  return JSON.parse(message.Body);
}

test('with all rights the answer lies in S3, and SNS tells it', async () => {
  await endpoint('all', READ, WRITE, PUBLISH);
  await ask('all');
  expect(await objects('all')).toEqual({ 'all/one.out': '{"model":"all"}' });
  expect(await told()).toMatchObject({
    ...{ invocationStatus: 'Completed', inferenceId: 'one', eventName: 'InferenceResult' },
    requestParameters: { endpointName: 'all', inputLocation: 's3://hosted/inputs/one.json' },
    responseParameters: { contentType: 'application/json', outputLocation: 's3://hosted/all/one.out' },
  });
}, 30_000);

test('without s3:GetObject the request fails for that', async () => {
  await endpoint('unread', WRITE, PUBLISH);
  await ask('unread');
  expect(await objects('unread')).toEqual({ 'unread/failed/one-error.out': expect.stringMatching(/s3:GetObject/) });
  expect(await told()).toMatchObject({
    ...{ invocationStatus: 'Failed', failureReason: expect.stringMatching(/s3:GetObject/) },
    responseParameters: { failureLocation: 's3://hosted/unread/failed/one-error.out' },
  });
}, 30_000);

test('without s3:PutObject there is nothing but the message', async () => {
  await endpoint('unwritten', READ, PUBLISH);
  await ask('unwritten');
  expect(await objects('unwritten')).toEqual({});
  expect(await told()).toMatchObject({
    invocationStatus: 'Failed',
    failureReason: expect.stringMatching(/s3:PutObject/),
  });
}, 30_000);

test('without sns:Publish the endpoint does not come up, and AWS says for what', async () => {
  await endpoint('silent', READ, WRITE);
  expect(await sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'silent' }))).toMatchObject({
    EndpointStatus: 'Failed',
    FailureReason: expect.stringContaining(`has "sns:Publish" permissions for topic "${TOPIC}"`),
  });
}, 30_000);

test('where sns:Publish is taken away later there is nothing but the object', async () => {
  comesUp = true;
  await endpoint('untold', READ, WRITE);
  await ask('untold');
  expect(await objects('untold')).toEqual({ 'untold/one.out': '{"model":"untold"}' });
  expect((await sqs('receive-message', '--queue-url', queueUrl))?.Messages).toBeUndefined();
}, 30_000);

test('a caller needs sagemaker:InvokeEndpointAsync, and no right of S3', async () => {
  await endpoint('called', READ, WRITE, PUBLISH);
  const { iam } = clients;
  await iam.send(new CreateUserCommand({ UserName: 'caller' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'caller' }));
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey!;
  const runtime = new SageMakerRuntimeClient(client({ accessKeyId: accessKeyId!, secretAccessKey: secretAccessKey! }));
  const call = () => runtime.send(new InvokeEndpointAsyncCommand({ EndpointName: 'called', Body: '{}' }));
  expect(await failure(call())).toEqual([
    'AccessDeniedException',
    expect.stringMatching(/sagemaker:InvokeEndpointAsync/),
  ]);
  const Resource = 'arn:aws:sagemaker:us-east-1:000000000000:endpoint/called';
  const PolicyDocument = allowed({ Action: 'sagemaker:InvokeEndpointAsync', Resource });
  // Through the gateway, which then forgets what it knew of policies.
  await cli.aws(
    'iam',
    'put-user-policy',
    '--user-name',
    'caller',
    '--policy-name',
    'ask',
    '--policy-document',
    PolicyDocument,
  );
  expect((await call()).$metadata.httpStatusCode).toBe(202);
}, 30_000);
