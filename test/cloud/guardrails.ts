// Updates under SageMaker's guardrails: the functions' own permissions, real servers, alarms on what they answered.
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { type DeployedCloud, STACK, sharedCloud, UNHURRIED } from './deployed-cloud.ts';

const ENDPOINT = 'guarded';
let on: DeployedCloud;
let cloudwatch: CloudWatchClient;
/** An alarm needs a whole minute of the clock: it begins first and is looked at last. */
let begun: Promise<void>;

beforeAll(async () => {
  on = await sharedCloud();
  cloudwatch = new CloudWatchClient(on.config);
  begun = guardedUpdates();
  begun.catch(() => {});
});

const hosting = { type: 'realtime', instanceCount: 2 } as const;

async function rollOut(version: string, request: object): Promise<Outcome> {
  const model = { s3Uri: `s3://${on.client.stack.bucketName}/models/${ENDPOINT}/${version}/model.tar.gz` };
  return on.outcomeOfRequest({ endpointName: ENDPOINT, model, hosting, ...request });
}
const served = async () => {
  const { EndpointStatus, EndpointConfigName } = await on.served(ENDPOINT);
  return { EndpointStatus, EndpointConfigName };
};
const rolloutAlarms = async () => {
  const { MetricAlarms } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNamePrefix: `${STACK}-rollout-${ENDPOINT}-` }),
  );
  return MetricAlarms;
};
/** But for what is denied to other endpoints on purpose. */
const denied = () =>
  on.cloud.journal
    .calls({})
    .filter(({ error, operation }) => error?.includes('AccessDenied') && !/^Create(Model|Endpoint)$/.test(operation));

test('a canary update is judged by golden traffic; one that is too slow goes back by its own alarm', () => begun);

async function guardedUpdates(): Promise<void> {
  await on.putUnder(`models/${ENDPOINT}/rollout.json`, JSON.stringify(UNHURRIED));
  expect(await on.outcomeOfUpload(on.forest, ENDPOINT, 'v1')).toMatchObject({ outcome: 'deployed' });
  expect(await rollOut('v1', {})).toMatchObject({ outcome: 'deployed' });
  expect(await on.outcomeOfUpload(on.boosting, ENDPOINT, 'v2')).toMatchObject({ outcome: 'deployed' });

  const strategy = { type: 'canary', canaryPercent: 50, waitSeconds: 10, terminationWaitSeconds: 10 };
  const before = await served();
  const judged = await rollOut('v1', { strategy });
  expect(judged).toMatchObject({ outcome: 'deployed', verified: 'golden', error: null });
  const after = await served();
  expect(after).toMatchObject({ EndpointStatus: 'InService' });
  expect(after.EndpointConfigName).not.toBe(before.EndpointConfigName);
  expect(await rolloutAlarms()).toEqual([]);
  expect(on.cloud.journal.calls({ service: 'cloudwatch' }).map(({ operation }) => operation)).toEqual(
    expect.arrayContaining(['PutMetricAlarm', 'DescribeAlarms', 'GetMetricData', 'DeleteAlarms']),
  );

  // No server of this world answers in a millisecond. The alarm needs a whole minute of the clock to say so.
  const slow = await rollOut('v2', {
    strategy: { ...strategy, waitSeconds: 150 },
    alarms: { maximumP99Milliseconds: 1 },
  });
  expect(slow).toMatchObject({ outcome: 'rolledBack', error: 'DeploymentRolledBack' });
  expect(slow.cause).toMatch(/ALARM state: SageMakerDeployer-rollout-guarded-[0-9a-f]{16}-p99-latency/);
  expect(await served()).toEqual(after);
  expect(await rolloutAlarms()).toEqual([]);
  expect(denied()).toEqual([]);
}
