// Keys and networks of endpoints on the local cloud: what the caller needs, what the execution role needs, and which keys work.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  type DataCaptureConfig,
  DescribeEndpointCommand,
  SageMakerClient,
  UpdateEndpointCommand,
  type VpcConfig,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { Requirement } from '../../local/gateway/authorise.ts';
import { type Gateway, type LocalService, startGateway } from '../../local/gateway/gateway.ts';
import { Hosting } from '../../local/hosting/hosting.ts';
import { NETWORK } from '../../local/hosting/started-with.ts';
import { executionRoles, type RequiredOfRole } from '../../local/hosting-service/execution-roles.ts';
import { KmsKeys } from '../../local/ministack/kms-keys.ts';
import { type MiniStack, startMiniStack } from '../../local/ministack/ministack.ts';
import { ministackClients } from '../../local/ministack/ministack-clients.ts';
import { freePort } from '../../local/process/free-port.ts';
import { type AwsCli, awsCli } from '../hosting/aws-cli.ts';

const DATA = 's3://hosted/artifacts/1/model.tar.gz';
const FOR_AWS = { 'kms:GrantIsForAWSResource': 'true' };
const grantOn = (resource: string): Requirement => ({ action: 'kms:CreateGrant', resource, context: FOR_AWS });

/** A part of what AWS asks, enough to see that each of the three is asked with what it is about. */
const requiredOfRole: RequiredOfRole = ({ VpcConfig, KmsKeyId, DataCaptureConfig }) => [
  ...(VpcConfig ? [{ action: 'ec2:DescribeSubnets', resource: '*', context: {} }] : []),
  ...(KmsKeyId ? [grantOn(String(KmsKeyId))] : []),
  ...(DataCaptureConfig
    ? [
        {
          action: 'kms:GenerateDataKey',
          resource: (DataCaptureConfig as { KmsKeyId: string }).KmsKeyId,
          context: {},
        },
      ]
    : []),
];

let directory: string;
let ministack: MiniStack;
let gateway: Gateway;
let hosting: Hosting;
let keys: KmsKeys;
let cli: AwsCli;
let clients: ReturnType<typeof ministackClients>;
let sagemaker: SageMakerClient;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keys-test-'));
  const ministackPort = await freePort();
  clients = ministackClients(ministackPort);
  keys = new KmsKeys(ministackPort);
  const { iam, s3 } = clients;
  const roles = executionRoles({ iam, s3, keys, region: 'us-east-1', requiredOfRole });
  hosting = new Hosting({
    provisioning: () => 0,
    modelDataExists: roles.modelDataExists,
    obstacleTo: roles.obstacleTo,
    capture: roles.writeCapture,
  });
  const services: Record<string, LocalService> = { sagemaker: hosting, 'sagemaker-runtime': hosting };
  gateway = await startGateway({
    ...{ ministackPort, services, tagsOf: () => undefined },
    volumeKeyOf: (name) => hosting.volumeKeyOf(name),
    requiredFor: ({ operation, input }, { region, account, volumeKeyOf }) => {
      const key = volumeKeyOf?.(String(input.EndpointConfigName));
      const resource = `arn:aws:sagemaker:${region}:${account}:endpoint/${input.EndpointName}`;
      return [{ action: `sagemaker:${operation}`, resource, context: {} }, ...(key ? [grantOn(key)] : [])];
    },
  });
  ministack = await startMiniStack({ port: ministackPort, endpointUrl: gateway.url, directory });
  cli = awsCli({
    ...{ PATH: process.env.PATH, AWS_ENDPOINT_URL: gateway.url, AWS_DEFAULT_REGION: 'us-east-1', AWS_PAGER: '' },
    ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
  });
  sagemaker = new SageMakerClient(client());
  await s3.send(new CreateBucketCommand({ Bucket: 'hosted' }));
  await s3.send(new PutObjectCommand({ Bucket: 'hosted', Key: 'artifacts/1/model.tar.gz', Body: 'x' }));
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

const client = (credentials = { accessKeyId: 'test', secretAccessKey: 'test' }) => ({
  ...{ endpoint: gateway.url, region: 'us-east-1', credentials, maxAttempts: 1 },
});

const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const allow = (Action: string | string[], Resource = '*', Condition = {}) => ({
  ...{ Effect: 'Allow', Action, Resource, Condition },
});

