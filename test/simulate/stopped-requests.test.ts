// Executions that end before any lease knows them: their end is told, once, by the same machine; nothing is changed in their name
// afterwards, and an upload's own outcome is another's.
import { RECOVERY_DELAY_SECONDS } from '../../lambdas/core/recovery/recovery-delay.ts';
import type { Execution } from '../../simulate/engine/execution.ts';
import { Evidence } from '../../simulate/judging/evidence.ts';
import { archive } from '../../simulate/world/archives.ts';
import { ENDPOINT, stackWith } from '../../simulate/world/bases.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import { keyOf, type SimulatedStack, SWEEP_MILLISECONDS } from '../../simulate/world/simulated-stack.ts';
import { type Outcome, OutcomeSchema } from '../../state-machine/contract/outcome.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const request = {
  endpointName: ENDPOINT,
  canaryInvocations: { requests: 2 },
  tags: { owner: 'botany' },
  correlationId: 'c-7',
};

/** An endpoint that serves, and the first execution after that stopped as it enters a state. */
async function stage(
  begin: (stack: SimulatedStack) => unknown,
  stopIn: string,
  then: (stopped: Execution) => void = () => {},
) {
  const stack = await stackWith('serving', { ...engineAsItIs(), seed: 1 });
  const evidence = new Evidence(stack);
  const { account } = stack;
  account.watch = (execution, moment, state) => {
    if (moment !== 'entering' || state !== stopIn || stack.aborted.length > 0) return;
    stack.aborted.push(execution);
    execution.stop();
    then(execution);
  };
  begin(stack);
  await stack.settle();
  const [stopped] = stack.aborted;
  const document = (key: string) => account.s3.document(key) as Outcome | undefined;
  const outcomeOf = ({ name }: Execution) =>
    evidence.outcomes().flatMap((item) => (item.rolloutId === name ? [OutcomeSchema.parse(item)] : []));
  const announced = () => account.announced.filter(({ rolloutId }) => rolloutId === stopped!.name);
  const recoveries = () => [...account.executions.values()].filter(({ name }) => name.startsWith('recover-'));
  return { stack, evidence, stopped: stopped!, document, outcomeOf, announced, recoveries };
}
const requesting = (stack: SimulatedStack) => stack.request(request);
const good = archive('good', 2);
const KEY = keyOf(ENDPOINT, 2);

test.each(['ReceiveTrigger', 'ResolveRequest', 'InspectArtifact', 'LeaseEndpoint'])(
  'a request that is stopped in %s is told of, within a sweep and the time that its last function has',
  async (state) => {
    const { evidence, stopped, document, outcomeOf, announced } = await stage(requesting, state);
    const outcome = {
      ...{ action: 'deploy', outcome: 'rolledBack', succeeded: false, endpointName: ENDPOINT, correlationId: 'c-7' },
      ...{ error: 'Stopped', recoveredBy: `recover-0h-${stopped.name}`, executionArn: stopped.arn, upload: null },
      cause: expect.stringMatching(/ended ABORTED without an outcome.*: nothing was changed\./),
    };
    expect(outcomeOf(stopped)).toEqual([expect.objectContaining(outcome)]);
    expect(document(`rollouts/${ENDPOINT}/${stopped.name}/outcome.json`)).toMatchObject(outcome);
    expect(announced()).toEqual([expect.objectContaining(outcome)]);
    const [{ endedAt }] = outcomeOf(stopped) as [Outcome];
    expect(Date.parse(endedAt) - stopped.stoppedAt!).toBeGreaterThanOrEqual(RECOVERY_DELAY_SECONDS * 1000);
    expect(Date.parse(endedAt) - stopped.stoppedAt!).toBeLessThan(SWEEP_MILLISECONDS + 2.5 * MINUTE);
    expect(evidence.mutations).toBe(0);
  },
  60_000,
);

test('an execution whose input names no endpoint is told of too', async () => {
  const { stopped, document, outcomeOf } = await stage((stack) => stack.start({ model: 'none' }), 'InspectArtifact');
  expect(outcomeOf(stopped)).toEqual([expect.objectContaining({ outcome: 'rolledBack', endpointName: null })]);
  expect(document(`rollouts/_unknown/${stopped.name}/outcome.json`)).toMatchObject({ error: 'Stopped' });
});

const outcomesOfUpload = (evidence: Evidence) => evidence.outcomes().filter(({ upload }) => upload?.key === KEY);
const BY_UPLOAD = `rollouts/by-upload/${KEY}/outcome.json`;

test('of an upload the stopped execution is told of first, and the upload is deployed by another', async () => {
  const archived = await good;
  const { evidence, stopped, document, outcomeOf } = await stage(
    (stack) => stack.upload(KEY, archived),
    'InspectArtifact',
  );
  expect(outcomeOf(stopped)).toEqual([expect.objectContaining({ outcome: 'rolledBack', upload: null })]);
  const [ofUpload, ...others] = outcomesOfUpload(evidence);
  expect(others).toEqual([]);
  expect(ofUpload).toMatchObject({ outcome: 'deployed' });
  expect(Date.parse(ofUpload!.endedAt)).toBeGreaterThan(Date.parse(outcomeOf(stopped)[0]!.endedAt));
  expect(document(BY_UPLOAD)).toMatchObject({ outcome: 'deployed', rolloutId: ofUpload!.rolloutId });
});

