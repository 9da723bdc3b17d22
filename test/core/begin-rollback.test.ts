// How far a rollout came that failed, and which look at the end of its rollback is believed.

import { ROLLOUT_TAG } from '../../lambdas/core/naming/ownership-tags.ts';
import { beginRollback, howFarItCame } from '../../lambdas/core/rollback/begin-rollback.ts';
import { believedStep } from '../../lambdas/core/rollback/believed-step.ts';
import { givesCountsOfBefore, hasCountsOfBefore } from '../../lambdas/core/rollback/instance-counts.ts';
import { configLeftover } from '../../lambdas/core/rollback/rollout-leftovers.ts';
import type { EndpointRecord } from '../../state-machine/contract/plan.ts';
import { aRollbackPlan } from './a-rollback-plan.ts';
import { anEndpoint } from './an-endpoint.ts';

type Outputs = Parameters<typeof howFarItCame>[0];
const candidate = { endpointName: 'iris-x', endpointConfigName: 'iris-xc' };
const made = { name: 'iris-c', made: 'created' };
const outputs = (plan: object, others: object = {}) =>
  ({
    plan: { verdict: 'proceed', operation: 'update', candidate: null, ...plan },
    ...{ endpointConfig: made, candidateRemoval: null, deployment: null, weights: null },
    ...others,
  }) as unknown as Outputs;

test.each<[string, Outputs, ReturnType<typeof howFarItCame>]>([
  [
    'no configuration made, so nothing was asked',
    outputs({ candidate }, { endpointConfig: null }),
    { isUntouched: true, changeSeen: false, candidate: 'none' },
  ],
  [
    'the candidate is there yet, so the live endpoint was never asked',
    outputs({ candidate }),
    { isUntouched: true, changeSeen: true, candidate: 'unknown' },
  ],
  [
    'the candidate is gone, so the live endpoint may have been asked',
    outputs({ candidate }, { candidateRemoval: { verdict: 'deleted' } }),
    { isUntouched: false, changeSeen: false, candidate: 'none' },
  ],
  [
    'the update was seen',
    outputs({}, { deployment: { verdict: 'failed', changeSeen: true } }),
    { isUntouched: false, changeSeen: true, candidate: 'none' },
  ],
  [
    'only scaling and tags were to change',
    outputs({ operation: 'configure' }),
    { isUntouched: false, changeSeen: true, candidate: 'none' },
  ],
  [
    'stopped: nobody knows',
    outputs({ verdict: 'recover', candidate }, { endpointConfig: null }),
    { isUntouched: false, changeSeen: false, candidate: 'unknown' },
  ],
])('%s', (_name, given, reached) => {
  expect(howFarItCame(given)).toEqual(reached);
});

const now = new Date('2026-03-01T10:00:00Z');
const untouched = { isUntouched: false, changeSeen: false, candidate: 'none' } as const;
const progress = (over: object) => ({ ...beginRollback(now, untouched), ...over });
const settled = { step: 'settled' } as const;
const left = { step: 'leave', left: 'Look.' } as const;

test('"as it was before" is believed at once only where the change was seen', () => {
  const live = anEndpoint('InService', 'old');
  const firstLook = { step: 'lookAgain', looks: { unchangedPolls: 1, lastUnchangedPollAt: now.toISOString() } };
  expect(believedStep(settled, live, progress({}), false, now)).toEqual(firstLook);
  expect(believedStep(settled, live, progress({ changeSeen: true }), false, now)).toEqual(settled);
  expect(believedStep(settled, live, progress({ unchangedPolls: 3 }), false, now)).toEqual(settled);
});

test('an endpoint that is not found any more may be there, unless it was deleted here or never asked for anything', () => {
  const seen = progress({ changeSeen: true });
  expect(believedStep(settled, null, seen, false, now).step).toBe('lookAgain');
  expect(believedStep(settled, null, seen, true, now)).toEqual(settled);
  expect(believedStep(settled, null, { ...seen, done: ['deleted it'] }, false, now)).toEqual(settled);
});

test('what is left to a person keeps its configuration unless it is in service, or gone for sure', () => {
  expect(believedStep(left, anEndpoint('InService', 'foreign'), progress({}), false, now)).toMatchObject({
    removesOwn: true,
  });
  expect(believedStep(left, anEndpoint('Failed', 'new'), progress({}), false, now)).toMatchObject({
    removesOwn: false,
  });
  expect(believedStep(left, null, progress({}), false, now).step).toBe('lookAgain');
  expect(believedStep(left, null, progress({ unchangedPolls: 3 }), false, now)).toMatchObject({ removesOwn: true });
});

test.each([
  ['not there', null, [], 'gone'],
  ['its own, of nobody else', 'mine', [], 'goes'],
  ['another rollout’s', 'other', [], 'stays'],
  ['of a retained release', 'mine', ['new'], 'stays'],
] as const)('a configuration that is %s', (_name, rolloutId, kept, verdict) => {
  const retained = { endpointConfigs: new Set<string>(kept), models: new Set<string>(), artifacts: new Set<string>() };
  const found = rolloutId === null ? null : { tags: { [ROLLOUT_TAG]: rolloutId } };
  expect(configLeftover(aRollbackPlan(true), anEndpoint('InService', 'old'), retained, found)).toBe(verdict);
  if (verdict === 'goes') {
    const serving = anEndpoint('InService', 'new');
    expect(configLeftover(aRollbackPlan(true), serving, retained, found)).toBe('stays');
    const pending = { ...anEndpoint('Updating', 'old'), pendingEndpointConfigName: 'new' };
    expect(configLeftover(aRollbackPlan(true), pending, retained, found)).toBe('stays');
  }
});

test('counts are compared for each production variant', () => {
  const before = {
    variants: [
      { name: 'primary', role: 'production', desiredInstanceCount: 3 },
      { name: 'shadow', role: 'shadow', desiredInstanceCount: 9 },
    ],
  } as EndpointRecord;
  const variants = [{ name: 'primary', desiredInstanceCount: 3, initialInstanceCount: 3 }];
  const endpoint = { ...anEndpoint('InService', 'new'), variants } as never;
  expect(hasCountsOfBefore(before, endpoint)).toBe(true);
  expect(givesCountsOfBefore(before, { variants } as never)).toBe(true);
  expect(hasCountsOfBefore(before, { ...anEndpoint('InService', 'new'), variants: [] })).toBe(false);
  expect(givesCountsOfBefore(before, null)).toBe(false);
  expect(hasCountsOfBefore(null, null)).toBe(true);
});
