// Rollouts that end before they are live: requests that are stopped at once, an execution that is stopped by hand in the middle,
// and the same ended by `cancel`; what the machine tells of them, and what people are told meanwhile.
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { leaseReport } from '../../cli/commands/lease.ts';
import { outcomeReport } from '../../cli/commands/outcome.ts';
import { followRollout } from '../../cli/terminal/follow-rollout.ts';
import { progress } from '../../cli/terminal/progress.ts';
import { stepFunctionsExecutions } from '../../lambdas/aws/stepfunctions-executions.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { type DeployedCloud, sharedCloud } from './deployed-cloud.ts';
import { unanswering } from './packed-iris.ts';

let on: DeployedCloud;
/** Begun at the beginning: each waits for a server that comes up, and for a recovery. */
let byHand: Promise<void>;
let cancelled: Promise<void>;

beforeAll(async () => {
  on = await sharedCloud();
  byHand = stopByHand();
  cancelled = cancelBoth();
  for (const begun of [byHand, cancelled]) begun.catch(() => {});
});

/** Its ARN, and how long ago it ended. */
async function stopped(name: string, request: object): Promise<string> {
  const { stateMachineArn } = on.client.stack;
  const input = JSON.stringify(request);
  const { executionArn } = await on.sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }));
  await on.sfn.send(new StopExecutionCommand({ executionArn }));
  return executionArn!;
}

async function told(executionArn: string): Promise<Outcome> {
  for (;;) {
    const outcome = await on.client.outcome(executionArn);
    if (outcome !== null) return outcome;
    await sleep(500);
  }
}

async function documentAt(Key: string): Promise<unknown> {
  const object = await on.s3.send(new GetObjectCommand({ Bucket: on.client.stack.bucketName, Key }));
  return JSON.parse(await object.Body!.transformToString());
}

test('their end is told, whether they name an endpoint or not, and no lease is held', async () => {
  const begunAt = new Date();
  const [named, unnamed] = await Promise.all([
    stopped('named', { endpointName: 'never-begun', correlationId: 'c-7' }),
    stopped('unnamed', { colour: 'blue' }),
  ]);
  expect(await on.client.outcome(named)).toBeNull();
  const of = { outcome: 'rolledBack', error: 'Stopped', succeeded: false, serving: null, upload: null };
  const ofUnnamed = { ...of, rolloutId: 'unnamed', endpointName: null, recoveredBy: 'recover-0h-unnamed' };
  expect(await told(unnamed)).toMatchObject(ofUnnamed);
  const ofNamed = {
    ...of,
    rolloutId: 'named',
    endpointName: 'never-begun',
    recoveredBy: 'recover-0h-named',
    correlationId: 'c-7',
  };
  expect(await told(named)).toMatchObject({ ...ofNamed, cause: expect.stringContaining('nothing was changed.') });
  // Written and announced after the ledger.
  const recovery = named.replace(/:named$/, ':recover-0h-named');
  while ((await on.sfn.send(new DescribeExecutionCommand({ executionArn: recovery }))).status === 'RUNNING')
    await sleep(200);
  expect(await documentAt('rollouts/_unknown/unnamed/outcome.json')).toMatchObject(ofUnnamed);
  expect(await documentAt('rollouts/never-begun/named/outcome.json')).toMatchObject(ofNamed);
  expect((await on.client.lease('never-begun'))?.owner ?? null).toBeNull();

  // The adapter, with what the local Step Functions lists: both stopped ones, and those that told of them.
  const executions = stepFunctionsExecutions(on.sfn, on.client.stack.stateMachineArn);
  const names = async (since: Date) =>
    (await executions.listEnded(since)).flatMap(({ name }) => (name.endsWith('named') ? [name] : [])).sort();
  expect(await names(begunAt)).toEqual(['named', 'recover-0h-named', 'recover-0h-unnamed', 'unnamed']);
  expect(await names(new Date(Date.now() + 60_000))).toEqual([]);
  expect(await executions.find(named)).toMatchObject({
    ...{ isRunning: false, status: 'ABORTED', input: { endpointName: 'never-begun', correlationId: 'c-7' } },
    startedAt: (await told(named)).startedAt,
  });
});

