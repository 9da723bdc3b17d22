// A recovery of an execution that neither holds nor awaits the lease: what it is told, and when nothing is there to recover.
import { askForLease, neverLeased, takeOver } from '../../lambdas/core/lease/lease.ts';
import { leaseEndpoint } from '../../lambdas/tasks/lease-endpoint.ts';
import { anOutcome } from '../outcome/an-outcome.ts';
import { virtualClock } from '../ports/clock.ts';
import { inMemoryLeases } from '../ports/leases.ts';
import { inMemoryLedger } from '../ports/ledger.ts';
import { inMemoryUploads } from '../ports/uploads.ts';
import { aRequest, aRollout } from './a-rollout.ts';

const START = '2026-01-01T12:00:00.000Z';
const before = (seconds: number) => new Date(Date.parse(START) - seconds * 1000).toISOString();
const PREFIX = 'arn:aws:states:us-east-1:000000000000:execution:Rollout:';

function world(input: unknown = { endpointName: 'iris', correlationId: 'c' }, stoppedAt: string | null = before(600)) {
  const leases = inMemoryLeases();
  const ledger = inMemoryLedger([], leases);
  const asked: string[] = [];
  const executions = {
    find: async (arn: string) => {
      asked.push(arn);
      if (arn !== `${PREFIX}stopped`) return null;
      const status = stoppedAt === null ? 'RUNNING' : 'ABORTED';
      return { isRunning: stoppedAt === null, status, startedAt: before(700), stoppedAt, input };
    },
    listRunning: async () => new Set<string>(),
    listEnded: async () => [],
    start: async () => false,
  };
  const task = leaseEndpoint({ clock: virtualClock(START), leases, ledger, executions, uploads: inMemoryUploads() });
  const recover = (endpointName: string | null, rolloutId = 'stopped') =>
    task({
      execution: { id: `${PREFIX}recover-0h-stopped`, name: 'recover-0h-stopped', startedAt: START },
      request: { action: 'recover', recovers: rolloutId, endpointName, upload: null, startedByKey: null } as never,
      lease: null,
    });
  return { leases, ledger, asked, recover };
}

test.each([['iris'], [null]])(
  'nothing was made, of the endpoint %p, and the lease stays as it is',
  async (endpointName) => {
    const { leases, recover } = world(endpointName === null ? 'nonsense' : undefined);
    expect(await recover(endpointName)).toMatchObject({
      verdict: 'neverStarted',
      ...{ endpointName: endpointName ?? '_unknown', holder: null },
      recovers: { rolloutId: 'stopped', executionArn: `${PREFIX}stopped`, startedAt: before(700), upload: null },
      failure: { Error: 'Stopped', Cause: expect.stringContaining('nothing was changed') },
    });
    expect(leases.records.size).toBe(0);
  },
);

test.each([
  [30, 90],
  [119, 1],
  [120, 0],
])('stopped %d s ago it is looked at again in %d s', async (seconds, waitSeconds) => {
  const output = await world(undefined, before(seconds)).recover('iris');
  expect(output).toMatchObject({ verdict: waitSeconds === 0 ? 'neverStarted' : 'waiting', waitSeconds });
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

test('whose way back is under way is not told to have changed nothing', async () => {
  const { leases, recover } = world();
  const facts = { currentVersionId: null, over: new Set<string>() };
  const { lease } = askForLease(neverLeased('iris'), aRequest('stopped'), facts);
  await leases.replace(
    neverLeased('iris'),
    takeOver(lease, lease.owner!, aRollout('recover-1-stopped'), new Date(START)),
  );
  expect(await recover('iris')).toMatchObject(refusal('recover-1-stopped recovers it.'));
});
