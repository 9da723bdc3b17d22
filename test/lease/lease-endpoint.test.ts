// LeaseEndpoint: what a rollout is told that asks for an endpoint, of uploads that follow one another and that are told of again.

import { neverLeased } from '../../lambdas/core/lease/lease.ts';
import { leaseEndpoint } from '../../lambdas/tasks/lease-endpoint.ts';
import type { Execution } from '../../simulate/engine/execution.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { LeaseOutput, RequestOutput } from '../../state-machine/contract/outputs.ts';
import { aRelease } from '../core/a-variant.ts';
import { anOutcome } from '../outcome/an-outcome.ts';
import { AccountPorts, NOON as START } from '../ports/account-ports.ts';

function world() {
  const on = new AccountPorts();
  const { account, ports } = on;
  const { clock, leases, ledger } = ports;
  const task = leaseEndpoint(ports, 120);
  const executions = new Map<string, Execution>();
  const told = new Map<string, LeaseOutput>();
  /** The rollout asks, again if it has been told to wait. */
  async function ask(rolloutId: string, request: RequestOutput): Promise<LeaseOutput> {
    const { arn } = executions.get(rolloutId) ?? account.start(rolloutId, {});
    executions.set(rolloutId, account.executions.get(arn)!);
    const execution = { id: arn, name: rolloutId, startedAt: START };
    const output = await task({ execution, request, lease: told.get(rolloutId) ?? null });
    told.set(rolloutId, output);
    return output;
  }
  const isOver = (rolloutId: string, of: RequestOutput, outcome: Outcome['outcome'], more: Partial<Outcome> = {}) =>
    ledger.record(
      anOutcome({ rolloutId, outcome, upload: of.upload, startedAt: START, ...more }),
      outcome === 'deployed' ? aRelease({ rolloutId, upload: of.upload }) : null,
      null,
    );
  const free = async () => {
    const lease = (await leases.read('iris')) ?? neverLeased('iris');
    await leases.replace(lease, { ...lease, owner: null, freedAt: clock.now().toISOString() });
  };
  const waiting = async () => (await leases.read('iris'))?.waiting.map(({ rollout }) => rollout.rolloutId);
  /** What the event of an upload asks for, `milliseconds` after the beginning. */
  const upload = (version: string, lastModified: string): RequestOutput => {
    const put = on.upload(`models/iris/${version}/model.tar.gz`, version, { lastModified });
    return aRequest({ upload: put, startedByKey: put.key });
  };
  const stop = (rolloutId: string) => executions.get(rolloutId)!.stop();
  return { clock, ask, isOver, free, upload, waiting, stop };
}

const aRequest = (change: Partial<RequestOutput> = {}): RequestOutput => ({
  ...{ action: 'deploy', recovers: null, resolvedAt: START, trigger: null, problems: [], endpointName: 'iris' },
  ...{ upload: null, servedArtifactSha256: null, servableModelFiles: null, document: null, correlationId: null },
  startedByKey: null,
  ...change,
});

