// Artifacts from start to end, on virtual time with every task and adapter as deployed: what serves and what is kept stays, the
// rest goes, and whoever found a copy that is gone by its turn has another one.
import { artifactKey } from '../../lambdas/core/naming/object-keys.ts';
import type { Execution } from '../../simulate/engine/execution.ts';
import { Evidence } from '../../simulate/judging/evidence.ts';
import type { Expectation } from '../../simulate/judging/rule.ts';
import { rules } from '../../simulate/judging/rules.ts';
import { stage } from '../../simulate/suites/scenario.ts';
import { archive } from '../../simulate/world/archives.ts';
import { ENDPOINT } from '../../simulate/world/bases.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import { keyOf, type SimulatedStack } from '../../simulate/world/simulated-stack.ts';
import type { SituationName } from '../../simulate/world/situations.ts';

jest.setTimeout(120_000);
const MINUTE = 60_000;

const isThere = (stack: SimulatedStack, sha256: string, endpointName = ENDPOINT) =>
  (['model.tar.gz', 'golden.json'] as const).map(
    (file) => stack.account.s3.current(artifactKey(endpointName, sha256, file)) !== undefined,
  );
const BOTH = [true, true];
const NEITHER = [false, false];

async function settled(evidence: Evidence, expectation: Expectation = {}): Promise<void> {
  await evidence.stack.settle();
  await evidence.close();
  expect(rules.flatMap((rule) => rule.broken(evidence, expectation))).toEqual([]);
}

/** Releases 1, 2, 4 and 6, then 3, which failed; `begin` uploads 8, after which 6, 4 and 2 are kept. */
async function set(situation: SituationName = 'superseding') {
  const staged = await stage(engineAsItIs(), situation, 1);
  const shas = await Promise.all([1, 2, 3, 4, 6, 8].map(async (n) => [n, (await made(n)).sha256] as const));
  const shaOf = new Map(shas);
  return { ...staged, of: (number: number) => shaOf.get(number)! };
}
const made = (number: number) => archive(number === 3 ? 'wrong' : 'good', number);
const put = async (stack: SimulatedStack, number: number, version: string | number = number) =>
  stack.upload(keyOf(ENDPOINT, version), await made(number));

const endOf = (evidence: Evidence, version: string | number) =>
  evidence.outcomes().find(({ upload }) => upload?.key === keyOf(ENDPOINT, version));
/** `act` before the `nth` time that an execution does so: the newest ones count. */
function when(
  stack: SimulatedStack,
  state: string,
  moment: 'entering' | 'left',
  act: (execution: Execution) => void,
  nth = 1,
): void {
  let seen = 0;
  stack.account.watch = (execution, at, entered) => {
    if (at === moment && entered === state && ++seen === nth) act(execution);
  };
}
const inspections = (stack: SimulatedStack, execution: string) =>
  stack.account.calls.filter(
    ({ by, operation }) =>
      by.executionName === execution && by.of.name === 'InspectArtifact' && operation === 'CompleteMultipartUpload',
  ).length;

test('what serves and what is kept stays; the oldest release and one that failed go', async () => {
  const { stack, evidence, begin, of } = await set();
  expect([1, 2, 3, 4, 6].map((number) => isThere(stack, of(number)))).toEqual([BOTH, BOTH, BOTH, BOTH, BOTH]);
  await begin();
  await settled(evidence, { ends: 'deployed' });
  expect([2, 4, 6, 8].map((number) => isThere(stack, of(number)))).toEqual([BOTH, BOTH, BOTH, BOTH]);
  expect([1, 3].map((number) => isThere(stack, of(number)))).toEqual([NEITHER, NEITHER]);
  // For some days a person can take it back.
  expect(stack.account.s3.objects.get(artifactKey(ENDPOINT, of(1), 'model.tar.gz'))).toHaveLength(2);
});

test('one more upload of what has just gone, found there while it still was, and told of in the wait', async () => {
  const { stack, evidence, begin, of } = await set();
  when(stack, 'CheckEndpoint', 'entering', () => void put(stack, 1, 'again'));
  await begin();
  await settled(evidence);
  expect(endOf(evidence, 8)?.outcome).toBe('deployed');
  expect(endOf(evidence, 'again')).toMatchObject({ outcome: 'deployed', serving: { artifactSha256: of(1) } });
  // Found at first; made anew under the lease.
  expect(inspections(stack, endOf(evidence, 'again')!.rolloutId)).toBe(1);
  expect(isThere(stack, of(1))).toEqual(BOTH);
});

