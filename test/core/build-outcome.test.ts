// From the end of a rollout: what its outcome says, which release it makes, and how it leaves the lease.
import { askForLease, neverLeased } from '../../lambdas/core/lease/lease.ts';
import {
  type BuiltOutcome,
  buildOutcome,
  type OutcomeFacts,
  takenOver,
} from '../../lambdas/core/outcome/build-outcome.ts';
import { ending, type RolloutEnd } from '../../lambdas/core/outcome/outcome.ts';
import { outcomeDocumentKeys, reportedRollout } from '../../lambdas/core/outcome/reported-rollout.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';
import type { LeaseOutput, Planned } from '../../state-machine/contract/outputs.ts';
import { aRelease } from '../core/a-variant.ts';
import { aLeaseOutput } from '../lease/a-lease-output.ts';
import { aRequest, aRollout } from '../lease/a-rollout.ts';
import { anEnd, aPlan, passed, planned, rollback } from '../outcome/ends.ts';

const now = new Date('2026-01-01T12:00:00.000Z');
const build = (changes: Partial<RolloutEnd>, facts: Partial<OutcomeFacts> = {}): BuiltOutcome => {
  const end = anEnd(changes);
  const nothing = { lease: null, plan: null, newest: null, explanation: null };
  return buildOutcome({ end, ended: ending(end), rollout: reportedRollout(end), ...nothing, now, ...facts });
};
const denied = { Error: 'AccessDenied', Cause: 'not authorized' };
const succeeded = (verdict: Planned['verdict']) => ({ plan: { ...planned, verdict }, canaryInvocations: passed });
const asPlanned = aRelease({ endpointConfigName: aPlan.endpointConfig.name });

test.each([
  ['a deployed rollout', 'proceed', null, true],
  ['a deployed rollout of scaling alone', 'proceed', asPlanned, true],
  ['an unchanged one that the ledger knows', 'unchanged', asPlanned, false],
  ['an unchanged one whose configuration is older than the newest', 'unchanged', aRelease(), true],
  ['an unchanged one that the ledger does not know', 'unchanged', null, true],
] as const)('%s', (_, verdict, newest, isRelease) => {
  const { outcome, release } = build(succeeded(verdict), { plan: aPlan, newest });
  expect(release !== null).toBe(isRelease);
  expect(outcome.serving?.endpointConfigName).toBe(aPlan.endpointConfig.name);
  if (release !== null) expect(release).toMatchObject({ action: 'deploy', releasedAt: now.toISOString() });
});

describe('what it changed', () => {
  const settings = { tags: { team: 'flowers' } };
  const settingChanges = Array.from({ length: 30 }, (_, index) => ({
    setting: `tags.${index}`,
    from: null,
    to: '"1"',
  }));
  const plan = { ...aPlan, settingChanges, before: {} as never, request: { ...aPlan.request, settings } };
  const changeOf = (newest: OutcomeFacts['newest'], verdict: Planned['verdict'] = 'proceed') =>
    build(succeeded(verdict), { plan, newest }).outcome.change;

  test('is another model where another artifact served', () => {
    expect(changeOf(aRelease())?.model).toBe(true);
    expect(changeOf({ ...aRelease(), variants: aPlan.endpointConfig.variants })?.model).toBe(false);
  });

  test('is the settings of the plan, as many as anybody reads', () => {
    expect(changeOf(aRelease())?.settings).toEqual(settingChanges.slice(0, 20));
  });

  test('is nothing where it is unchanged, or failed, or went back', () => {
    expect(changeOf(aRelease(), 'unchanged')).toBeUndefined();
    expect(build({ failure: denied, rollback: rollback('rolledBack') }).outcome).not.toHaveProperty('change');
  });

  test('is kept with its release, where it made one', () => {
    expect(build(succeeded('proceed'), { plan }).release?.settings).toEqual(settings);
  });
});

test('a rollback makes a release of its own kind', () => {
  const request = { ...anEnd().request!, action: 'rollback' as const, upload: null };
  expect(build({ ...succeeded('proceed'), request }, { plan: aPlan }).release).toMatchObject({
    action: 'rollback',
    upload: null,
  });
});

test.each([
  ['2026-01-01T00:00:00.000Z', null],
  ['2025-12-31T23:59:59.000Z', 'iris-config'],
])('of an endpoint that was retired at %s %s serves', (at, config) => {
  const lease: Lease = { ...neverLeased('iris'), retirement: { rolloutId: 'away', at } };
  const { outcome } = build({ failure: denied }, { newest: aRelease(), lease });
  expect(outcome.serving?.endpointConfigName ?? null).toBe(config);
});

