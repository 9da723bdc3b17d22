// From a container that dies to the explanation, through a real CloudWatch Logs: the serving image's code in a process, its
// lines sent to MiniStack, read by the adapter that the functions use.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { cloudWatchContainerLogs } from '../../lambdas/aws/cloudwatch-container-logs.ts';
import { explainFailure } from '../../lambdas/core/diagnosis/explain-failure.ts';
import type { VariantServer } from '../../local/hosting/fleet.ts';
import { ProcessFleet } from '../../local/hosting/process-fleet.ts';
import { type ContainerLogSender, containerLogSender } from '../../local/hosting-service/container-log-sender.ts';
import { type MiniStack, startMiniStack } from '../../local/ministack/ministack.ts';
import { ministackClients } from '../../local/ministack/ministack-clients.ts';
import { freePort } from '../../local/process/free-port.ts';
import { archive, modelBucket } from '../hosting/model-bucket.ts';

const ROOT = join(import.meta.dirname, '../..');
const since = new Date();
let directory: string;
let ministack: MiniStack;
let clients: ReturnType<typeof ministackClients>;
let sender: ContainerLogSender;
const servers: VariantServer[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'container-logs-'));
  const port = await freePort();
  ministack = await startMiniStack({ port, endpointUrl: 'http://127.0.0.1:9', directory });
  clients = ministackClients(port);
  sender = containerLogSender(clients.logs);
}, 30_000);
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await sender.close();
  for (const client of Object.values(clients)) client.destroy();
  await ministack.stop();
  await rm(directory, { recursive: true, force: true });
});

test('a model that the serving image refuses is explained by what the image printed', async () => {
  const fleet = new ProcessFleet({
    s3: modelBucket(new Map([['m/model.tar.gz', archive('no model')]])),
    command: [join(ROOT, '.venv/serving/bin/python'), '-m', 'inference_server', 'serve'],
    cwd: join(ROOT, 'serving-image'),
    environment: { HOME: directory, PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' },
    log: (line, { endpointName, variantName }, instanceId) =>
      sender.write(line, { endpointName, variantName, instanceId }),
  });
  servers.push(
    fleet.start({
      ...{ endpointName: 'iris', configName: 'iris-c', variantName: 'primary', modelName: 'iris-m', image: 'i' },
      ...{ environment: {}, modelDataUrl: 's3://m/model.tar.gz', startupTimeoutMs: 60_000 },
    }),
  );
  const logs = cloudWatchContainerLogs(clients.logs);
  let logLines: string[] = [];
  for (let left = 200; !logLines.some((line) => line.includes('the container ended')) && left > 0; left--) {
    await sleep(100);
    logLines = await logs.tail('iris', { since, limit: 50 });
  }
  expect(
    explainFailure({
      failure: { Error: 'DeploymentFailed', Cause: 'The endpoint iris is Failed instead of InService.' },
      failureReason: 'The primary container for production variant primary did not pass the ping health check.',
      endpointStatus: 'Failed',
      logLines,
      modelErrors: [],
      unread: null,
    }),
  ).toMatchObject({
    cause: 'modelRefused',
    summary: expect.stringMatching(/refuses the model: The archive has none of model\.pkl, model\.joblib/),
    evidence: expect.arrayContaining([expect.stringMatching(/^Log: .*the model cannot be served/)]),
  });
}, 40_000);

test('lines of one millisecond keep their order, and what was printed before does not count', async () => {
  const by = { endpointName: 'order', variantName: 'primary', instanceId: 'i-1' };
  const logs = cloudWatchContainerLogs(clients.logs);
  const lines = Array.from({ length: 300 }, (_, index) => `line ${index}`);
  sender.write('first', by);
  await sleep(20);
  for (const line of lines) sender.write(line, by);
  let read: string[] = [];
  for (let left = 100; read.length < 301 && left > 0; left--) {
    await sleep(50);
    read = await logs.tail('order', { since, limit: 1_000 });
  }
  expect(read).toEqual(['first', ...lines]);
  expect(await logs.tail('order', { since: new Date(Date.now() + 1_000), limit: 10 })).toEqual([]);
  expect(await logs.tail('never-was', { since, limit: 10 })).toEqual([]);
}, 20_000);

test('retention is kept by the group; without a group it is nothing', async () => {
  const logs = cloudWatchContainerLogs(clients.logs);
  await logs.expire('order', 7);
  await logs.expire('never-was', 7);
  const { logGroups } = await clients.logs.send(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/sagemaker/Endpoints/' }),
  );
  const kept = logGroups!.map(({ logGroupName, retentionInDays }) => [logGroupName, retentionInDays]);
  expect(kept).toContainEqual(['/aws/sagemaker/Endpoints/order', 7]);
  expect(kept).not.toContainEqual(['/aws/sagemaker/Endpoints/never-was', 7]);
});