/** The ARN of a new key; with a policy of its own where one is given. */
async function key(keyPolicy?: string): Promise<string> {
  const parameters = keyPolicy ? ['--policy', keyPolicy] : [];
  const made = await cli.aws('kms', 'create-key', ...parameters);
  return (made!.KeyMetadata as { Arn: string }).Arn;
}

let made = 0;

interface Made {
  allowed: object[];
  KmsKeyId?: string;
  VpcConfig?: VpcConfig;
  DataCaptureConfig?: DataCaptureConfig;
}

/** The name of a configuration whose model has a role with these statements, beside reading its archive. */
async function configOf({ allowed, VpcConfig, ...config }: Made): Promise<string> {
  made += 1;
  const name = `made-${made}`;
  const trust = policy({
    ...{ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' },
  });
  const { Role } = await clients.iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
  const PolicyDocument = policy(allow('s3:GetObject'), ...allowed);
  await clients.iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'host', PolicyDocument }));
  const Image = '000000000000.dkr.ecr.us-east-1.amazonaws.com/serving:1';
  const PrimaryContainer = { Image, ModelDataUrl: DATA };
  await sagemaker.send(
    new CreateModelCommand({ ModelName: name, ExecutionRoleArn: Role!.Arn!, PrimaryContainer, VpcConfig }),
  );
  const variant = { VariantName: 'primary', ModelName: name, InstanceType: 'ml.m5.large', InitialInstanceCount: 1 };
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      ...{ EndpointConfigName: name, ...config },
      ProductionVariants: [{ ...variant, InstanceType: 'ml.m5.large' }],
    }),
  );
  return name;
}

/** How the creation of an endpoint on a configuration ends. */
async function created(EndpointConfigName: string): Promise<{ status: string; reason: string | undefined }> {
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: EndpointConfigName, EndpointConfigName }));
  for (;;) {
    const { EndpointStatus: status = '', FailureReason: reason } = await sagemaker.send(
      new DescribeEndpointCommand({ EndpointName: EndpointConfigName }),
    );
    if (status !== 'Creating') return { status, reason };
  }
}

test('the role needs rights on the key of the volumes, and the network’s where the model is in one', async () => {
  const KmsKeyId = await key();
  const grant = allow('kms:CreateGrant', KmsKeyId, { Bool: { 'kms:GrantIsForAWSResource': 'true' } });
  expect(await created(await configOf({ allowed: [grant], KmsKeyId }))).toEqual({ status: 'InService' });
  const without = await created(await configOf({ allowed: [], KmsKeyId }));
  expect(without).toEqual({
    status: 'Failed',
    reason: expect.stringMatching(
      `assumed-role/made-\\d+/SageMaker is not authorized to perform: kms:CreateGrant on resource: ${KmsKeyId} because no identity-based policy allows`,
    ),
  });
  const VpcConfig = { Subnets: [...NETWORK.subnets], SecurityGroupIds: [...NETWORK.securityGroups] };
  const inVpc = (allowed: object[]) => configOf({ allowed, VpcConfig });
  expect(await created(await inVpc([allow('ec2:DescribeSubnets')]))).toEqual({ status: 'InService' });
  expect((await created(await inVpc([]))).reason).toMatch(/not authorized to perform: ec2:DescribeSubnets/);
});

test('a key may be named by its id; one that is disabled, about to go or not there fails the endpoint', async () => {
  const allowed = [allow('kms:*')];
  const arn = await key();
  const id = arn.slice(arn.lastIndexOf('/') + 1);
  expect(await created(await configOf({ allowed, KmsKeyId: id }))).toEqual({ status: 'InService' });
  await cli.aws('kms', 'disable-key', '--key-id', id);
  expect((await created(await configOf({ allowed, KmsKeyId: id }))).reason).toBe(
    `DisabledException: ${arn} is disabled.`,
  );
  const going = await key();
  await cli.aws('kms', 'schedule-key-deletion', '--key-id', going);
  expect((await created(await configOf({ allowed, KmsKeyId: going }))).reason).toBe(
    `KMSInvalidStateException: ${going} is pending deletion.`,
  );
  const gone = arn.replace(id, '00000000-0000-4000-8000-000000000000');
  expect((await created(await configOf({ allowed, KmsKeyId: gone }))).reason).toBe(
    `NotFoundException: Key '${gone}' does not exist`,
  );
});

