// An update under SageMaker's guardrails on the local cloud: the functions' own permissions, real servers, alarms on what they answered.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DescribeEndpointCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SFNClient } from '@aws-sdk/client-sfn';
import { type Deployer, deployer } from '../../client/client.ts';
import { type Cloud, startCloud } from '../../local/cloud/cloud.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { packIris } from './packed-iris.ts';

jest.setTimeout(400_000);
const STACK = 'SageMakerDeployer';
const directory = mkdtempSync(join(tmpdir(), 'guardrails-'));
let cloud: Cloud;
let client: Deployer;
let sagemaker: SageMakerClient;
let cloudwatch: CloudWatchClient;

beforeAll(async () => {
  cloud = await startCloud({ provisioningSeconds: 1, waitScale: 0.2 });
  const outputs = cloud.outputs[STACK]!;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const config = { endpoint: cloud.endpointUrl, region: 'us-east-1', credentials };
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
  sagemaker = new SageMakerClient(config);
  cloudwatch = new CloudWatchClient(config);
});
afterAll(async () => {
  await cloud?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const hosting = { type: 'realtime', instanceCount: 2 } as const;

async function rollOut(version: string, request: object): Promise<Outcome> {
  const model = { s3Uri: `s3://${client.stack.bucketName}/models/iris/${version}/model.tar.gz` };
  const { executionArn } = await client.startRollout({ endpointName: 'iris', model, hosting, ...request });
  return (await client.outcome(executionArn, { pollSeconds: 0.5 }))!;
}
async function upload(model: Parameters<typeof packIris>[1], version: string): Promise<Outcome> {
  const uploaded = await client.upload(packIris(directory, model, version), { endpointName: 'iris', version });
  const execution = await client.findExecution(uploaded, { pollSeconds: 0.2 });
  return (await client.outcome(execution!, { pollSeconds: 0.5 }))!;
}
const served = async () => {
  const { EndpointStatus, EndpointConfigName } = await sagemaker.send(
    new DescribeEndpointCommand({ EndpointName: 'iris' }),
  );
  return { EndpointStatus, EndpointConfigName };
};
const rolloutAlarms = async () => {
  const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: `${STACK}-rollout-` }));
  return MetricAlarms;
};
const denied = () => cloud.journal.calls({}).filter(({ error }) => error?.includes('AccessDenied'));

test('a canary update is judged by golden traffic; one that is too slow goes back by its own alarm', async () => {
  expect(await upload('random-forest', 'v1')).toMatchObject({ outcome: 'deployed' });
  expect(await rollOut('v1', {})).toMatchObject({ outcome: 'deployed' });
  expect(await upload('gradient-boosting', 'v2')).toMatchObject({ outcome: 'deployed' });

  const strategy = { type: 'canary', canaryPercent: 50, waitSeconds: 10, terminationWaitSeconds: 10 };
  const before = await served();
  const judged = await rollOut('v1', { strategy });
  expect(judged).toMatchObject({ outcome: 'deployed', verified: 'golden', error: null });
  const after = await served();
  expect(after).toMatchObject({ EndpointStatus: 'InService' });
  expect(after.EndpointConfigName).not.toBe(before.EndpointConfigName);
  expect(await rolloutAlarms()).toEqual([]);
  expect(cloud.journal.calls({ service: 'cloudwatch' }).map(({ operation }) => operation)).toEqual(
    expect.arrayContaining(['PutMetricAlarm', 'DescribeAlarms', 'GetMetricData', 'DeleteAlarms']),
  );

  // No server of this world answers in a millisecond. The alarm needs a whole minute of the clock to say so.
  const slow = await rollOut('v2', {
    strategy: { ...strategy, waitSeconds: 150 },
    alarms: { maximumP99Milliseconds: 1 },
  });
  expect(slow).toMatchObject({ outcome: 'rolledBack', error: 'DeploymentRolledBack' });
  expect(slow.cause).toMatch(/ALARM state: SageMakerDeployer-rollout-iris-[0-9a-f]{16}-p99-latency/);
  expect(await served()).toEqual(after);
  expect(await rolloutAlarms()).toEqual([]);
  expect(denied()).toEqual([]);
});
