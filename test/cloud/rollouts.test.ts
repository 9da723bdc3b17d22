// Rollouts on the local cloud: the deployed template, the bundles, the machine, IAM and real inference servers.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ApplicationAutoScalingClient, DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeEndpointCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { type Deployer, deployer } from '../../cli/client.ts';
import { type Cloud, startCloud } from '../../local/cloud.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { pythonProgram } from '../hosting/python.ts';
import { packAuthorsModel } from './authors-model.ts';
import { packIris, truncated, withWrongGoldenCases } from './packed-iris.ts';

jest.setTimeout(120_000);
const run = promisify(execFile);
const STACK = 'SageMakerDeployer';
const ROOT = join(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'rollouts-'));
let cloud: Cloud;
let client: Deployer;
let config: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  forcePathStyle?: boolean;
};
let forest: string;
let boosting: string;
let eventBusName: string;

beforeAll(async () => {
  forest = packIris(directory, 'random-forest', 'one');
  boosting = packIris(directory, 'gradient-boosting', 'two');
  cloud = await startCloud({
    provisioningSeconds: 1,
    waitScale: 0.2,
    context: { settings: JSON.stringify({ allowTrust: true }) },
  });
  const outputs = cloud.outputs[STACK]!;
  config = {
    endpoint: cloud.endpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  eventBusName = outputs.EventBusName!;
  const stack = {
    name: STACK,
    bucketName: outputs.BucketName!,
    stateMachineArn: outputs.StateMachineArn!,
    ledgerTableName: outputs.LedgerTableName!,
  };
  client = deployer(stack, {
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sfn: new SFNClient(config),
    dynamoDb: new DynamoDBClient(config),
  });
});
afterAll(async () => {
  await cloud?.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function outcomeOfUpload(file: string, endpointName: string, version: string): Promise<Outcome> {
  const uploaded = await client.upload(file, { endpointName, version });
  const execution = await client.findExecution(uploaded, { pollSeconds: 0.2 });
  return (await client.outcome(execution!, { pollSeconds: 0.2 }))!;
}
async function outcomeOfRequest(request: Parameters<Deployer['startRollout']>[0]): Promise<Outcome> {
  const { executionArn } = await client.startRollout(request);
  return (await client.outcome(executionArn, { pollSeconds: 0.2 }))!;
}
async function predictions(endpointName: string): Promise<string[]> {
  const runtime = new SageMakerRuntimeClient(config);
  const instances = [
    [5.1, 3.5, 1.4, 0.2],
    [6.7, 3.1, 4.4, 1.4],
    [6.3, 3.3, 6.0, 2.5],
  ];
  const { Body } = await runtime.send(
    new InvokeEndpointCommand({
      EndpointName: endpointName,
      ContentType: 'application/json',
      Body: JSON.stringify({ instances }),
    }),
  );
  return JSON.parse(Body!.transformToString()).predictions.map(
    (prediction: { predicted_class: string }) => prediction.predicted_class,
  );
}
async function putUnder(key: string, body: string): Promise<Outcome> {
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const startedAt = new Date();
  await s3.send(new PutObjectCommand({ Bucket: client.stack.bucketName, Key: key, Body: body }));
  const execution = await client.findExecution(
    { bucket: client.stack.bucketName, key, startedAt },
    { pollSeconds: 0.2 },
  );
  return (await client.outcome(execution!, { pollSeconds: 0.2 }))!;
}
const RIGHT = ['setosa', 'versicolor', 'virginica'];

test('an endpoint: uploaded, updated, configured, protected', async () => {
  // A first upload.
  const deployed = await outcomeOfUpload(forest, 'iris', 'v1');
  expect(deployed).toMatchObject({ outcome: 'deployed', verified: 'golden', endpointName: 'iris', error: null });
  expect(await predictions('iris')).toEqual(RIGHT);

  // The same again, announced by another service on the bus.
  const events = new EventBridgeClient(config);
  const request = {
    endpointName: 'iris',
    model: { s3Uri: `s3://${client.stack.bucketName}/models/iris/v1/model.tar.gz` },
    correlationId: 'order-7',
  };
  await events.send(
    new PutEventsCommand({
      Entries: [
        { EventBusName: eventBusName, Source: 'shop', DetailType: 'RolloutRequested', Detail: JSON.stringify(request) },
      ],
    }),
  );
  const announced = await newestExecution('order-7');
  expect(await client.outcome(announced, { pollSeconds: 0.2 })).toMatchObject({
    outcome: 'unchanged',
    verified: 'golden',
    correlationId: 'order-7',
  });

  // Only settings, by the endpoint's manifest: no new model.
  const configured = await putUnder(
    'models/iris/rollout.json',
    JSON.stringify({ scaling: { maximum: 7 }, tags: { team: 'flowers' } }),
  );
  expect(configured).toMatchObject({ outcome: 'deployed', serving: deployed.serving });
  const scaling = new ApplicationAutoScalingClient(config);
  expect(
    (await scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' }))).ScalableTargets,
  ).toMatchObject([{ MinCapacity: 1, MaxCapacity: 7 }]);

  // A new model.
  const updated = await outcomeOfUpload(boosting, 'iris', 'v2');
  expect(updated).toMatchObject({ outcome: 'deployed', verified: 'golden' });
  expect(updated.serving?.artifactSha256).not.toBe(deployed.serving?.artifactSha256);
  expect(await predictions('iris')).toEqual(RIGHT);

  // A model that does not answer as it must is taken back.
  const wrong = await outcomeOfUpload(withWrongGoldenCases(forest), 'iris', 'v3');
  expect(wrong).toMatchObject({ outcome: 'rolledBack', error: 'CanaryFailed', serving: updated.serving });
  expect(await served('iris')).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName: updated.serving?.endpointConfigName,
  });
  expect(await predictions('iris')).toEqual(RIGHT);

  // A broken upload, and one whose key fits nothing, reach nothing of SageMaker.
  const calls = cloud.journal.calls({ service: 'sagemaker' }).length;
  expect(await outcomeOfUpload(truncated(forest), 'iris', 'v4')).toMatchObject({
    outcome: 'rejected',
    error: 'RequestRejected',
    problems: [{ message: expect.stringMatching(/cut off|truncated|end/i) }],
  });
  const misplaced = await putUnder('models/iris/model.tgz', 'not a model');
  expect(misplaced).toMatchObject({ outcome: 'rejected' });
  expect(misplaced.cause).toContain('models/<endpoint>/<version>/model.tar.gz');
  expect(cloud.journal.calls({ service: 'sagemaker' })).toHaveLength(calls);
});

test('an artifact runs its own code where it is trusted, without a network, and no other artifact does', async () => {
  const trusted = packAuthorsModel(directory, 'trusted');
  const other = packAuthorsModel(directory, 'other');
  await putUnder('models/doubler/rollout.json', JSON.stringify({ trust: trusted.sha256 }));
  expect(await outcomeOfUpload(trusted.archive, 'doubler', 'v1')).toMatchObject({
    outcome: 'deployed',
    verified: 'golden',
    error: null,
  });
  // Only settings change: what serves is read again for what may run.
  expect(await outcomeOfRequest({ endpointName: 'doubler', environment: { GREETING: 'hello' } })).toMatchObject({
    outcome: 'deployed',
    verified: 'golden',
  });
  expect(await outcomeOfUpload(other.archive, 'doubler', 'v2')).toMatchObject({
    outcome: 'rejected',
    problems: [{ where: 'trust', message: expect.stringContaining(other.sha256) }],
  });
});

test('boto3 and the AWS CLI, unchanged, do to the local cloud what they do to AWS', async () => {
  const env = { ...process.env, ...cloud.env, AWS_MAX_ATTEMPTS: '1', AWS_PAGER: '' };
  const { stdout } = await run(pythonProgram('python'), [join(import.meta.dirname, 'boto3_endpoint.py')], { env });
  expect(JSON.parse(stdout)).toEqual({
    creating: 'Creating',
    created: 'InService',
    predicted: 'setosa',
    modelError: 'ModelError',
    updatedTo: 'boto-two',
    exists: 'ValidationException',
    notFound: 'ValidationException',
    badName: 'ValidationException',
  });
  const aws = (...parameters: string[]) => run(pythonProgram('aws'), [...parameters, '--output', 'text'], { env });
  const status = await aws('sagemaker', 'describe-endpoint', '--endpoint-name', 'iris', '--query', 'EndpointStatus');
  expect(status.stdout.trim()).toBe('InService');
  const uploads = await aws('s3', 'ls', `s3://${client.stack.bucketName}/models/iris/v1/`);
  expect(uploads.stdout).toContain('model.tar.gz');
});

test('all problems of a request and of its archive are told at once, and nothing is made', async () => {
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const Key = 'models/flower/bad/model.tar.gz';
  await s3.send(new PutObjectCommand({ Bucket: client.stack.bucketName, Key, Body: 'no gzip at all' }));
  const outcome = await outcomeOfRequest({
    endpointName: 'flower',
    model: { s3Uri: `s3://${client.stack.bucketName}/${Key}` },
    hosting: { type: 'realtime', instanceType: 'ml.p5.48xlarge', instanceCount: 500 },
    network: { vpc: { subnetIds: ['subnet-0123abcd'], securityGroupIds: ['sg-0123abcd'] } },
    instanceTyp: 'x',
  } as never);
  expect(outcome).toMatchObject({ outcome: 'rejected', serving: null });
  const text = JSON.stringify(outcome.problems);
  for (const part of ['instanceTyp', 'ml.p5.48xlarge', '500', 'network.vpc', 'Not supported yet', 'gzip'])
    expect(text).toContain(part);
});

test.each([
  ['CreateModel', 'CreateModel'],
  ['DeployEndpoint', 'CreateEndpoint'],
  ['RegisterScaling', 'RegisterScalableTarget'],
])(
  'a permission taken out of the role of %s makes the rollout fail here, as it would on AWS',
  async (step, operation) => {
    const restore = await deny(step, operation);
    const endpointName = `denied-${step.toLowerCase()}`;
    const outcome = await outcomeOfUpload(forest, endpointName, 'v1');
    expect(outcome).toMatchObject({ outcome: 'rolledBack', error: 'AccessDenied' });
    expect(outcome.cause).toContain(operation);
    await expect(served(endpointName)).rejects.toThrow('Could not find endpoint');
    await restore();
  },
);

test.each([
  ['TypeScript', process.execPath, 'start-rollout.ts'],
  ['Python', pythonProgram('python'), 'start_rollout.py'],
  ['shell', '/bin/sh', 'start-rollout.sh'],
])('the example of a caller in %s starts a rollout and prints its outcome', async (_, program, file) => {
  const callers = join(ROOT, 'examples/callers');
  const env = {
    ...cloud.env,
    AWS_CONFIG_FILE: '/dev/null',
    PATH: `${join(ROOT, '.venv/test/bin')}:${process.env.PATH}`,
  };
  const { stdout, stderr } = await run(program, [join(callers, file), join(callers, 'request.json')], { env });
  expect(JSON.parse(stdout)).toMatchObject({ endpointName: 'iris', succeeded: true, correlationId: 'order-7' });
  expect(stderr).toMatch(/^arn:aws:states:.*:execution:/m);
});

async function newestExecution(inInput: string): Promise<string> {
  const sfn = new SFNClient(config);
  for (let look = 0; look < 100; look++) {
    const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: client.stack.stateMachineArn }));
    for (const { executionArn } of executions ?? []) {
      const { input } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (input?.includes(inInput)) return executionArn!;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`No execution has ${inInput} in its input.`);
}

const served = (EndpointName: string) =>
  new SageMakerClient(config).send(new DescribeEndpointCommand({ EndpointName }));

/** Takes one action out of the inline policies of a function's role; returns what puts it back. */
async function deny(step: string, operation: string): Promise<() => Promise<unknown>> {
  const iam = new IAMClient(config);
  const { Roles } = await iam.send(new ListRolesCommand({}));
  const role = Roles?.find(({ RoleName }) => RoleName?.includes(step) && RoleName.includes('Role'));
  const RoleName = role?.RoleName ?? '';
  const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames ?? []) {
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    const document = decodeURIComponent(PolicyDocument ?? '');
    const action = new RegExp(`"[a-z-]+:${operation}"`, 'g');
    if (!action.test(document)) continue;
    await iam.send(
      new PutRolePolicyCommand({
        RoleName,
        PolicyName,
        PolicyDocument: document.replace(action, '"sagemaker:Nothing"'),
      }),
    );
    return () => iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: document }));
  }
  throw new Error(`No inline policy of ${RoleName} allows ${operation}.`);
}
