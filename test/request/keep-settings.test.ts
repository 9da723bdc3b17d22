// Which value a setting has: the request's, the manifest's, that of the newest release, or the platform's.
import fc from 'fast-check';
import type { CheckedRequest } from '../../lambdas/core/request/check-request.ts';
import { checkRequest } from '../../lambdas/core/request/check-request.ts';
import { askedOf, keepSettings, settingsAsked } from '../../lambdas/core/request/keep-settings.ts';
import { resolveSettings } from '../../lambdas/core/request/resolve-settings.ts';
import { settingsOf, settingsOfEarlier } from '../../lambdas/core/request/settings-of.ts';
import type { KeptSettings } from '../../state-machine/contract/kept-settings.ts';
import type { PlatformSettings } from '../../state-machine/contract/platform.ts';
import { RolloutRequestSchema } from '../../state-machine/contract/request.ts';
import { runs } from '../setup/runs.ts';
import { aResolvedRequest } from './a-resolved-request.ts';

const platform = {
  defaultInstanceType: 'ml.m5.large',
  allowedInstanceTypes: ['ml.m5.large', 'ml.m5.xlarge'],
  maximumInstances: 10,
  allowTrust: false,
  requireCandidate: false,
} as unknown as PlatformSettings;
const from = 'the release one';
const kept = (settings: KeptSettings) => ({ settings, from });
const cases = [{ name: 'a', request: { body: 1 }, expect: { status: 200 } }] as never;
const two = { type: 'realtime', instanceType: 'ml.m5.xlarge', instanceCount: 2 } as const;

test.each<[string, CheckedRequest, KeptSettings, CheckedRequest]>([
  ['what is left out', {}, { hosting: two, tags: { a: '1' } }, { hosting: two, tags: { a: '1' } }],
  ['what is asked for', { scaling: 'none' }, { scaling: { minimum: 2 } }, { scaling: 'none' }],
  [
    'the fields that are left out',
    { hosting: { type: 'realtime', instanceCount: 3 }, scaling: { maximum: 3 } },
    { hosting: two, scaling: { minimum: 2, maximum: 8, target: 50 } },
    { hosting: { ...two, instanceCount: 3 }, scaling: { minimum: 2, maximum: 3, target: 50 } },
  ],
  [
    'nothing of another type',
    { strategy: { type: 'linear', stepPercent: 10, waitSeconds: 5 } },
    { strategy: { type: 'canary', canaryPercent: 10, waitSeconds: 60, terminationWaitSeconds: 20 } },
    { strategy: { type: 'linear', stepPercent: 10, waitSeconds: 5 } },
  ],
  ['scaling over none', { scaling: { maximum: 2 } }, { scaling: 'none' }, { scaling: { maximum: 2 } }],
  [
    'environment and tags as a whole',
    { environment: { B: '2' }, tags: {} },
    { environment: { A: '1' }, tags: { a: '1' } },
    { environment: { B: '2' }, tags: {} },
  ],
  [
    'thresholds beside the cases that are asked for',
    { canaryInvocations: { cases } },
    { canaryInvocations: { requests: 5 } },
    { canaryInvocations: { cases, requests: 5 } },
  ],
  ['nothing that is reset', { reset: ['hosting'] }, { hosting: two, tags: { a: '1' } }, { tags: { a: '1' } }],
  ['nothing at all after a reset of all', { reset: 'all' }, { hosting: two, tags: { a: '1' } }, {}],
  [
    'what is asked for together with its reset',
    { reset: ['hosting'], hosting: { type: 'realtime', instanceCount: 3 } },
    { hosting: two },
    { hosting: { type: 'realtime', instanceCount: 3 } },
  ],
])('keeps %s', (_name, asked, settings, wanted) => {
  const { reset: _, ...merged } = keepSettings(asked, kept(settings)).wanted;
  expect(merged).toEqual(wanted);
});

test('says which settings are kept, or some of their fields', () => {
  const asked = { hosting: { type: 'realtime', instanceCount: 3 }, tags: {} } as const;
  expect(keepSettings(asked, kept({ hosting: two, tags: { a: '1' }, scaling: 'none' })).kept).toEqual([
    'hosting',
    'scaling',
  ]);
  expect(keepSettings(asked, null)).toEqual({ wanted: asked, kept: [] });
});

test('the request goes before the manifest, field by field; cases of the one replace those of the other', () => {
  const manifest = { hosting: two, canaryInvocations: { casesS3Uri: 's3://b/golden-cases/x', requests: 3 } } as const;
  const request = { hosting: { type: 'realtime', instanceCount: 1 }, canaryInvocations: { cases } } as const;
  expect(askedOf(request, manifest)).toEqual({
    hosting: { ...two, instanceCount: 1 },
    canaryInvocations: { cases, requests: 3 },
  });
  expect(settingsAsked(askedOf(request, manifest)).canaryInvocations).toEqual({ requests: 3 });
});

