// AwaitChange keeps the token first, then looks; WakeRollout finds it by the endpoint. Whatever fails, no wait lasts longer than its time.
import { withCancellation } from '../../lambdas/core/lease/cancellation.ts';
import { askForLease, neverLeased } from '../../lambdas/core/lease/lease.ts';
import { RolloutError } from '../../lambdas/core/rollout-error.ts';
import { readWait } from '../../lambdas/core/waiting/read-wait.ts';
import type { DeploymentTarget } from '../../lambdas/ports/deployment-target.ts';
import { awaitChange } from '../../lambdas/tasks/await-change.ts';
import { wake } from '../../lambdas/tasks/parts/waiting/wake.ts';
import { wakeRollout } from '../../lambdas/tasks/wake-rollout.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';
import { type WaitName, waitNames } from '../../state-machine/contract/waits.ts';
import { anEndpoint } from '../core/an-endpoint.ts';
import { aLeaseOutput } from '../lease/a-lease-output.ts';
import { anAction, aRequest } from '../lease/a-rollout.ts';
import { anOutcome } from '../outcome/an-outcome.ts';
import { AccountPorts } from '../ports/account-ports.ts';
import { aRequestOutput } from './a-request-output.ts';
import { aWait } from './a-wait.ts';

const facts = { currentVersionId: null, over: new Set<string>() };
const held = askForLease(neverLeased('iris'), aRequest('rollout-1'), facts).lease;

async function world(lease: Lease | null = held) {
  const { ports, account } = new AccountPorts();
  if (lease !== null) await ports.leases.replace(neverLeased('iris'), { ...lease, version: 0 });
  const answered: string[] = [];
  const calls: string[] = [];
  const describe: DeploymentTarget['describe'] = async (name) => {
    calls.push(`describe ${name}`);
    return anEndpoint('Updating', 'iris-config-1');
  };
  const wakeTokens: typeof ports.wakeTokens = {
    ...ports.wakeTokens,
    keep: async (token) => {
      calls.push(`keep of ${token.rolloutId}`);
      await ports.wakeTokens.keep(token);
    },
  };
  const taskAnswers = {
    answer: async (taskToken: string) => {
      answered.push(taskToken);
      return true;
    },
  };
  return { account, answered, calls, ports: { ...ports, wakeTokens, taskAnswers, deploymentTarget: { describe } } };
}

test.each(waitNames)(
  '%s: the token is kept before anything is looked at, and found by the rollout and by its endpoint',
  async (wait) => {
    const { ports, calls, answered, account } = await world(wait === 'WaitForLease' ? queued() : held);
    const given = aWait(wait);
    expect(await awaitChange(ports)(given)).toEqual({ verdict: 'waits', error: null });
    expect(calls[0]).toBe('keep of rollout-1');
    expect(answered).toEqual([]);
    await wake(ports, ['rollout-1', 'nobody']);
    expect(answered).toEqual([given.taskToken]);
    // In the table's own time: an hour from now.
    expect(account.dynamoDb.items().filter(({ taskToken }) => taskToken !== undefined)).toEqual([
      {
        pk: 'token#rollout-1',
        sk: 'token',
        taskToken: given.taskToken,
        expiresAt: Date.parse('2026-01-01T13:00:00Z') / 1000,
      },
    ]);
  },
);

const queued = () =>
  askForLease(askForLease(neverLeased('iris'), aRequest('other'), facts).lease, aRequest('rollout-1'), facts).lease;
const anEvent = (EndpointName: unknown) => ({
  source: 'aws.sagemaker',
  detail: { EndpointName, EndpointStatus: 'IN_SERVICE' },
});

test('an event of the endpoint that is waited for ends the wait; others, and what is no event, end nothing', async () => {
  const { ports, answered } = await world();
  await awaitChange(ports)(aWait('WaitForCandidate'));
  const wakeUp = wakeRollout(ports);
  for (const event of [anEvent('iris'), anEvent(7), {}, null, 'text']) await wakeUp(event);
  expect(answered).toEqual([]);
  expect(await wakeUp(anEvent('iris-k'))).toEqual({ endpointName: 'iris-k', rolloutId: 'rollout-1' });
  expect(answered).toEqual(['token of WaitForCandidate']);
});

test('an event that comes twice, or for a wait that is over, is no error; one that AWS does not answer comes again', async () => {
  const { ports } = await world();
  await awaitChange(ports)(aWait('WaitForEndpoint'));
  const late = wakeRollout({ ...ports, taskAnswers: { answer: async () => false } });
  expect(await late(anEvent('iris'))).toEqual({ endpointName: 'iris', rolloutId: null });
  const throttled = { answer: () => Promise.reject(new RolloutError('Throttled', 'later')) };
  await expect(wakeRollout({ ...ports, taskAnswers: throttled })(anEvent('iris'))).rejects.toMatchObject({
    name: 'Throttled',
  });
});

