import fc from 'fast-check';
import { rejection as rejectionOf } from '../../lambdas/core/archive/rejection.ts';
import { askForLease, neverLeased, takeOver } from '../../lambdas/core/lease/lease.ts';
import { ending, type RolloutEnd } from '../../lambdas/core/outcome/outcome.ts';
import { bounded, problem } from '../../lambdas/core/problems/problems.ts';
import { cutToBytes } from '../../lambdas/core/problems/shortened.ts';
import type { Ledger } from '../../lambdas/ports/ledger.ts';
import type { OutcomeRecords } from '../../lambdas/ports/outcome-records.ts';
import { recordOutcome } from '../../lambdas/tasks/record-outcome.ts';
import { errorPolicies } from '../../state-machine/contract/errors.ts';
import { OutcomeSchema, succeededOutcomes } from '../../state-machine/contract/outcome.ts';
import type { Variant } from '../../state-machine/contract/variant.ts';
import { aRelease } from '../core/a-variant.ts';
import { aLeaseOutput } from '../lease/a-lease-output.ts';
import { aRequest } from '../lease/a-rollout.ts';
import { AccountPorts } from '../ports/account-ports.ts';
import { unexpected } from '../ports/unexpected.ts';
import { runs } from '../setup/runs.ts';
import { anOutcome } from './an-outcome.ts';
import { anEnd, aPlan, passed, planned, rollback } from './ends.ts';

const denied = { Error: 'AccessDenied', Cause: 'not authorized' };
const rejection = { Error: 'RequestRejected', Cause: 'a: b' };
const wrong = [{ where: 'a', message: 'b' }];
const artifact = {
  verdict: 'rejected',
  problems: wrong,
  sha256: null,
  location: null,
  goldenCases: null,
  archive: 'rejected' as const,
  inspected: null,
} as const;

test.each<[string, Partial<RolloutEnd>, string, string | null]>([
  ['all went well', { plan: planned, canaryInvocations: passed }, 'deployed', null],
  ['nothing was to do', { plan: { ...planned, verdict: 'unchanged' }, canaryInvocations: passed }, 'unchanged', null],
  ['there was no canary', { plan: planned }, 'needsAttention', 'CanaryFailed'],
  ['there was no plan, but no failure either', { canaryInvocations: passed }, 'needsAttention', 'CanaryFailed'],
  [
    'the artifact is not acceptable',
    { failure: rejection, artifact: { ...artifact, failure: rejection } },
    'rejected',
    'RequestRejected',
  ],
  [
    'nobody copied the verdict on the artifact',
    { artifact: { ...artifact, failure: rejection } },
    'rejected',
    'RequestRejected',
  ],
  [
    'the plan is not acceptable',
    { failure: rejection, plan: { verdict: 'rejected', failure: rejection, problems: [] } },
    'rejected',
    'RequestRejected',
  ],
  ['a role lacked a permission at the beginning', { failure: denied }, 'rolledBack', 'AccessDenied'],
  [
    'the endpoint stayed busy',
    { failure: { Error: 'EndpointBusy', Cause: 'c' }, plan: { verdict: 'wait', waitSeconds: 5, reason: 'r' } },
    'rolledBack',
    'EndpointBusy',
  ],
  [
    'it was taken back',
    { failure: denied, plan: planned, rollback: rollback('rolledBack') },
    'rolledBack',
    'AccessDenied',
  ],
  [
    'it could not be taken back',
    { failure: denied, plan: planned, rollback: rollback('needsAttention', ['x']) },
    'needsAttention',
    'AccessDenied',
  ],
  ['the rollback never began', { failure: denied, plan: planned }, 'needsAttention', 'AccessDenied'],
  [
    'the rollback never ended',
    { failure: denied, plan: planned, rollback: rollback('waiting') },
    'needsAttention',
    'AccessDenied',
  ],
  [
    'what serves unchanged answers wrongly',
    {
      failure: { Error: 'CanaryFailed', Cause: 'c' },
      plan: { ...planned, verdict: 'unchanged' },
      rollback: rollback('rolledBack'),
    },
    'rolledBack',
    'CanaryFailed',
  ],
])('%s', (_, end, outcome, error) => {
  const result = ending(anEnd(end));
  expect([result.outcome, result.failure?.Error ?? null]).toEqual([outcome, error]);
  expect(result.left.length > 0).toBe(outcome === 'needsAttention');
});

