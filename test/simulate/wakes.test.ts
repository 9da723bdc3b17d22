// Waits that events end: as soon as an event comes, at the end of their time where none does, and at once for who asks to stop.

import { cancel } from '../../simulate/suites/cancels.ts';
import { catalogue } from '../../simulate/suites/catalogue.ts';
import { play, stage } from '../../simulate/suites/scenario.ts';
import type { Delivery } from '../../simulate/world/aws/event-bridge.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import { runs } from '../setup/runs.ts';

const SECOND = 1_000;

/** A first deployment of five minutes: how late its rollout looks, in seconds, and how many states it takes. */
async function deployed(delivery: Delivery, act: (name: string) => 'cancel' | null = () => null) {
  const { stack, evidence, begin } = await stage(engineAsItIs(), 'create', 1);
  const { account } = stack;
  account.provisioningMilliseconds = 300 * SECOND;
  account.endpointEvents!.delivery = delivery;
  let askedAt = 0;
  account.watch = (execution, moment, state) => {
    if (moment === 'entering' && act(state) === 'cancel' && askedAt === 0)
      stack.later(20 * SECOND, () => {
        askedAt = account.time.now;
        cancel(stack, execution);
      });
  };
  await begin();
  await stack.settle();
  const execution = [...account.executions.values()].find(({ states }) => states.includes('WaitForEndpoint'))!;
  const inService = account.hosting.journal.find(
    (entry) => entry.kind === 'status' && entry.status === 'InService' && entry.endpoint === 'iris',
  );
  const entered = (state: string, from = 0) =>
    execution.enteredAt[
      execution.states.findIndex((each, index) => each === state && execution.enteredAt[index]! >= from)
    ]!;
  return { execution, evidence, askedAt, entered, inServiceAt: inService?.at ?? 0 };
}

test.each<[string, Delivery, number, number]>([
  ['after half a second', () => [500], 0.5, 1.5],
  ['after five', () => [5 * SECOND], 5, 6],
  ['never', () => [], 0, 61],
])('a rollout whose events come %s looks in time', async (_name, delivery, least, most) => {
  const { entered, inServiceAt, execution } = await deployed(delivery);
  expect(execution.status).toBe('SUCCEEDED');
  const lag = (entered('CheckEndpoint', inServiceAt) - inServiceAt) / SECOND;
  expect(lag).toBeGreaterThanOrEqual(least);
  expect(lag).toBeLessThan(most);
});

test('who is asked to stop goes back within ten seconds, though every event is lost', async () => {
  const { execution, askedAt, entered } = await deployed(
    () => [],
    (state) => (state === 'WaitForEndpoint' ? 'cancel' : null),
  );
  expect(execution).toMatchObject({ status: 'FAILED', error: 'Cancelled' });
  expect((entered('RollBack') - askedAt) / SECOND).toBeLessThan(10);
});

test('whatever becomes of events, and of who waits for them, no rule is broken', async () => {
  const all = await catalogue({ seed: 1, pairs: 0, only: 'wake ' });
  expect(all.length).toBeGreaterThan(900);
  const every = Math.max(1, Math.floor(all.length / runs(300)));
  const broken: string[] = [];
  let met = 0;
  let played = 0;
  for (let index = 0; index < all.length; index += every) {
    const verdict = await play(engineAsItIs(), all[index]!, 1);
    played += 1;
    met += Number(verdict.met);
    for (const { rule, what } of verdict.violations) broken.push(`${rule}: ${verdict.name}: ${what}`);
  }
  expect(broken).toEqual([]);
  expect(met / played).toBeGreaterThan(0.98);
}, 300_000);