test('inspected before it went, and the lease asked for after it', async () => {
  const { stack, evidence, begin, of } = await set();
  when(stack, 'CheckEndpoint', 'entering', () => void put(stack, 1, 'again'));
  let isHeld = false;
  stack.account.interceptor = async (call, next) => {
    const output = await next();
    const key = String(call.input.Key);
    if (call.by.of.name === 'InspectArtifact' && key.endsWith(`${of(1)}/model.tar.gz`) && !isHeld) {
      isHeld = true;
      await stack.account.time.sleep(10 * MINUTE);
    }
    return output;
  };
  await begin();
  await settled(evidence);
  const [first, again] = [endOf(evidence, 8)!, endOf(evidence, 'again')!];
  expect(isHeld).toBe(true);
  expect(Date.parse(again.endedAt) - Date.parse(first.endedAt)).toBeGreaterThan(5 * MINUTE);
  expect(again).toMatchObject({ outcome: 'deployed', serving: { artifactSha256: of(1) } });
});

test('the same with clocks that differ: the plan finds the copy gone, and it is made anew', async () => {
  const { stack, evidence, of } = await set();
  await put(stack, 1, 'again');
  when(stack, 'PlanRollout', 'entering', () =>
    stack.account.s3.put(artifactKey(ENDPOINT, of(1), 'model.tar.gz'), null),
  );
  await settled(evidence);
  const { rolloutId, outcome } = endOf(evidence, 'again')!;
  expect(outcome).toBe('deployed');
  expect(inspections(stack, rolloutId)).toBe(1);
  expect([...stack.account.executions.values()].at(-1)!.states.filter((state) => state === 'PlanRollout')).toHaveLength(
    2,
  );
});

test('a copy that goes on being removed by somebody is refused before anything is made', async () => {
  const { stack, evidence, of } = await set();
  await put(stack, 1, 'again');
  stack.account.watch = (_, moment, state) => {
    if (moment === 'entering' && state === 'PlanRollout')
      stack.account.s3.put(artifactKey(ENDPOINT, of(1), 'model.tar.gz'), null);
  };
  await settled(evidence);
  expect(endOf(evidence, 'again')).toMatchObject({
    outcome: 'rejected',
    problems: [{ where: 'model', message: expect.stringContaining('no longer kept') }],
  });
  expect(evidence.mutations).toBe(0);
});

test.each([
  ['one more upload of it', (stack: SimulatedStack) => void put(stack, 1, 'again'), 'again'],
  ['the sweeper alone', () => {}, null],
])('a removal that takes effect late, after an abort; then %s', async (_, follow, version) => {
  const { stack, evidence, begin, of } = await set();
  stack.account.interceptor = async (call, next) => {
    if (call.operation !== 'DeleteObject' || stack.aborted.length > 0) return next();
    const execution = [...stack.account.executions.values()].find(({ name }) => name === call.by.executionName)!;
    stack.aborted.push(execution);
    execution.stop();
    follow(stack);
    await stack.account.time.sleep(call.by.endsAt - stack.account.time.now - 10);
    return next();
  };
  await begin();
  await settled(evidence);
  expect(stack.aborted).toHaveLength(1);
  // It is taken back: it never came to its outcome.
  expect(endOf(evidence, 8)).toMatchObject({ outcome: 'rolledBack', serving: { artifactSha256: of(6) } });
  if (version === null) return;
  expect(endOf(evidence, version)).toMatchObject({ outcome: 'deployed', serving: { artifactSha256: of(1) } });
  expect(isThere(stack, of(1))).toEqual(BOTH);
});

test.each([
  ['RetireSuperseded', async (stack: SimulatedStack) => void (await put(stack, 8))],
  [
    'RetireEndpoint',
    async (stack: SimulatedStack) => void stack.request({ action: 'retireEndpoint', endpointName: ENDPOINT }),
  ],
])('%s removes no artifact once its lease is lost', async (task, begin) => {
  const { stack, of } = await set();
  const { account } = stack;
  account.interceptor = async (call, next) => {
    const output = await next();
    if (call.by.of.name === task && call.operation === 'ListObjectVersions') {
      const leases = account.dynamoDb.partitions.get('lease')!;
      const lease = leases.get(ENDPOINT)!;
      leases.set(ENDPOINT, { ...lease, version: Number(lease.version) + 1, fencing: Number(lease.fencing) + 1 });
    }
    return output;
  };
  await begin(stack);
  await stack.settle({ hours: 1 });
  expect([1, 2, 3, 4, 6].map((number) => isThere(stack, of(number)))).toEqual([BOTH, BOTH, BOTH, BOTH, BOTH]);
  const called = account.calls.filter(({ by }) => by.of.name === task).map(({ operation }) => operation);
  expect(called).toContain('ListObjectVersions');
  expect(called).not.toContain('DeleteObject');
});