test('a failure never counts as success, and success is never without a canary that passed', () => {
  const failure = fc.constantFrom(null, ...Object.keys(errorPolicies).map((name) => ({ Error: name, Cause: 'c' })));
  const plan = fc.constantFrom<RolloutEnd['plan']>(
    null,
    planned,
    { ...planned, verdict: 'unchanged' },
    { verdict: 'wait', waitSeconds: 1, reason: 'r' },
    { verdict: 'rejected', failure: rejection, problems: [] },
  );
  const canaryInvocations = fc.constantFrom(null, passed, { ...passed, verdict: 'failed' as const, failure: denied });
  const back = fc.constantFrom(
    null,
    ...(['waiting', 'act', 'rolledBack', 'needsAttention'] as const).map((v) => rollback(v)),
  );
  fc.assert(
    fc.property(failure, plan, canaryInvocations, back, (...[failed, planOf, judged, way]) => {
      const { outcome, failure, left } = ending(
        anEnd({ failure: failed, plan: planOf, canaryInvocations: judged, rollback: way }),
      );
      const succeeded = succeededOutcomes.includes(outcome);
      expect(failure === null).toBe(succeeded);
      if (succeeded) expect([failed, judged?.verdict]).toEqual([null, 'passed']);
      if (outcome === 'rolledBack' && planOf?.verdict === 'proceed') expect(way?.verdict).toBe('rolledBack');
      if (outcome === 'rejected') expect(planOf?.verdict).not.toBe('proceed');
      expect(left.length > 0).toBe(outcome === 'needsAttention');
    }),
    { numRuns: runs(1000) },
  );
});

test('a caught error is told in its own words and at bounded length', () => {
  const Cause = JSON.stringify({ errorType: 'AccessDenied', errorMessage: 'no permission', trace: ['at x'] });
  expect(ending(anEnd({ failure: { Error: 'AccessDenied', Cause } })).failure?.Cause).toBe('no permission');
  for (const text of ['x'.repeat(40_000), '{"broken', 'null', '"text"', '5']) {
    const told = ending(anEnd({ failure: { Error: 'AccessDenied', Cause: text } })).failure?.Cause ?? '';
    expect(told.slice(0, 5)).toBe(text.slice(0, 5));
    expect(Buffer.byteLength(told)).toBeLessThanOrEqual(3000);
  }
});

test('what is left says why the rollback failed, and what it knew to be left', () => {
  const rollbackFailure = { Error: 'Throttled', Cause: JSON.stringify({ errorMessage: 'slow down' }) };
  const end = { failure: denied, plan: planned, rollback: rollback('act', ['delete x']), rollbackFailure };
  expect(ending(anEnd(end)).left).toEqual(['The rollback failed: Throttled: slow down', 'delete x']);
  expect(ending(anEnd({ failure: denied, plan: planned, rollbackFailure })).left).toEqual([
    'The rollback failed: Throttled: slow down',
    expect.stringContaining('Compare the endpoint iris, the configuration iris-config-2 and the model iris-model-2'),
  ]);
});

const PLAN = 'rollouts/iris/rollout-1/plan.json';

function world() {
  const account = new AccountPorts();
  const { ports } = account;
  return { account, announced: account.account.announced, ports, run: recordOutcome(ports) };
}

const [variant] = aPlan.endpointConfig.variants as [Variant];

test('a deployed rollout is written, released and announced', async () => {
  const { account, announced, ports, run } = world();
  await ports.documents.write(PLAN, aPlan);
  const outcome = await run(anEnd({ plan: planned, canaryInvocations: passed }));
  expect(OutcomeSchema.parse(outcome)).toEqual(outcome);
  expect(outcome).toMatchObject({
    outcome: 'deployed',
    succeeded: true,
    serving: {
      artifactSha256: variant.artifactSha256,
      imageDigest: variant.imageDigest,
      endpointConfigName: aPlan.endpointConfig.name,
    },
    verified: 'golden',
    error: null,
    cause: null,
    endedAt: '2026-01-01T12:00:00.000Z',
  });
  expect(account.document('rollouts/iris/rollout-1/outcome.json')).toEqual(outcome);
  expect(account.document('rollouts/by-upload/models/iris/v1/model.tar.gz/outcome.json')).toEqual(outcome);
  expect(account.outcomes).toEqual([outcome]);
  expect(account.releases).toEqual([
    {
      endpointName: 'iris',
      rolloutId: 'rollout-1',
      action: 'deploy',
      endpointConfigName: aPlan.endpointConfig.name,
      variants: aPlan.endpointConfig.variants,
      upload: { key: 'models/iris/v1/model.tar.gz', versionId: 'v1' },
      releasedAt: '2026-01-01T12:00:00.000Z',
    },
  ]);
  expect(announced).toEqual([outcome]);
});