test('the policy of the key must allow it too', async () => {
  const root = { AWS: 'arn:aws:iam::000000000000:user/administrator' };
  const KmsKeyId = await key(policy({ ...allow('kms:*'), Principal: root }));
  const { reason } = await created(await configOf({ allowed: [allow('kms:*')], KmsKeyId }));
  expect(reason).toMatch(
    /kms:CreateGrant on resource: .* because no resource-based policy allows the kms:CreateGrant action$/,
  );
});

test('who calls CreateEndpoint or UpdateEndpoint needs kms:CreateGrant for AWS, of the configuration that is named', async () => {
  const KmsKeyId = await key();
  const [plain, encrypted] = await Promise.all([
    configOf({ allowed: [] }),
    configOf({ allowed: [allow('kms:*')], KmsKeyId }),
  ]);
  const user = async (UserName: string, ...statements: object[]) => {
    await clients.iam.send(new CreateUserCommand({ UserName }));
    const PolicyDocument = policy(allow('sagemaker:*'), ...statements);
    await clients.iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument }));
    const { AccessKey } = await clients.iam.send(new CreateAccessKeyCommand({ UserName }));
    const credentials = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
    return new SageMakerClient(client(credentials));
  };
  const without = await user('without');
  const create = { EndpointName: 'called', EndpointConfigName: encrypted };
  const update = { EndpointName: 'called', EndpointConfigName: encrypted };
  const refused = { name: 'AccessDeniedException', message: expect.stringContaining('kms:CreateGrant') };
  await expect(without.send(new CreateEndpointCommand(create))).rejects.toMatchObject(refused);
  await without.send(new CreateEndpointCommand({ ...create, EndpointConfigName: plain }));
  await expect(without.send(new UpdateEndpointCommand(update))).rejects.toMatchObject(refused);
  const forAws = allow('kms:CreateGrant', KmsKeyId, { Bool: { 'kms:GrantIsForAWSResource': 'true' } });
  const allowed = await user('allowed', forAws);
  await expect(allowed.send(new UpdateEndpointCommand(update))).resolves.toBeDefined();
});

test('what is captured lies in the bucket, encrypted, if the role may write it', async () => {
  const captureKey = await key();
  const capture = (KmsKeyId: string | undefined, to: string): DataCaptureConfig => ({
    ...{ EnableCapture: true, InitialSamplingPercentage: 100, DestinationS3Uri: `s3://hosted/${to}`, KmsKeyId },
    CaptureOptions: [{ CaptureMode: 'InputAndOutput' }],
    CaptureContentTypeHeader: { JsonContentTypes: ['application/json'] },
  });
  const rights = [allow('s3:PutObject', 'arn:aws:s3:::hosted/captured/*'), allow('kms:GenerateDataKey', captureKey)];
  const runtime = new SageMakerRuntimeClient(client());
  for (const [allowed, DataCaptureConfig] of [
    [rights, capture(captureKey, 'captured')],
    [rights, capture(undefined, 'elsewhere')],
    [rights.slice(0, 1), capture(captureKey, 'captured/keyless')],
  ] as const) {
    const name = await configOf({ allowed: [...allowed], DataCaptureConfig });
    expect(await created(name)).toEqual({ status: 'InService' });
    const request = { EndpointName: name, ContentType: 'application/json', Body: '{"x":1}', InferenceId: 'one' };
    await runtime.send(new InvokeEndpointCommand(request));
  }
  await hosting.close();
  const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: 'hosted' }));
  const found = Contents.map(({ Key = '' }) => Key).filter((each) => each.endsWith('.jsonl'));
  expect(found).toEqual([
    expect.stringMatching(/^captured\/made-\d+\/primary\/\d{4}\/\d\d\/\d\d\/\d\d\/[^/]+\.jsonl$/),
  ]);
  const file = await clients.s3.send(new GetObjectCommand({ Bucket: 'hosted', Key: found[0] }));
  expect(file).toMatchObject({ ServerSideEncryption: 'aws:kms' });
  expect(JSON.parse(await file.Body!.transformToString())).toMatchObject({
    captureData: { endpointInput: { data: '{"x":1}', encoding: 'JSON' }, endpointOutput: { encoding: 'JSON' } },
    eventMetadata: { inferenceId: 'one' },
  });
});
