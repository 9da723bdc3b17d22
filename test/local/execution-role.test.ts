// CreateModel on the local cloud tries the model's role on the archive, as SageMaker does.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateModelCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { type Gateway, type LocalService, startGateway } from '../../local/gateway/gateway.ts';
import { type LocalHosting, startHosting } from '../../local/hosting-service/start-hosting.ts';
import { type MiniStack, startMiniStack } from '../../local/ministack/ministack.ts';
import { freePort } from '../../local/process/free-port.ts';

const URL = 's3://models/artifacts/1/model.tar.gz';
let directory: string;
let ministack: MiniStack;
let gateway: Gateway;
let hosting: LocalHosting;
let iam: IAMClient;
let sagemaker: SageMakerClient;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'execution-role-test-'));
  const ministackPort = await freePort();
  const services: Record<string, LocalService> = {};
  gateway = await startGateway({ ministackPort, services, requiredFor: () => [], tagsOf: () => undefined });
  hosting = startHosting({
    ministackPort,
    region: 'us-east-1',
    directory,
    provisioningSeconds: 0,
    sageMakerSecret: 'unused',
  });
  services.sagemaker = hosting;
  ministack = await startMiniStack({ port: ministackPort, endpointUrl: gateway.url, directory });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = { endpoint: gateway.url, region: 'us-east-1', credentials };
  [iam, sagemaker] = [new IAMClient(client), new SageMakerClient(client)];
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'models' }));
  await s3.send(new PutObjectCommand({ Bucket: 'models', Key: 'artifacts/1/model.tar.gz', Body: 'x' }));
});

afterAll(async () => {
  await Promise.all([ministack?.stop(), hosting?.stop()]);
  await gateway?.close();
  await rm(directory, { recursive: true });
});

async function role(RoleName: string, service: string, allowed: string): Promise<string> {
  const document = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [Statement] });
  const trust = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' };
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document(trust) }));
  const PolicyDocument = document({ Effect: 'Allow', Action: 's3:GetObject', Resource: allowed });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'read', PolicyDocument }));
  return Role!.Arn!;
}

const createModel = (ModelName: string, ExecutionRoleArn: string, ModelDataUrl = URL) =>
  sagemaker.send(
    new CreateModelCommand({
      ModelName,
      ExecutionRoleArn,
      PrimaryContainer: { Image: '000000000000.dkr.ecr.us-east-1.amazonaws.com/serving:1', ModelDataUrl },
    }),
  );

test('a role that SageMaker may assume and that reads the archive is taken', async () => {
  const arn = await role('Reads', 'sagemaker.amazonaws.com', 'arn:aws:s3:::models/artifacts/*');
  await expect(createModel('reads', arn)).resolves.toMatchObject({ ModelArn: expect.stringContaining('model/reads') });
  await expect(createModel('absent', arn, 's3://models/artifacts/2/model.tar.gz')).rejects.toThrow(
    'Could not access model data at s3://models/artifacts/2/model.tar.gz.',
  );
});

test.each([
  ['ReadsElsewhere', 'sagemaker.amazonaws.com', 'arn:aws:s3:::models/other/*'],
  ['TrustsLambda', 'lambda.amazonaws.com', '*'],
])('%s is refused', async (name, service, allowed) => {
  const arn = await role(name, service, allowed);
  await expect(createModel(name, arn)).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining(
      `Could not access model data at ${URL}. Please ensure that the role "${arn}" exists`,
    ),
  });
});

test('a role that does not exist is refused', async () => {
  await expect(createModel('nobody', 'arn:aws:iam::000000000000:role/Nobody')).rejects.toThrow(
    'Could not access model data',
  );
});
