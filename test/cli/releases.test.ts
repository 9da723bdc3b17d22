// What people are told of releases: which one serves, which one comes back, and what goes with an endpoint.
import { reportReleases } from '../../cli/commands/releases.ts';
import { whatGoes } from '../../cli/commands/retire.ts';
import { whatComesBack } from '../../cli/commands/rollback.ts';
import { neverLeased } from '../../lambdas/core/lease/lease.ts';
import type { Release } from '../../state-machine/contract/release.ts';
import { aRelease, aVariant } from '../core/a-variant.ts';

const upload = (version: string) => ({ key: `models/iris/${version}/model.tar.gz`, versionId: version });
const release = (number: number, model: string, change: Partial<Release> = {}): Release =>
  aRelease({
    rolloutId: `rollout-${number}`,
    endpointConfigName: `iris-c-${number}`,
    releasedAt: `2026-01-0${number}T00:00:00.000Z`,
    variants: [aVariant({ modelName: `iris-m-${model}`, artifactSha256: model.repeat(64) })],
    ...change,
  });
const first = release(1, 'a', { upload: upload('v1') });
const second = release(2, 'b', { upload: upload('v2') });
const settings = release(3, 'b');
const back = release(4, 'a', { action: 'rollback' });

test('releases have a head, and what serves is marked; each is known by the upload of its model', () => {
  const { text, json } = reportReleases('iris', [back, settings, second, first], null);
  expect(text.split('\n')).toEqual([
    '        RELEASED                  MODEL         ROLLOUT    UPLOAD',
    'serves  2026-01-04T00:00:00.000Z  aaaaaaaaaaaa  rollout-4  models/iris/v1/model.tar.gz (rollback)',
    '        2026-01-03T00:00:00.000Z  bbbbbbbbbbbb  rollout-3  models/iris/v2/model.tar.gz',
    '        2026-01-02T00:00:00.000Z  bbbbbbbbbbbb  rollout-2  models/iris/v2/model.tar.gz',
    '        2026-01-01T00:00:00.000Z  aaaaaaaaaaaa  rollout-1  models/iris/v1/model.tar.gz',
  ]);
  expect(json).toMatchObject({ serving: 'rollout-4' });
});

test('of several variants each is shown, with its share; a change of weights is known by the upload of its models', () => {
  const both = (weight: number) => [
    aVariant({ artifactSha256: 'a'.repeat(64), weight }),
    aVariant({ name: 'challenger', artifactSha256: 'b'.repeat(64) }),
  ];
  const begun = release(5, 'a', { variants: both(9), upload: upload('v5') });
  const moved = release(6, 'a', { variants: both(1) });
  expect(reportReleases('iris', [moved, begun], null).text.split('\n').slice(1)).toEqual([
    'serves  2026-01-06T00:00:00.000Z  primary aaaaaaaaaaaa (50 %), challenger bbbbbbbbbbbb (50 %)  rollout-6  models/iris/v5/model.tar.gz',
    '        2026-01-05T00:00:00.000Z  primary aaaaaaaaaaaa (90 %), challenger bbbbbbbbbbbb (10 %)  rollout-5  models/iris/v5/model.tar.gz',
  ]);
});

test('after a retirement none serves', () => {
  const retirement = { rolloutId: 'away', at: '2026-01-05T00:00:00.000Z' };
  const { text, json } = reportReleases('iris', [first], { ...neverLeased('iris'), retirement });
  expect(text).not.toContain('serves ');
  expect(text).toContain('iris was retired 2026-01-05T00:00:00.000Z: none of them serves.');
  expect(json).toMatchObject({ serving: null });
  const { text: since } = reportReleases('iris', [release(6, 'c')], { ...neverLeased('iris'), retirement });
  expect(since).toContain('serves  2026-01-06');
});

test('without an upload, and without a release', () => {
  expect(reportReleases('iris', [settings], null).text).toContain('(no upload)');
  expect(reportReleases('iris', [], null).text).toBe('Nothing was released to iris yet.');
});

test('a rollback says what it puts back, and in place of what', () => {
  expect(whatComesBack('iris', first, [settings, second, first])).toBe(
    [
      'Puts back on iris, with the settings that it had: models/iris/v1/model.tar.gz (model aaaaaaaaaaaa), released 2026-01-01T00:00:00.000Z by rollout-1',
      'In place of: models/iris/v2/model.tar.gz (model bbbbbbbbbbbb), released 2026-01-03T00:00:00.000Z by rollout-3',
    ].join('\n'),
  );
});

describe('before an endpoint is retired', () => {
  const keys = ['artifacts/iris/a/model.tar.gz', 'artifacts/iris/a/golden.json'];

  test('all that goes is named, and what stays', () => {
    const text = whatGoes('iris', [settings, second, first], keys, null);
    for (const part of [
      'the endpoint iris and its scaling',
      'the endpoint configurations iris-c-3, iris-c-2, iris-c-1',
      'the models iris-m-b, iris-m-a',
      'its artifacts, 2 objects under artifacts/iris/',
      'Its uploads under models/iris/ and its history in the ledger stay. Say so with --yes.',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('runs, and is asked to stop');
  });

  test('who is asked to stop', () => {
    const rollout = { rolloutId: 'rollout-9', executionArn: 'arn', startedAt: '', action: 'deploy' } as const;
    const owner = {
      ...{ rollout: { ...rollout, upload: null, startedByKey: null, correlationId: null }, recovers: null },
      ...{ acquiredAt: '', heartbeatAt: '', plan: null },
    };
    const text = whatGoes('iris', [], [], { ...neverLeased('iris'), owner });
    expect(text).toContain('rollout-9 (deploy) runs, and is asked to stop first.');
  });
});