describe('on an idle endpoint', () => {
  test('an upload is asked to wait until it has settled, and is granted then', async () => {
    const { clock, ask, upload } = world();
    const request = upload('v1', START);
    await clock.sleep(2_300);
    const first = await ask('one', request);
    expect(first).toMatchObject({ verdict: 'waiting', waitSeconds: 4, reason: 'a newer upload may follow at once' });
    await clock.sleep(first.waitSeconds * 1000);
    expect(await ask('one', request)).toMatchObject({ verdict: 'granted', holder: 'one', fencing: 1 });
  });

  test('of two within a second one is granted, and the other names it', async () => {
    const { clock, ask, upload, waiting } = world();
    const [older, newer] = [upload('v1', START), upload('v2', START)];
    await clock.sleep(1_500);
    await ask('older', older);
    await clock.sleep(800);
    expect(await ask('newer', newer)).toMatchObject({ verdict: 'waiting', waitSeconds: 4 });
    expect(await waiting()).toEqual(['newer']);
    await clock.sleep(4_000);
    expect(await ask('older', older)).toMatchObject({ verdict: 'superseded', successor: 'newer' });
    expect(await ask('newer', newer)).toMatchObject({ verdict: 'granted' });
  });

  test('one whose inspection took longer does not wait', async () => {
    const { clock, ask, upload } = world();
    const request = upload('v1', START);
    await clock.sleep(6_000);
    expect(await ask('one', request)).toMatchObject({ verdict: 'granted' });
  });

  test.each([
    ['a request', {}],
    ['a request that names an upload', { startedByKey: null }],
    ['what a manifest started', { startedByKey: 'models/iris/rollout.json' }],
    ['a rollback', { action: 'rollback' as const }],
  ])('%s does not wait, not even for an upload that does', async (_name, change) => {
    const { ask, upload } = world();
    const request = upload('v1', START);
    await ask('one', request);
    const other = aRequest({ upload: request.upload, ...change });
    expect(await ask('other', other)).toMatchObject({ verdict: 'granted' });
  });

  test('nor does whoever stands behind one that settles and one whose execution is over', async () => {
    const { ask, free, upload, stop } = world();
    await ask('holder', aRequest());
    await ask('debouncing', upload('v1', START));
    for (const id of ['dead', 'last']) await ask(id, aRequest());
    await free();
    expect(await ask('last', aRequest())).toMatchObject({ verdict: 'waiting', reason: 'dead goes first.' });
    stop('dead');
    expect(await ask('last', aRequest())).toMatchObject({ verdict: 'outdated', holder: 'last' });
  });
});

describe('an upload that is told of again', () => {
  const LATER = '2026-01-01T12:00:10.000Z';

  test.each([
    ['rejected', 'in the same second', START, null],
    ['rejected', 'later', LATER, null],
    ['rolledBack', 'in the same second', START, 'CanaryFailed'],
    ['rolledBack', 'later', LATER, 'CanaryFailed'],
    ['needsAttention', 'later', LATER, 'EndpointChanged'],
  ] as const)('after it ended %s fails once more, and takes nobody’s place: %s', async (outcome, _when, at, error) => {
    const { ask, upload, isOver, waiting } = world();
    const failed = upload('v1', at);
    const other = upload('v2', START);
    await isOver('first', failed, outcome, { error, cause: 'Why.' });
    await ask('holder', aRequest());
    await ask('other', other);
    expect(await ask('again', failed)).toMatchObject({
      ...{ verdict: 'refused', repeats: outcome, holder: null },
      failure: { Error: error ?? 'RequestRejected', Cause: expect.stringContaining(`ended ${outcome}: Why.`) },
    });
    expect(await waiting()).toEqual(['other']);
  });

  test.each(['deployed', 'superseded'] as const)(
    'within the second of a newer one makes way for it, after it ended %s',
    async (outcome) => {
      const { ask, upload, isOver, waiting } = world();
      const [one, newest] = [upload('v1', START), upload('v2', START)];
      await isOver('first', one, outcome);
      await ask('holder', aRequest());
      await ask('newest', newest);
      expect(await ask('again', one)).toMatchObject({ verdict: 'superseded', successor: 'newest' });
      expect(await waiting()).toEqual(['newest']);
    },
  );

  test('within the second of a newer one makes way for it while it is rolled out itself', async () => {
    const { clock, ask, upload, waiting } = world();
    const [one, newest] = [upload('v1', START), upload('v2', START)];
    await clock.sleep(6_000);
    expect(await ask('first', one)).toMatchObject({ verdict: 'granted' });
    await ask('newest', newest);
    expect(await ask('again', one)).toMatchObject({ verdict: 'superseded', successor: 'newest' });
    expect(await waiting()).toEqual(['newest']);
  });

  test('that failed while this event waited fails once more at its turn', async () => {
    const { clock, ask, upload, isOver, free } = world();
    const one = upload('v1', START);
    await clock.sleep(6_000);
    await ask('first', one);
    expect(await ask('again', one)).toMatchObject({ verdict: 'waiting' });
    await isOver('first', one, 'rolledBack', { error: 'CanaryFailed', cause: 'Why.' });
    await free();
    expect(await ask('again', one)).toMatchObject({ verdict: 'refused', repeats: 'rolledBack' });
  });
});
