// The deployer on the local cloud that tests share: what people and services do to it, and what they read of it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeEndpointCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SFNClient } from '@aws-sdk/client-sfn';
import { type Deployer, deployer } from '../../client/client.ts';
import { type Account, startCloud } from '../../local/cloud/cloud.ts';
import { type PrivateNetwork, privateNetwork } from '../../local/hosting-types/network-settings.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { packIris } from './packed-iris.ts';

export const STACK = 'SageMakerDeployer';
const often = { pollSeconds: 0.3 };

/** One flower of each kind, in this order. */
export const FLOWERS = [
  [5.1, 3.5, 1.4, 0.2],
  [6.7, 3.1, 4.4, 1.4],
  [6.3, 3.3, 6.0, 2.5],
];
export const KINDS = ['setosa', 'versicolor', 'virginica'];

/** For rollouts that are not about latency: a loaded machine answers slower than the default allows. */
export const UNHURRIED = { canaryInvocations: { maximumP99Milliseconds: 30_000 } };

export type DeployedCloud = Awaited<ReturnType<typeof deployedCloud>>;

let shared: Promise<DeployedCloud> | undefined;

/** Each test has endpoints of its own on it, by their names. */
export function sharedCloud(): Promise<DeployedCloud> {
  shared ??= deployedCloud();
  return shared;
}

export async function stopSharedCloud(): Promise<void> {
  await (await shared)?.stop();
}

/** Provisioning takes a second, the machine waits a fifth of its time, and no function runs after its execution was stopped. */
async function deployedCloud() {
  const directory = mkdtempSync(join(tmpdir(), 'shared-cloud-'));
  let network: PrivateNetwork | null = null;
  const context = async (account: Account) => {
    network = await privateNetwork(account);
    return { settings: JSON.stringify({ allowTrust: true, recoveryDelaySeconds: 5, ...network.settings }) };
  };
  const [cloud, forest, boosting] = await Promise.all([
    startCloud({ provisioningSeconds: 1, waitScale: 0.2, context }),
    packIris(directory, 'random-forest'),
    packIris(directory, 'gradient-boosting'),
  ]);
  const outputs = cloud.outputs[STACK]!;
  const config = {
    endpoint: cloud.endpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const sfn = new SFNClient(config);
  const sageMaker = new SageMakerClient(config);
  const runtime = new SageMakerRuntimeClient(config);
  const stack = {
    name: STACK,
    bucketName: outputs.BucketName!,
    stateMachineArn: outputs.StateMachineArn!,
    ledgerTableName: outputs.LedgerTableName!,
    recoveryDelaySeconds: Number(outputs.RecoveryDelaySeconds),
  };
  const client: Deployer = deployer(stack, { s3, sfn, dynamoDb: new DynamoDBClient(config), sageMaker });
  const outcomeOf = async (executionArn: string): Promise<Outcome> => (await client.outcome(executionArn, often))!;
  return {
    cloud,
    config,
    /** The archives of two models that answer the same, in a directory that goes with the cloud. */
    ...{ directory, forest, boosting, network },
    async stop() {
      await cloud.stop();
      rmSync(directory, { recursive: true, force: true });
    },
    client,
    outputs,
    ...{ s3, sfn, sageMaker },
    outcomeOf,
    async outcomeOfUpload(file: string, endpointName: string, version: string): Promise<Outcome> {
      const uploaded = await client.upload(file, { endpointName, version });
      return outcomeOf((await client.findExecution(uploaded, often))!);
    },
    async outcomeOfRequest(request: Parameters<Deployer['startRollout']>[0]): Promise<Outcome> {
      return outcomeOf((await client.startRollout(request)).executionArn);
    },
    /** Writes an object under `models/`; its rollout's outcome. */
    async putUnder(key: string, body: string): Promise<Outcome> {
      const startedAt = new Date();
      await s3.send(new PutObjectCommand({ Bucket: stack.bucketName, Key: key, Body: body }));
      return outcomeOf((await client.findExecution({ bucket: stack.bucketName, key, startedAt }, often))!);
    },
    /** One prediction for each row, and the model that says so. */
    async ask(endpointName: string, instances = FLOWERS): Promise<{ kinds: string[]; answeredBy: string }> {
      const invocation = { EndpointName: endpointName, ContentType: 'application/json' };
      const answer = await runtime.send(
        new InvokeEndpointCommand({ ...invocation, Body: JSON.stringify({ instances }) }),
      );
      const { predictions } = JSON.parse(answer.Body.transformToString()) as {
        predictions: { predicted_class: string }[];
      };
      const kinds = predictions.map(({ predicted_class }) => predicted_class);
      return { kinds, answeredBy: answer.CustomAttributes ?? '' };
    },
    served: (EndpointName: string) => sageMaker.send(new DescribeEndpointCommand({ EndpointName })),
  };
}
