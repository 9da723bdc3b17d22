// When a lost upload is found, when a failed recovery is tried again, and what of earlier releases may go: at every limit.

import { polledAgain } from '../../lambdas/core/endpoint/confirm-unchanged.ts';
import { isLostEvent } from '../../lambdas/core/recovery/lost-event.ts';
import { isTooSoon } from '../../lambdas/core/recovery/recovery-pause.ts';
import { retainedReleases, supersededResources } from '../../lambdas/core/rollback/superseded-releases.ts';
import type { Upload } from '../../state-machine/contract/resolved-request.ts';
import { aRelease, aVariant } from './a-variant.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const now = new Date(Date.UTC(2026, 0, 31));
const ago = (milliseconds: number) => new Date(now.getTime() - milliseconds).toISOString();

test.each([
  [30 * MINUTE, 20 * DAY, true],
  [30 * MINUTE - 1, 20 * DAY, false],
  [14 * DAY, 20 * DAY, true],
  [14 * DAY + 1, 20 * DAY, false],
  [DAY, DAY, true],
  [DAY, DAY - 1, false],
])('uploaded %d ms ago, the stack %d ms old: forgotten %p', (age, stack, forgotten) => {
  expect(isLostEvent({ lastModified: ago(age) } as Upload, ago(stack), now)).toBe(forgotten);
});

test.each([
  ['FAILED', ago(60 * MINUTE - 1), true],
  ['FAILED', ago(60 * MINUTE), false],
  ['ABORTED', ago(1), false],
  ['TIMED_OUT', ago(1), false],
  ['FAILED', null, false],
])('a recovery that is %s since %s is tried again too soon: %p', (status, stoppedAt, tooSoon) => {
  expect(isTooSoon({ status, stoppedAt }, now)).toBe(tooSoon);
});
test('without an earlier recovery it is not too soon', () => expect(isTooSoon(null, now)).toBe(false));

test('a look counts half a minute after the last, and the fourth is believed', () => {
  const first = polledAgain({ unchangedPolls: 0, lastUnchangedPollAt: null }, now);
  expect(first).toEqual({ unchangedPolls: 1, lastUnchangedPollAt: now.toISOString() });
  const early = { unchangedPolls: 2, lastUnchangedPollAt: ago(29_999) };
  expect(polledAgain(early, now)).toEqual(early);
  expect(polledAgain({ unchangedPolls: 1, lastUnchangedPollAt: ago(30_000) }, now)?.unchangedPolls).toBe(2);
  expect(polledAgain({ unchangedPolls: 3, lastUnchangedPollAt: ago(30_000) }, now)).toBeNull();
});

const release = (endpointConfigName: string, modelName = `model-of-${endpointConfigName}`) =>
  aRelease({
    endpointConfigName,
    variants: [aVariant({ modelName, artifactSha256: `artifact-of-${endpointConfigName}` })],
  });
const serving = (endpointConfigName: string, modelName = `model-of-${endpointConfigName}`) => ({
  ...{ endpointConfigName, modelNames: [modelName], artifacts: [`artifact-of-${endpointConfigName}`] },
});
test('the newest releases are retained beside what serves, a configuration counted once', () => {
  const releases = ['now', 'c', 'c', 'b', 'a', 'c'].map((name) => release(name));
  const retained = retainedReleases(releases, serving('now'), 2);
  expect([[...retained.endpointConfigs], [...retained.models]]).toEqual([
    ['now', 'c', 'b'],
    ['model-of-now', 'model-of-c', 'model-of-b'],
  ]);
  expect(supersededResources(releases, retained)).toEqual({ endpointConfigs: ['a'], models: ['model-of-a'] });
  const none = retainedReleases(releases, null, 2);
  expect([[...none.endpointConfigs], [...none.models]]).toEqual([
    ['now', 'c'],
    ['model-of-now', 'model-of-c'],
  ]);
});

test('the newest release with another model stays, however many changes of settings came since', () => {
  const of = (endpointConfigName: string, artifactSha256: string) =>
    aRelease({ endpointConfigName, variants: [aVariant({ modelName: `m-${artifactSha256}`, artifactSha256 })] });
  const releases = [of('s3', 'new'), of('s2', 'new'), of('s1', 'new'), of('b', 'old'), of('a', 'older')];
  const live = { endpointConfigName: 's4', modelNames: ['m-new'], artifacts: ['new'] };
  const configsOf = (...given: Parameters<typeof retainedReleases>) => [...retainedReleases(...given).endpointConfigs];
  expect(configsOf(releases, live, 2)).toEqual(['s4', 's3', 's2', 'b']);
  expect(configsOf(releases, live, 5)).toEqual(['s4', 's3', 's2', 's1', 'b', 'a']);
  expect(configsOf(releases, live, 0)).toEqual(['s4']);
  expect(configsOf(releases, null, 2)).toEqual(['s3', 's2', 'b']);
  expect([...retainedReleases(releases, live, 1).artifacts]).toEqual(['new', 'old']);
});

test('a model that a retained configuration shares stays; each name is told once', () => {
  const releases = [release('now', 'm'), release('b', 'm'), release('a', 'm'), release('a', 'm')];
  const retained = retainedReleases(releases, serving('now', 'm'), 1);
  expect(supersededResources(releases, retained)).toEqual({ endpointConfigs: ['a'], models: [] });
});