/** The execution that creates an endpoint, as soon as SageMaker has begun to. */
async function creating(endpointName: string, file: string): Promise<string> {
  const upload = await on.client.upload(file, { endpointName, version: 'v1' });
  const executionArn = await on.client.findExecution(upload, { pollSeconds: 0.1 });
  while (on.cloud.hosting.snapshot().endpoints[endpointName] === undefined) {
    const execution = await on.client.execution(executionArn!);
    if (execution?.status !== 'RUNNING') throw new Error(`The rollout to ${endpointName} ended ${execution?.status}.`);
    await sleep(100);
  }
  return executionArn!;
}
const isThere = (endpointName: string) => JSON.stringify(on.cloud.hosting.snapshot()).includes(endpointName);
function screen() {
  const stream = new PassThrough();
  let said = '';
  stream.on('data', (chunk) => {
    said += chunk;
  });
  return { shown: progress(stream), said: () => said };
}

test('of an execution that is stopped by hand people are told what comes and when, and follow it', () => byHand);

async function stopByHand(): Promise<void> {
  const executionArn = await creating('by-hand', on.forest);
  const { shown, said } = screen();
  const watched = followRollout(on.client, { executionArn, upload: null }, shown);
  await on.sfn.send(new StopExecutionCommand({ executionArn, cause: 'a person' }));
  const [outcome, held] = await Promise.all([
    outcomeReport(on.client, { executionArn, upload: null }, shown),
    leaseReport(on.client, 'by-hand'),
  ]);
  expect(held.text).toMatch(
    / changes by-hand\.\n.*\n {2}Its execution ended ABORTED at .* acts from .* on and tells the outcome\./,
  );
  const report = await watched;
  shown.stop();
  const name = executionArn.slice(executionArn.lastIndexOf(':') + 1);
  expect(said()).toContain('Its execution ended ABORTED at ');
  expect(said()).toMatch(new RegExp(`Its rollback is finished by .*:recover-\\d+-${name}`));
  expect(said()).toContain('RollBack');
  for (const { status, json } of [report, outcome]) {
    expect(status).toBe(1);
    expect(json).toMatchObject({
      status: 'ABORTED',
      outcome: { outcome: 'rolledBack', error: 'Stopped', rolloutId: name },
    });
  }
  expect(report.text).toContain('by-hand: stopped, what was live is live');
  expect(isThere('by-hand')).toBe(false);
}

test('a rollout that runs is cancelled, one that waits behind it too, and neither leaves anything', () => cancelled);

async function cancelBoth(): Promise<void> {
  // One that has a minute to come up and never does: it cannot be live before it is cancelled, however busy the machine is.
  const startup = { hosting: { type: 'realtime', startupTimeoutSeconds: 60 } };
  await on.putUnder('models/unwanted/rollout.json', JSON.stringify(startup));
  const running = await creating('unwanted', unanswering(on.forest));
  const { executionArn: waiting } = await on.client.startRollout({
    endpointName: 'unwanted',
    model: uploaded('unwanted'),
  });
  while (((await on.client.lease('unwanted'))?.waiting.length ?? 0) === 0) await sleep(50);
  const ends = await Promise.all(
    [waiting, running].map(async (executionArn) => {
      const rolloutId = executionArn.slice(executionArn.lastIndexOf(':') + 1);
      const cancel = await on.client.cancel('unwanted', rolloutId);
      return [await on.outcomeOf(executionArn), await on.outcomeOf(cancel.executionArn)];
    }),
  );
  const by = { outcome: 'cancelled', action: 'cancel', succeeded: true, error: null };
  expect(ends).toMatchObject([
    [{ outcome: 'rejected', error: 'Cancelled', explanation: { cause: 'cancelled' } }, by],
    [{ outcome: 'rolledBack', error: 'Cancelled', explanation: { cause: 'cancelled' } }, by],
  ]);
  expect(isThere('unwanted')).toBe(false);
  const lease = await on.client.lease('unwanted');
  expect([lease?.owner, lease?.waiting, lease?.cancellations]).toEqual([null, [], []]);
  // Too late, and said so.
  const late = await on.outcomeOf((await on.client.cancel('unwanted', ends[1]![1]!.rolloutId)).executionArn);
  expect(late).toMatchObject({ outcome: 'rejected', error: 'RequestRejected' });
}

const uploaded = (endpointName: string) => ({
  s3Uri: `s3://${on.client.stack.bucketName}/models/${endpointName}/v1/model.tar.gz`,
});
