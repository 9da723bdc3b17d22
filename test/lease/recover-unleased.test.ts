// A recovery of an execution that neither holds nor awaits the lease: what it is told, and when nothing is there to recover.
import { askForLease, neverLeased, takeOver } from '../../lambdas/core/lease/lease.ts';
import { leaseEndpoint } from '../../lambdas/tasks/lease-endpoint.ts';
import type { Json } from '../../simulate/engine/asl.ts';
import { anOutcome } from '../outcome/an-outcome.ts';
import { AccountPorts, NOON as START } from '../ports/account-ports.ts';
import { aRequest, aRollout } from './a-rollout.ts';

const before = (seconds: number) => new Date(Date.parse(START) - seconds * 1000).toISOString();

/** The execution to recover began ten seconds before it was stopped. */
function world(
  input: Json = { endpointName: 'iris', correlationId: 'c' },
  stoppedSeconds: number | null = 600,
  recoveryDelaySeconds = 120,
) {
  const on = new AccountPorts(before((stoppedSeconds ?? 600) + 10));
  const { account, ports } = on;
  const stopped = account.start('stopped', input);
  account.time.now += 10_000;
  if (stoppedSeconds !== null) stopped.stop();
  account.time.now = Date.parse(START);
  const asked: string[] = [];
  const find: typeof ports.executions.find = (arn) => {
    asked.push(arn);
    return ports.executions.find(arn);
  };
  const task = leaseEndpoint({ ...ports, executions: { ...ports.executions, find } }, recoveryDelaySeconds);
  const arnOf = (name: string) => stopped.arn.replace(/stopped$/, name);
  const recover = (endpointName: string | null, rolloutId = 'stopped') =>
    task({
      execution: { id: arnOf('recover-0h-stopped'), name: 'recover-0h-stopped', startedAt: START },
      request: {
        ...{ action: 'recover', recovers: rolloutId, endpointName, upload: null, startedByKey: null },
        ...{ resolvedAt: START, trigger: null, problems: [], servedArtifactSha256: null, servableModelFiles: null },
        ...{ document: null, correlationId: null },
      },
      lease: null,
    });
  return { ...ports, account, stopped, asked, recover };
}

test.each([['iris'], [null]])(
  'nothing was made, of the endpoint %p, and the lease stays as it is',
  async (endpointName) => {
    const { account, stopped, recover } = world(endpointName === null ? 'nonsense' : undefined);
    expect(await recover(endpointName)).toMatchObject({
      verdict: 'neverStarted',
      ...{ endpointName: endpointName ?? '_unknown', holder: null },
      recovers: { rolloutId: 'stopped', executionArn: stopped.arn, startedAt: before(610), upload: null },
      failure: { Error: 'Stopped', Cause: expect.stringContaining('nothing was changed') },
    });
    expect(account.dynamoDb.items()).toEqual([]);
  },
);

test.each([
  [30, 90],
  [119, 1],
  [120, 0],
])('stopped %d s ago it is looked at again in %d s', async (seconds, waitSeconds) => {
  const output = await world(undefined, seconds).recover('iris');
  expect(output).toMatchObject({ verdict: waitSeconds === 0 ? 'neverStarted' : 'waiting', waitSeconds });
});

test('the stack says how long that is', async () => {
  expect(await world(undefined, 2, 5).recover('iris')).toMatchObject({ verdict: 'waiting', waitSeconds: 3 });
  expect(await world(undefined, 5, 5).recover('iris')).toMatchObject({
    verdict: 'neverStarted',
    waitSeconds: 0,
  });
});

const refusal = (cause: string) => ({
  verdict: 'refused',
  recovers: null,
  failure: { Error: 'RequestRejected', Cause: `There is nothing to recover: ${cause}` },
});

test('what is running, not known, or about another endpoint is not recovered', async () => {
  expect(await world(undefined, null).recover('iris')).toMatchObject(refusal('The execution of stopped is running.'));
  expect(await world().recover('iris', 'other')).toMatchObject(refusal('No execution other is known.'));
  expect(await world().recover('rose')).toMatchObject(refusal('stopped was about the endpoint iris.'));
});

test('what is told is not told again', async () => {
  const { ledger, asked, recover } = world();
  await ledger.record(anOutcome({ rolloutId: 'stopped', outcome: 'rejected' }), null, null);
  expect(await recover('iris')).toMatchObject(refusal('stopped has ended rejected already.'));
  expect(asked).toEqual([]);
});

test('whose rollback is under way is not told to have changed nothing', async () => {
  const { leases, recover } = world();
  const facts = { currentVersionId: null, over: new Set<string>() };
  const { lease } = askForLease(neverLeased('iris'), aRequest('stopped'), facts);
  await leases.replace(
    neverLeased('iris'),
    takeOver(lease, lease.owner!, aRollout('recover-1-stopped'), new Date(START)),
  );
  expect(await recover('iris')).toMatchObject(refusal('recover-1-stopped recovers it.'));
});
