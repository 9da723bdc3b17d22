// What a request keeps is of the newest release, also where another one came while it was on its way.
import { NEW_METRICS } from '../../lambdas/core/endpoint/live-metrics.ts';
import { isConfiguredAsPlanned } from '../../lambdas/core/planning/is-configured-as-planned.ts';
import { makePlan } from '../../lambdas/core/planning/make-plan.ts';
import { outdatedSettings } from '../../lambdas/core/planning/outdated-settings.ts';
import type { KeptSettings } from '../../state-machine/contract/kept-settings.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';
import { aRelease } from './a-variant.ts';

const asked = {};
test.each([
  ['of the newest release', { keptFrom: 'earlier', asked }, aRelease(), null],
  ['of none, where there is none', { keptFrom: null, asked }, null, null],
  ['of one that is not the newest', { keptFrom: 'before', asked }, aRelease(), 'outdated'],
  ['of none, where there is one now', { keptFrom: null, asked }, aRelease(), 'outdated'],
  ['of one, where it was retired since', { keptFrom: 'earlier', asked }, null, 'outdated'],
  ['of a rollback, which keeps its own', undefined, aRelease(), null],
])('settings %s', (_name, merged, newest, verdict) => {
  expect(outdatedSettings({ merged }, newest)?.verdict ?? null).toBe(verdict);
});

describe('a plan', () => {
  const before = (endpointConfigName: string) => ({
    ...{ endpointConfigName, variants: [], metrics: NEW_METRICS, tags: {}, scalingTargets: [] },
  });
  const settings: KeptSettings = { strategy: { type: 'allAtOnce' } };
  const planned = (set: KeptSettings | null, wanted: KeptSettings | undefined = settings, configName = '') =>
    makePlan({
      ...{ rolloutId: 'r1', stackName: 'Deployer', before: before(configName) },
      request: aResolvedRequest({ scaling: null, settings: wanted }),
      artifact: { sha256: 'sum', location: { bucket: 'b', key: 'k' }, goldenCases: null },
      set: set && { settings: set, imageDigest: null },
    });
  /** The endpoint serves with the intended configuration already. */
  const isAsPlanned = (set: KeptSettings | null) =>
    isConfiguredAsPlanned(
      { ...planned(set, settings, planned(set).endpointConfig.name), scalingTargets: [] },
      new Date(Date.UTC(2026, 0, 1)),
    );

  test('lists the settings that change, where it is known what there was', () => {
    const other: KeptSettings = { strategy: { type: 'allAtOnce', terminationWaitSeconds: 60 } };
    expect(planned(other).settingChanges).toEqual([
      { setting: 'strategy.terminationWaitSeconds', from: '60', to: null },
    ]);
    expect(planned(settings).settingChanges).toEqual([]);
    expect(planned(null)).not.toHaveProperty('settingChanges');
  });

  test('that changes a setting is carried out, also where SageMaker has nothing to change', () => {
    expect(isAsPlanned(settings)).toBe(true);
    expect(isAsPlanned({ strategy: { type: 'allAtOnce', terminationWaitSeconds: 60 } })).toBe(false);
    expect(isAsPlanned(null)).toBe(true);
  });
});