test('of an upload that is deployed before the stopped execution is told of, it stays deployed', async () => {
  const archived = await good;
  let of: SimulatedStack;
  const { evidence, stopped, document, outcomeOf } = await stage(
    (stack) => {
      of = stack;
      stack.upload(KEY, archived);
    },
    'InspectArtifact',
    () => of.later(1_000, () => of.tell(KEY)),
  );
  const [ofUpload, ...others] = outcomesOfUpload(evidence);
  expect(others).toEqual([]);
  expect(ofUpload).toMatchObject({ outcome: 'deployed' });
  expect(outcomeOf(stopped)).toEqual([expect.objectContaining({ outcome: 'rolledBack', upload: null })]);
  expect(Date.parse(ofUpload!.endedAt)).toBeLessThan(Date.parse(outcomeOf(stopped)[0]!.endedAt));
  expect(document(BY_UPLOAD)).toMatchObject({ outcome: 'deployed', rolloutId: ofUpload!.rolloutId });
});

test.each([
  ['request', requesting],
  ['upload', async (stack: SimulatedStack) => stack.upload(KEY, await good)],
] as const)(
  'driven again after it was told of, the %s changes nothing, and its end stays what it was',
  async (_, begin) => {
    await good;
    const { stack, evidence, stopped, document, outcomeOf } = await stage(begin, 'InspectArtifact');
    const [told] = outcomeOf(stopped);
    const [mutations, ofUpload] = [evidence.mutations, document(BY_UPLOAD)];
    stopped.redrive();
    await stack.settle();
    expect(stopped).toMatchObject({ status: 'FAILED', error: 'Stopped' });
    expect(stopped.states.at(-1)).toBe('Failed');
    expect(outcomeOf(stopped)).toEqual([told]);
    expect(document(`rollouts/${ENDPOINT}/${stopped.name}/outcome.json`)).toEqual(told);
    expect([evidence.mutations, document(BY_UPLOAD)]).toEqual([mutations, ofUpload]);
  },
);

test('driven again while its end is being told, either it goes on or it is told of, never both', async () => {
  const ends = new Set<string>();
  for (const milliseconds of [0, 200, 1_000, 30_000]) {
    const stack = await stackWith('serving', { ...engineAsItIs(), seed: 1 });
    const evidence = new Evidence(stack);
    const { account } = stack;
    let isDriven = false;
    account.watch = (execution, moment, state) => {
      if (moment !== 'entering' || state !== 'LeaseEndpoint' || stack.aborted.length > 0) return;
      stack.aborted.push(execution);
      execution.stop();
    };
    account.interceptor = async ({ operation, by }, next) => {
      const isTelling = operation === 'TransactWriteItems' && by.executionName?.startsWith('recover-');
      if (!isTelling || isDriven) return next();
      isDriven = true;
      stack.aborted[0]!.redrive();
      await account.time.sleep(milliseconds);
      return next();
    };
    stack.request(request);
    await stack.settle();
    const [stopped] = stack.aborted;
    const [outcome, ...others] = evidence.outcomes().filter(({ rolloutId }) => rolloutId === stopped!.name);
    expect([isDriven, others]).toEqual([true, []]);
    expect(stopped!.status).toBe(outcome!.outcome === 'deployed' ? 'SUCCEEDED' : 'FAILED');
    if (outcome!.outcome !== 'deployed') expect(evidence.mutations).toBe(0);
    ends.add(outcome!.outcome);
  }
  expect([...ends].sort()).toEqual(['deployed', 'rolledBack']);
}, 60_000);

test('who tells of it and is stopped as well is followed by another an hour later, not by one of its own, and not for ever', async () => {
  const stack = await stackWith('serving', { ...engineAsItIs(), seed: 1 });
  const evidence = new Evidence(stack);
  stack.account.watch = (execution, moment, state) => {
    if (moment === 'entering' && state === 'LeaseEndpoint') execution.stop();
  };
  const stopped = stack.request(request);
  await stack.settle({ least: 40 * HOUR });
  const recoveries = [...stack.account.executions.values()].filter(({ name }) => name.startsWith('recover-'));
  expect(recoveries.map(({ name }) => name)).toEqual(
    Array.from({ length: 24 }, (_, hour) => `recover-${hour}h-${stopped.name}`),
  );
  expect(evidence.outcomes().filter(({ rolloutId }) => rolloutId === stopped.name)).toEqual([]);
}, 60_000);

test('a rollout that could not record its end is told of when the ledger is back', async () => {
  const stack = await stackWith('serving', { ...engineAsItIs(), seed: 1 });
  const evidence = new Evidence(stack);
  const until = stack.account.time.now + 7 * HOUR;
  stack.account.interceptor = async ({ operation }, next) => {
    if (operation !== 'TransactWriteItems' || stack.account.time.now > until) return next();
    throw Object.assign(new Error('down'), { name: 'InternalServerError', $fault: 'server', $metadata: {} });
  };
  const rejected = stack.request({ endpointName: ENDPOINT, surprise: true });
  await stack.settle();
  expect(rejected).toMatchObject({ status: 'FAILED', error: 'RequestRejected' });
  expect(evidence.outcomes().filter(({ rolloutId }) => rolloutId === rejected.name)).toEqual([
    expect.objectContaining({
      outcome: 'rolledBack',
      error: 'Stopped',
      cause: expect.stringContaining('ended FAILED'),
    }),
  ]);
}, 60_000);

test('where nothing is to be done a sweep makes seven calls', async () => {
  const stack = await stackWith('serving', { ...engineAsItIs(), seed: 1 });
  stack.account.calls.length = 0;
  let isOver = false;
  const sweep = stack.account.invoke('Sweep', {}).then(() => {
    isOver = true;
  });
  await stack.account.time.run(() => isOver, stack.account.time.now + MINUTE);
  await sweep;
  const calls = stack.account.calls.map(({ operation }) => operation);
  expect(calls.sort()).toEqual([
    ...['GetItem', 'ListExecutions', 'ListExecutions', 'ListExecutions', 'ListObjectVersions', 'PutItem'],
    'Query',
  ]);
});
