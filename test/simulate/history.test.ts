// The longest update that SageMaker allows stays far from what Step Functions allows: 25,000 events and 256 KiB of state.

import { Evidence } from '../../simulate/judging/evidence.ts';
import { archive } from '../../simulate/world/archives.ts';
import { ENDPOINT, stackWith } from '../../simulate/world/bases.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import { keyOf } from '../../simulate/world/simulated-stack.ts';

const HOUR = 3_600_000;
const scaling = { minimum: 1, maximum: 8, target: 50 };
const strategy = {
  type: 'canary',
  canaryPercent: 34,
  waitSeconds: 3_600,
  terminationWaitSeconds: 3_600,
  maximumExecutionSeconds: 28_800,
};

/** An update of so many hours, of which two are bakes; its history as Step Functions counts it. */
async function updated(hours: number, kind: 'good' | 'wrong') {
  const stack = await stackWith('scaledOut', { ...engineAsItIs(), seed: 1 });
  const evidence = new Evidence(stack);
  const { account } = stack;
  stack.manifest(ENDPOINT, { scaling, strategy, verification: 'live', alarms: { maximumErrorPercent: 50 } });
  stack.upload(keyOf(ENDPOINT, kind), await archive(kind, 5));
  account.provisioningMilliseconds = (hours - 2) * HOUR;
  const startedAt = account.time.now;
  let endedAt = startedAt;
  account.ended = () => {
    endedAt = account.time.now;
  };
  await stack.settle();
  const { events, largestStateBytes } = [...account.executions.values()].at(-1)!;
  const [claim] = evidence.claims;
  return { events, largestStateBytes, hours: (endedAt - startedAt) / HOUR, outcome: claim?.outcome.outcome };
}

test('an update of almost 8 hours', async () => {
  const { events, largestStateBytes, hours, outcome } = await updated(7.9, 'good');
  expect(outcome).toBe('deployed');
  expect(hours).toBeGreaterThan(7.9);
  expect(events).toBeLessThan(12_000);
  expect(largestStateBytes).toBeLessThan(32 * 1024);
}, 60_000);

test('the same, and a rollback of hours after it', async () => {
  const { events, largestStateBytes, hours, outcome } = await updated(7.9, 'wrong');
  expect(outcome).toBe('rolledBack');
  expect(hours).toBeGreaterThan(7.9);
  expect(events).toBeLessThan(12_000);
  expect(largestStateBytes).toBeLessThan(32 * 1024);
}, 60_000);
