// The base of the local cloud with a small CDK app in it: the deploy, the functions' errors and permissions, two side by side.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetImageCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DeleteRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { startCloud } from '../../local/cloud/cloud.ts';
import { publishServingImage } from '../../local/cloud/publish-serving-image.ts';

const STACK = 'LocalBaseFixture';

/** A cloud with the fixture app; its hosting answers every call that gets as far. */
const start = () =>
  startCloud({
    app: `node ${join(import.meta.dirname, 'fixture-app', 'app.ts')}`,
    hosting: () => ({
      handle: async () => ({
        statusCode: 200,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: '{"EndpointStatus":"InService"}',
      }),
      tagsOf: () => undefined,
      stop: async () => {},
    }),
    requiredFor: ({ operation, input }, { region, account }) => {
      const resource = `arn:aws:sagemaker:${region}:${account}:endpoint/${input.EndpointName}`;
      return [{ action: `sagemaker:${operation}`, resource, context: {} }];
    },
  });

type FixtureCloud = Awaited<ReturnType<typeof start>>;
let clouds: FixtureCloud[] = [];
beforeAll(async () => {
  clouds = await Promise.all([start(), start()]);
}, 60_000);
afterAll(() => Promise.all(clouds.map((cloud) => cloud.stop())));

const client = ({ endpointUrl }: FixtureCloud) => ({
  endpoint: endpointUrl,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

async function invoke(cloud: FixtureCloud, output: string, input: object) {
  const lambda = new LambdaClient(client(cloud));
  const FunctionName = cloud.outputs[STACK]![output]!;
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(input) }),
  );
  return { failed: FunctionError !== undefined, ...JSON.parse(Buffer.from(Payload!).toString()) };
}

test('two clouds side by side know nothing of each other', async () => {
  const [one, two] = clouds as [FixtureCloud, FixtureCloud];
  expect(one.endpointUrl).not.toBe(two.endpointUrl);
  expect(one.outputs[STACK]!.BucketName).not.toBe(two.outputs[STACK]!.BucketName);
  const { Buckets } = await new S3Client(client(one)).send(new ListBucketsCommand());
  const names = Buckets!.map(({ Name }) => Name);
  expect(names).toContain(one.outputs[STACK]!.BucketName);
  expect(names).not.toContain(two.outputs[STACK]!.BucketName);
  expect(two.journal.calls({ operation: 'ListBuckets' })).toEqual([]);
});

test('the CDK deploys with the roles that its bootstrap made, through the gateway', () => {
  const deploying = clouds[0]!.journal.calls({ service: 'cloudformation', operation: 'ExecuteChangeSet' });
  expect(deploying.map(({ caller }) => caller)).toContainEqual(
    expect.stringContaining('assumed-role/cdk-hnb659fds-deploy-role'),
  );
});

test('an upload starts the machine, and an error is retried and caught by its name', async () => {
  const [cloud] = clouds as [FixtureCloud];
  const { BucketName, StateMachineArn } = cloud.outputs[STACK]!;
  await new S3Client(client(cloud)).send(new PutObjectCommand({ Bucket: BucketName, Key: 'models/x', Body: 'x' }));
  const sfn = new SFNClient(client(cloud));
  const execution = await until(async () => {
    const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: StateMachineArn }));
    return executions?.find(({ status }) => status !== 'RUNNING');
  });
  expect(execution.status).toBe('SUCCEEDED');
  const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn: execution.executionArn }));
  // AWS calls these LambdaFunctionFailed, MiniStack TaskFailed.
  const failures = events!.flatMap(({ taskFailedEventDetails: failed }) => (failed ? [failed.error] : []));
  // The first attempt and the two retries that the machine has for this name, and for no other.
  expect(failures).toEqual(['NotReady', 'NotReady', 'NotReady']);
  const entered = events!.flatMap(({ stateEnteredEventDetails: state }) => (state ? [state.name] : []));
  expect(entered).toEqual(['ThrowNotReady', 'CaughtByName', 'Succeeded']);
}, 20_000);

test('the function keeps its settings, and only its runtime differs from the template', async () => {
  const [cloud] = clouds as [FixtureCloud];
  const lambda = new LambdaClient(client(cloud));
  const FunctionName = cloud.outputs[STACK]!.AskingName!;
  const { Runtime, Handler, Timeout, Environment } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName }),
  );
  expect({ Runtime, Handler, Timeout }).toEqual({ Runtime: 'provided.al2023', Handler: 'index.asking', Timeout: 30 });
  expect(Environment!.Variables).toEqual({ BUCKET: cloud.outputs[STACK]!.BucketName });
});

test('the gateway holds a function to its own role, and a permission taken away is missed at once', async () => {
  const [cloud] = clouds as [FixtureCloud];
  const asked = (endpointName: string) => invoke(cloud, 'AskingName', { endpointName });
  await expect(asked('allowed-one')).resolves.toMatchObject({ status: 200, EndpointStatus: 'InService' });
  await expect(asked('other')).resolves.toMatchObject({
    status: 400,
    __type: 'AccessDeniedException',
    message: expect.stringMatching(
      /^User: arn:aws:sts::000000000000:assumed-role\/LocalBaseFixture-AskingServiceRole\S+ is not authorized to perform: sagemaker:DescribeEndpoint on resource: \S+endpoint\/other because no identity-based policy allows the sagemaker:DescribeEndpoint action$/,
    ),
  });
  const FunctionName = cloud.outputs[STACK]!.AskingName!;
  const calls = cloud.journal.calls({ caller: FunctionName, service: 'sagemaker' });
  expect(calls.map(({ status }) => status)).toEqual([200, 400]);

  const iam = new IAMClient(client(cloud));
  const { Role } = await new LambdaClient(client(cloud)).send(new GetFunctionConfigurationCommand({ FunctionName }));
  const RoleName = Role!.slice(Role!.lastIndexOf('/') + 1);
  const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames!) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  await sleep(1000); // as long as the gateway remembers policies
  await expect(asked('allowed-one')).resolves.toMatchObject({ __type: 'AccessDeniedException' });
});

test('the serving image is registered in its repository, once', async () => {
  const [cloud] = clouds as [FixtureCloud];
  const { RepositoryName } = cloud.outputs[STACK]!;
  const ecr = new ECRClient(client(cloud));
  const tagged = { repositoryName: RepositoryName, imageIds: [{ imageTag: 'src-fixture' }] };
  const { images } = await ecr.send(new BatchGetImageCommand(tagged));
  const manifest = JSON.parse(images![0]!.imageManifest!);
  expect(manifest.mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json');
  const digest = images![0]!.imageId!.imageDigest!;
  expect(digest).toBe(`sha256:${createHash('sha256').update(images![0]!.imageManifest!).digest('hex')}`);
  await expect(publishServingImage(cloud.env, cloud.outputs)).resolves.toEqual([digest]);
});

test('a stopped cloud leaves no server and no directory, and the other one goes on', async () => {
  const [one, two] = clouds as [FixtureCloud, FixtureCloud];
  await invoke(one, 'ThrowingName', {});
  await one.stop();
  await one.ended;
  await expect(fetch(one.endpointUrl)).rejects.toThrow();
  expect(existsSync(one.directory)).toBe(false);
  await expect(invoke(two, 'ThrowingName', {})).resolves.toMatchObject({ failed: true, errorType: 'NotReady' });
}, 20_000);

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found) return found;
    await sleep(100);
  }
}
