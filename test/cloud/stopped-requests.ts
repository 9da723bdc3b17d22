// Requests that are stopped at once: the sweeper lists them, and the machine tells their end in the ledger and in S3.
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { stepFunctionsExecutions } from '../../lambdas/aws/stepfunctions-executions.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { type DeployedCloud, sharedCloud } from './deployed-cloud.ts';

let on: DeployedCloud;
beforeAll(async () => {
  on = await sharedCloud();
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