test('a deployed one is a release though it changed scaling or tags alone', async () => {
  const { account, ports, run } = world();
  account.released(aRelease({ endpointConfigName: aPlan.endpointConfig.name, rolloutId: 'before' }));
  await ports.documents.write(PLAN, aPlan);
  await run(anEnd({ plan: planned, canaryInvocations: passed }));
  expect(account.releases.map(({ rolloutId }) => rolloutId)).toEqual(['before', 'rollout-1']);
});

test('an unchanged one is no release, unless the ledger does not know it: its own rollout was stopped', async () => {
  const { account, ports, run } = world();
  const known = aRelease({ endpointConfigName: aPlan.endpointConfig.name, rolloutId: 'stopped' });
  account.released(known);
  await ports.documents.write(PLAN, aPlan);
  expect(await run(anEnd({ plan: { ...planned, verdict: 'unchanged' }, canaryInvocations: passed }))).toMatchObject({
    outcome: 'unchanged',
    serving: { artifactSha256: variant.artifactSha256 },
  });
  expect(account.releases).toEqual([known]);

  const forgetful = world();
  await forgetful.ports.documents.write(PLAN, aPlan);
  await forgetful.run(anEnd({ plan: { ...planned, verdict: 'unchanged' }, canaryInvocations: passed }));
  expect(forgetful.account.releases).toMatchObject([
    { rolloutId: 'rollout-1', endpointConfigName: aPlan.endpointConfig.name },
  ]);
});

test('what a manifest started is kept under its key, not under that of the archive', async () => {
  const { account, run } = world();
  const request = { ...anEnd().request!, startedByKey: 'models/iris/rollout.json' };
  await run(anEnd({ request, failure: denied }));
  const byUpload = account.documentKeys().filter((key) => key.startsWith('rollouts/by-upload/'));
  expect(byUpload).toEqual(['rollouts/by-upload/models/iris/rollout.json/outcome.json']);
});

test('a failed one says what serves still, as far as the ledger knows the configuration that the plan had found', async () => {
  const served = async (end: Partial<RolloutEnd>) => {
    const { account, run } = world();
    account.released(aRelease());
    return (await run(anEnd(end))).serving;
  };
  const isBack = { failure: denied, rollback: rollback('rolledBack') };
  const found = (previousEndpointConfigName: string | null) =>
    served({ ...isBack, plan: { ...planned, previousEndpointConfigName } });
  expect(await found('iris-config')).toMatchObject({ artifactSha256: 'a'.repeat(64) });
  expect(await found('adopted')).toEqual({ artifactSha256: null, imageDigest: null, endpointConfigName: 'adopted' });
  expect(await found(null)).toBeNull();
  expect(await served({ failure: denied })).toMatchObject({ endpointConfigName: 'iris-config' });
});

test('one that needs attention claims nothing of what serves, and does not depend on its plan being readable', async () => {
  const { account, run } = world();
  account.released(aRelease());
  const end = anEnd({ failure: denied, plan: planned, rollback: rollback('needsAttention', ['delete the model x']) });
  expect(await run(end)).toMatchObject({
    outcome: 'needsAttention',
    succeeded: false,
    serving: null,
    verified: null,
    error: 'AccessDenied',
    cause: expect.stringMatching(/^not authorized/),
    left: ['delete the model x'],
  });
  expect(account.releases).toHaveLength(1);
});

test('one that never came to know its endpoint has its record all the same', async () => {
  const { account, announced, run } = world();
  const outcome = await run(anEnd({ request: null, failure: denied }));
  expect(outcome).toMatchObject({ outcome: 'rolledBack', endpointName: null, serving: null, upload: null });
  expect(account.documentKeys()).toEqual(['rollouts/_unknown/rollout-1/outcome.json']);
  expect([account.outcomes, announced]).toEqual([[outcome], [outcome]]);
});

test('where the very first task failed, the event says whose upload it was', async () => {
  const { account, run } = world();
  const key = 'models/iris/v1/model.tar.gz';
  const trigger = {
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { bucket: { name: 'bucket' }, object: { key } },
  };
  expect(await run(anEnd({ trigger, request: null, failure: denied }))).toMatchObject({ endpointName: 'iris' });
  expect(account.documentKeys()).toEqual([
    'rollouts/iris/rollout-1/outcome.json',
    `rollouts/by-upload/${key}/outcome.json`,
  ]);
});

test('it may be repeated', async () => {
  const { account, ports, run } = world();
  await ports.documents.write(PLAN, aPlan);
  const end = anEnd({ plan: planned, canaryInvocations: passed });
  await run(end);
  await run(end);
  expect([account.outcomes.length, account.releases.length]).toEqual([1, 1]);
});