const resolve = (asked: CheckedRequest, settings: KeptSettings | null) =>
  resolveSettings(asked, settings && kept(settings), platform, 's3://bucket/capture');

test('whatever was released: a request that asks for nothing changes no setting, and none is wrong', () => {
  const count = fc.integer({ min: 1, max: 5 });
  const seconds = fc.integer({ min: 0, max: 300 });
  const some = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
  const request = fc.record({
    hosting: some(fc.record({ type: fc.constant('realtime' as const), instanceCount: some(count) })),
    scaling: some(
      fc.oneof(fc.constant('none' as const), fc.record({ target: fc.integer({ min: 1 }), maximum: fc.constant(6) })),
    ),
    strategy: some(
      fc.oneof(
        fc.record({ type: fc.constant('allAtOnce' as const), terminationWaitSeconds: some(seconds) }),
        fc.record({ type: fc.constant('canary' as const), canaryPercent: fc.constant(10), waitSeconds: seconds }),
        fc.record({ type: fc.constant('rolling' as const), batchPercent: fc.constant(20), waitSeconds: seconds }),
      ),
    ),
    environment: some(fc.dictionary(fc.stringMatching(/^[B-Z]{1,5}$/), fc.string())),
    network: some(fc.record({ isolation: some(fc.boolean()) })),
    dataCapture: some(fc.record({ samplingPercent: fc.nat({ max: 100 }) })),
    canaryInvocations: some(fc.record({ requests: some(count) })),
    tags: some(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.stringMatching(/^[a-z]{0,5}$/))),
    image: some(fc.constant('team/own:v1')),
  });
  fc.assert(
    fc.property(request, (drawn) => {
      const first = resolve(JSON.parse(JSON.stringify(drawn)), null);
      const released = settingsOf(first.wanted, first.settings);
      const next = resolve({}, released);
      expect(next.problems).toEqual(first.problems);
      expect(next.settings).toEqual(first.settings);
      expect(settingsOf(next.wanted, next.settings)).toEqual(released);
      // As a request would write them.
      expect(RolloutRequestSchema.safeParse(released).error).toBeUndefined();
      expect(checkRequest(released).problems).toEqual([]);
    }),
    { numRuns: runs(500) },
  );
});

test('a default of the platform is kept too, when the platform has another one', () => {
  const first = resolve({}, null);
  const later = { ...platform, defaultInstanceType: 'ml.m5.xlarge' };
  const next = resolveSettings({}, kept(settingsOf({}, first.settings)), later, 's3://bucket/capture');
  expect(next.settings).toEqual(first.settings);
});

describe('a problem of a kept value says whose it is and what cures it', () => {
  const problemsOf = (asked: CheckedRequest, settings: KeptSettings, change: Partial<PlatformSettings> = {}) =>
    resolveSettings(asked, kept(settings), { ...platform, ...change }, 's3://b').problems;
  const cure = (key: string) =>
    `"${key}" is kept from the release one: ask for another value, or send "reset": ["${key}"].`;

  test('which the platform no longer allows', () => {
    expect(problemsOf({}, { hosting: two }, { allowedInstanceTypes: ['ml.m5.large'] })).toEqual([
      { where: 'hosting.instanceType', message: expect.stringContaining(cure('hosting')) },
    ]);
    expect(problemsOf({}, { scaling: { minimum: 1, maximum: 5 } }, { maximumInstances: 4 })).toEqual([
      { where: 'scaling.maximum', message: expect.stringContaining(cure('scaling')) },
    ]);
  });

  test('which does not fit to what is asked for', () => {
    const asked = { hosting: { type: 'realtime', instanceCount: 7 } } as const;
    expect(problemsOf(asked, { scaling: { minimum: 1, maximum: 5 } })).toEqual([
      { where: 'hosting.instanceCount', message: expect.stringContaining(cure('scaling')) },
    ]);
    expect(problemsOf({ strategy: { type: 'allAtOnce' } }, { alarms: { names: ['mine'] } })).toEqual([
      { where: 'alarms', message: expect.stringContaining(cure('alarms')) },
    ]);
  });

  test('and nothing of it is said of what was asked for alone', () => {
    const [wrong] = problemsOf({ hosting: { type: 'realtime', instanceCount: 99 } }, { tags: { a: '1' } });
    expect(wrong?.message).not.toContain('kept from');
  });
});

test('of a release of before settings were kept they are read from its request', () => {
  const earlier = aResolvedRequest({
    environment: { A: '1' },
    alarms: { maximumErrorPercent: 3, maximumP99Milliseconds: null, names: [] },
  });
  const settings = settingsOfEarlier(earlier, 'serving');
  expect(settings).toMatchObject({ environment: { A: '1' }, alarms: { maximumErrorPercent: 3, names: [] } });
  expect(settings.image).toBeUndefined();
  expect(settings.alarms).not.toHaveProperty('maximumP99Milliseconds');
  expect(settingsOfEarlier(earlier, 'another').image).toBe(earlier.image.uri);
});