test('the next wait takes the place of the last: only its token is answered', async () => {
  const { ports, answered } = await world();
  for (const wait of ['WaitForEndpoint', 'WaitForRollback'] as const) await awaitChange(ports)(aWait(wait));
  await wakeRollout(ports)(anEvent('iris'));
  expect(answered).toEqual(['token of WaitForRollback']);
});

test('an endpoint that has changed already ends its wait at once', async () => {
  const { ports, answered } = await world();
  const describe = async () => anEndpoint('InService', 'iris-config-2');
  const given = aWait('WaitForEndpoint');
  expect(await awaitChange({ ...ports, deploymentTarget: { describe } })(given)).toEqual({
    verdict: 'changed',
    error: null,
  });
  expect(answered).toEqual([given.taskToken]);
});

const stopAsked = askForLease(held, anAction('back'), facts).lease;
const cancelled = withCancellation(held, { rolloutId: 'rollout-1', by: 'canceller', at: '2026-01-01T12:00:00.000Z' });
const onWayForward = waitNames.filter(
  (wait) => !['WaitForLease', 'WaitForRollback', 'WaitForRetirement'].includes(wait),
);

test.each(onWayForward)('%s ends at once where the rollout is asked to stop, or has lost its lease', async (wait) => {
  for (const lease of [stopAsked, cancelled, { ...held, fencing: 2 }]) {
    const { ports, answered } = await world(lease);
    expect(await awaitChange(ports)(aWait(wait))).toEqual({ verdict: 'changed', error: null });
    expect(answered).toHaveLength(1);
  }
});

test.each(['WaitForRollback', 'WaitForRetirement'] as const)(
  '%s goes on, whoever asks it to stop, unless the lease is lost',
  async (wait) => {
    for (const [lease, verdict] of [
      [stopAsked, 'waits'],
      [cancelled, 'waits'],
      [{ ...held, fencing: 2 }, 'changed'],
    ] as const) {
      const { ports } = await world(lease);
      expect(await awaitChange(ports)(aWait(wait))).toMatchObject({ verdict });
    }
  },
);

test('who waits for a lease ends his wait where it is his turn, where he has lost his place, or what he cancels has ended', async () => {
  const free = { ...queued(), owner: null };
  const gone = { ...queued(), waiting: [] };
  const lease = aLeaseOutput({ verdict: 'waiting', holder: null });
  const look = async (record: Lease, request = aRequestOutput()) => {
    const { ports } = await world(record);
    return (await awaitChange(ports)(aWait('WaitForLease', { lease, request }))).verdict;
  };
  expect([await look(queued()), await look(free), await look(gone)]).toEqual(['waits', 'changed', 'changed']);
  expect(await look(held, aRequestOutput({ action: 'recover', recovers: 'other' }))).toBe('waits');

  const cancelling = aRequestOutput({ action: 'cancel', cancels: 'rollout-9' });
  expect(await look(held, cancelling)).toBe('waits');
  const { ports } = await world();
  await ports.ledger.record(anOutcome({ rolloutId: 'rollout-9' }), null, null);
  expect(await awaitChange(ports)(aWait('WaitForLease', { lease, request: cancelling }))).toMatchObject({
    verdict: 'changed',
  });
});

test.each<[string, object, string]>([
  ['the token cannot be kept', { keep: () => Promise.reject(new RolloutError('ServiceUnavailable', 'no')) }, 'unkept'],
  ['the look is not answered', {}, 'waits'],
])('where %s the wait goes on for its time', async (_name, broken, verdict) => {
  const { ports, answered } = await world();
  const describe = () => Promise.reject(new RolloutError('Throttled', 'later'));
  const bound = { ...ports, wakeTokens: { ...ports.wakeTokens, ...broken }, deploymentTarget: { describe } };
  expect(await awaitChange(bound)(aWait('WaitForEndpoint'))).toMatchObject({
    verdict,
    error: { name: expect.any(String) },
  });
  expect(answered).toEqual([]);
  const bug = { describe: () => Promise.reject(new TypeError('bug')) };
  await expect(awaitChange({ ...ports, deploymentTarget: bug })(aWait('WaitForEndpoint'))).rejects.toThrow('bug');
});

test('whoever wakes others fails by nothing that AWS answers', async () => {
  const { ports } = await world();
  await awaitChange(ports)(aWait('WaitForEndpoint'));
  const answer = () => Promise.reject(new RolloutError('ServiceUnavailable', 'no'));
  await expect(wake({ ...ports, taskAnswers: { answer } }, ['rollout-1'])).resolves.toBeUndefined();
  const bug = () => Promise.reject(new TypeError('bug'));
  await expect(wake({ ...ports, taskAnswers: { answer: bug } }, ['rollout-1'])).rejects.toThrow('bug');
});

test.each(waitNames)('%s is read as the machine gives it, and held to the table of waits', (wait: WaitName) => {
  const given = aWait(wait);
  expect(readWait({ contractVersion: 1, ...given, more: 1 })).toEqual(given);
  const { lease: _, ...without } = given;
  expect(() => readWait(without)).toThrow();
  expect(() => readWait({ ...given, wait: 'WaitForGodot' })).toThrow();
});