test('one that is driven again after its rollback was finished for it ends as it was recorded, and leaves the lease', async () => {
  const { account, ports, run } = world();
  const recoveredBy = 'recover-2-rollout-1';
  await ports.ledger.record(anOutcome({ outcome: 'rolledBack', succeeded: false, recoveredBy }), null, null);
  const { lease: held } = askForLease(neverLeased('iris'), aRequest('rollout-1'), {
    currentVersionId: null,
    over: new Set(),
  });
  await ports.leases.replace(neverLeased('iris'), held);
  const again = await run(anEnd({ plan: planned, canaryInvocations: passed }));
  expect(again).toMatchObject({ outcome: 'rolledBack', recoveredBy });
  expect(account.outcomes).toHaveLength(1);
  expect(await ports.leases.read('iris')).toMatchObject({ owner: null, freedAt: expect.any(String) });
});

test('one that broke off while it took a lease over does not free it: another one has to finish the rollback', async () => {
  const { account, ports, run } = world();
  const facts = { currentVersionId: null, over: new Set<string>() };
  const { lease: held } = askForLease(neverLeased('iris'), aRequest('stopped'), facts);
  await ports.leases.replace(neverLeased('iris'), held);
  const read = (await ports.leases.read('iris'))!;
  await ports.leases.replace(read, takeOver(read, read.owner!, aRequest('rollout-1').rollout, new Date()));
  await expect(run(anEnd({ failure: denied }))).rejects.toMatchObject({ name: 'CallRefused' });
  expect(account.outcomes).toEqual([]);
  expect(await ports.leases.read('iris')).toMatchObject({ owner: { recovers: { rolloutId: 'stopped' } } });
});

test('nobody hears of an outcome that the ledger does not hold', async () => {
  const { ports } = world();
  const ledger = unexpected<Ledger & OutcomeRecords>('ledger', {
    releases: async () => [],
    findOutcome: async () => null,
  });
  const run = recordOutcome({ ...ports, ledger, announcements: unexpected('announcements') });
  await expect(run(anEnd({ failure: denied }))).rejects.toThrow('Unexpected call: ledger.record');
});

test('the state of a rejection stays below 32 KiB, in whatever script its problems are told', async () => {
  const long = Array.from({ length: 60 }, (_, index) => problem(`${index}`, '\u6f22'.repeat(500)));
  const many = Array.from({ length: 60 }, (_, index) => problem('\u6f22'.repeat(10), `${index}`));
  for (const problems of [bounded(long), bounded(many)]) {
    const failure = rejectionOf(problems, 'rollouts/iris/rollout-1/outcome.json');
    const request = { ...anEnd().request!, problems };
    const end = anEnd({ request, failure, artifact: { ...artifact, problems, failure } });
    const outcome = await world().run({ ...end, canaryInvocations: { ...passed, warnings: Array(200).fill('w') } });
    expect(Buffer.byteLength(JSON.stringify({ ...end, outcome }))).toBeLessThan(32 * 1024);
    expect(Buffer.byteLength(outcome.cause ?? '')).toBeLessThanOrEqual(3000);
  }
});

test('a cause is cut between characters', () => {
  for (const text of ['\u6f22'.repeat(2000), '\u{1f33c}'.repeat(2000), 'x\ud83c'.repeat(2000)]) {
    const cut = cutToBytes(text, 3000);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(3000);
    expect(Buffer.byteLength(cut)).toBeGreaterThan(2990);
    expect([cut.isWellFormed(), cut.at(-1)]).toEqual([true, '\u2026']);
  }
});

describe('a rollout that was superseded', () => {
  const end = anEnd({ lease: aLeaseOutput({ verdict: 'superseded', holder: null, successor: 'rollout-2' }) });

  test('succeeds, and is not deployed', async () => {
    expect(await world().run(end)).toMatchObject({ outcome: 'superseded', succeeded: true, error: null });
  });

  test('fails where the platform wants that, for callers that see only the status', async () => {
    const { account, ports } = world();
    const outcome = await recordOutcome(ports, true)(end);
    expect(outcome).toMatchObject({ outcome: 'superseded', succeeded: false, successor: 'rollout-2' });
    expect(outcome).toMatchObject({ error: 'Superseded', explanation: { cause: 'superseded' } });
    expect(outcome.cause).toContain('The rollout rollout-2 took the place of this one, which was not deployed.');
    expect(account.outcomes).toEqual([outcome]);
  });
});