test('driven again from its wait, after what it had found was removed', async () => {
  const { stack, evidence, begin, of } = await set();
  when(stack, 'CheckEndpoint', 'entering', () => void put(stack, 1, 'again'));
  const { account } = stack;
  const watch = account.watch;
  account.watch = (execution, moment, state) => {
    watch(execution, moment, state);
    if (state !== 'WaitForLease' || moment !== 'entering' || stack.aborted.length > 0) return;
    stack.aborted.push(execution);
    execution.stop();
    // Between two looks of the sweeper, which would start it anew.
    stack.later(3 * MINUTE, () => execution.status !== 'RUNNING' && execution.redrive());
  };
  await begin();
  await settled(evidence);
  expect(stack.aborted).toHaveLength(1);
  for (const { outcome } of evidence.outcomes().filter(({ upload }) => upload?.key === keyOf(ENDPOINT, 'again')))
    expect(['deployed', 'unchanged', 'superseded', 'rolledBack']).toContain(outcome);
  expect(isThere(stack, of(8))).toEqual(BOTH);
});

test('taken back after the removal, to an older release that somebody had put the endpoint on by hand', async () => {
  const { stack, evidence: earlier, of } = await set();
  const { endpointConfigName } = earlier.releases().find(({ variants }) => variants[0]!.artifactSha256 === of(1))!;
  await stack.person('sagemaker', 'UpdateEndpoint', { EndpointName: ENDPOINT, EndpointConfigName: endpointConfigName });
  await stack.account.time.run(() => false, stack.account.time.now + 5 * MINUTE);
  const evidence = new Evidence(stack);
  await put(stack, 8);
  when(stack, 'RetireSuperseded', 'left', (execution) => {
    stack.aborted.push(execution);
    execution.stop();
  });
  await settled(evidence);
  expect(endOf(evidence, 8)).toMatchObject({
    outcome: 'rolledBack',
    serving: { endpointConfigName },
  });
  expect(isThere(stack, of(1))).toEqual(BOTH);
  // Not what the rollout that failed had left.
  expect(isThere(stack, of(3))).toEqual(NEITHER);
});

test('settings alone: the artifact of the newest release is found', async () => {
  const { stack, evidence, of } = await set();
  stack.request({
    endpointName: ENDPOINT,
    canaryInvocations: { requests: 2 },
    scaling: { minimum: 1, maximum: 4, target: 60 },
  });
  await settled(evidence);
  expect(evidence.outcomes()[0]).toMatchObject({ outcome: 'deployed', serving: { artifactSha256: of(6) } });
  expect(isThere(stack, of(3))).toEqual(NEITHER);
});

test('back to the oldest release that is kept, and not to one that is not', async () => {
  const { stack, evidence, begin, of } = await set();
  await begin();
  await stack.settle();
  const rolloutOf = (number: number) =>
    evidence.releases().find(({ variants }) => variants[0]!.artifactSha256 === of(number))!.rolloutId;
  const tooOld = stack.request({ action: 'rollback', endpointName: ENDPOINT, to: rolloutOf(1) });
  await stack.settle();
  expect(tooOld.output ?? tooOld.cause).toMatch(/no longer kept/);
  const back = stack.request({ action: 'rollback', endpointName: ENDPOINT, to: rolloutOf(2) });
  await settled(evidence);
  expect(back.output).toMatchObject({ outcome: 'deployed', serving: { artifactSha256: of(2) } });
  expect([2, 4, 6, 8].map((number) => isThere(stack, of(number)))).toEqual([BOTH, BOTH, BOTH, BOTH]);
});

test('the end of an endpoint takes its artifacts along, no other one’s, and an upload that waited is deployed', async () => {
  const { stack, evidence, of } = await set();
  const other = await stack.account.s3.put(artifactKey(`${ENDPOINT}-2`, of(1), 'model.tar.gz'), Buffer.from('theirs'));
  const retirement = stack.request({ action: 'retireEndpoint', endpointName: ENDPOINT });
  when(stack, 'WaitForRetirement', 'entering', () => void put(stack, 1, 'again'));
  let gone: boolean[][] = [];
  const ended = stack.account.ended;
  stack.account.ended = (execution) => {
    if (execution === retirement) gone = [1, 2, 3, 4, 6].map((number) => isThere(stack, of(number)));
    ended(execution);
  };
  await settled(evidence, { mayDelete: true });
  expect(retirement.output).toMatchObject({ outcome: 'retired' });
  expect(gone).toEqual([NEITHER, NEITHER, NEITHER, NEITHER, NEITHER]);
  expect(endOf(evidence, 'again')).toMatchObject({ outcome: 'deployed', serving: { artifactSha256: of(1) } });
  expect(isThere(stack, of(1))).toEqual(BOTH);
  expect(stack.account.s3.current(other.key)).toBe(other);
});