test('a cancellation names the rollout that it cancels, and no other one does', () => {
  const request = { ...anEnd().request!, action: 'cancel' as const, upload: null, cancels: 'rollout-0' };
  const lease = aLeaseOutput({ verdict: 'cancelled', holder: null });
  const { outcome, release, leaving } = build({ request, lease }, { newest: aRelease() });
  expect(outcome).toMatchObject({ outcome: 'cancelled', succeeded: true, action: 'cancel', cancels: 'rollout-0' });
  expect([outcome.error, outcome.serving?.endpointConfigName]).toEqual([null, 'iris-config']);
  expect([release, leaving]).toEqual([null, null]);
  expect(build({ failure: denied }).outcome.cancels).toBeNull();
});

test.each<[string, Partial<RolloutEnd>, string | null]>([
  ['without a plan, the newest release', { failure: denied }, 'iris-config'],
  ['with a plan, what the plan found', { plan: { ...planned, previousEndpointConfigName: 'adopted' } }, 'adopted'],
  ['where there was nothing, nothing', { plan: planned }, null],
])('what still serves after a failure: %s', (_, end, config) => {
  const { outcome, release } = build(
    { failure: denied, rollback: rollback('rolledBack'), ...end },
    { newest: aRelease() },
  );
  expect([outcome.serving?.endpointConfigName ?? null, release]).toEqual([config, null]);
});

test('warnings of every step, at most 20; a rollback repeats those of RegisterScaling', () => {
  const scaling = { targets: [{ resourceId: 'r', changed: true }], warnings: ['scaling'] };
  const warned = { ...passed, warnings: ['canary'] };
  const retention = { removed: [], warnings: ['retention'] };
  const end = { ...succeeded('proceed'), canaryInvocations: warned, scaling, retention, retentionFailure: denied };
  expect(build(end).outcome.warnings).toEqual([
    ...['canary', 'scaling', 'retention', 'Older releases were not removed: AccessDenied.'],
  ]);
  const back = { ...rollback('rolledBack'), warnings: ['back'] };
  expect(build({ failure: denied, plan: planned, scaling, rollback: back }).outcome.warnings).toEqual(['back']);
  const many = { ...passed, warnings: Array(30).fill('w') };
  expect(build({ ...succeeded('proceed'), canaryInvocations: many }).outcome.warnings).toHaveLength(20);
});

const lease = (rolloutId: string): Lease =>
  askForLease(neverLeased('iris'), aRequest(rolloutId), { currentVersionId: null, over: new Set() }).lease;
const retired = {
  verdict: 'retired',
  startedAt: '',
  deadline: '',
  waitSeconds: 0,
  status: null,
  done: [],
  failure: null,
};
const neverStarted = aLeaseOutput({
  ...{ verdict: 'neverStarted', holder: null, fencing: 0, acquiredAt: null, recovers: aRollout('lost') },
});

test('its owner leaves the lease free, and a retirement is noted in it', () => {
  const freed = { owner: null, freedAt: now.toISOString() };
  const mine = lease('rollout-1');
  expect(build({ failure: denied }, { lease: mine }).leaving).toMatchObject({
    previous: mine,
    next: { ...freed, retirement: null },
  });
  expect(build({ retirement: retired } as Partial<RolloutEnd>, { lease: mine }).leaving?.next).toMatchObject({
    ...freed,
    retirement: { rolloutId: 'rollout-1', at: now.toISOString() },
  });
});

test('nobody else writes the lease, but for a rollout that never started, which writes it as it is', () => {
  expect(build({ failure: denied }, { lease: lease('other') }).leaving).toBeNull();
  expect(build({ failure: denied }).leaving).toBeNull();
  const others = lease('other');
  expect(build({ lease: neverStarted }, { lease: others }).leaving).toEqual({ previous: others, next: others });
  expect(build({ lease: neverStarted }).leaving?.previous).toEqual(neverLeased('iris'));
  expect(build({ lease: { ...neverStarted, endpointName: '_unknown' } }).leaving).toBeNull();
});

test('one that lost its lease claims nothing, and names the execution that took over', () => {
  const { outcome } = build(succeeded('proceed'), { plan: aPlan });
  expect(takenOver(outcome, lease('recover-1'))).toMatchObject({
    ...{ outcome: 'needsAttention', succeeded: false, serving: null, verified: null, error: 'LeaseLost' },
    cause: expect.stringContaining('recover-1'),
  });
});

test('documents: beside the rollout, and beside what started it where it looked at it', () => {
  const end = anEnd({ lease: neverStarted });
  const upload = end.request?.upload ?? null;
  const started = { ...neverStarted, recovers: aRollout('lost', { upload, startedByKey: upload?.key ?? null }) };
  const keys = (recovered: LeaseOutput) => {
    const { outcome } = build({ lease: recovered });
    return outcomeDocumentKeys(reportedRollout(anEnd({ lease: recovered })), outcome);
  };
  const own = 'rollouts/iris/lost/outcome.json';
  expect(keys(started)).toEqual([own, `rollouts/by-upload/${upload?.key}/outcome.json`]);
  expect(keys({ ...started, recovers: { ...started.recovers, upload: null } })).toEqual([own]);
});
