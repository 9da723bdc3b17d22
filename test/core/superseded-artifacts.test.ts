// Which artifacts go: everything of the endpoint that nothing refers to, and never anything else.
import * as fc from 'fast-check';
import { artifactKey, parseArtifactKey } from '../../lambdas/core/naming/object-keys.ts';
import { retainedReleases, supersededArtifacts } from '../../lambdas/core/rollback/superseded-releases.ts';
import type { Release } from '../../state-machine/contract/release.ts';
import { runs } from '../setup/runs.ts';
import { aRelease, aVariant } from './a-variant.ts';

const sha = (number: number) => String(number).repeat(64);
const shas = [1, 2, 3, 4, 5, 6, 7, 8].map(sha);
const files = ['model.tar.gz', 'golden.json'] as const;

const releases = fc.array(
  fc
    .record({ config: fc.integer({ min: 0, max: 5 }), artifactSha256: fc.constantFrom(...shas) })
    .map(({ config, artifactSha256 }) =>
      aRelease({
        endpointConfigName: `config-${config}`,
        variants: [aVariant({ modelName: `model-${config}`, artifactSha256 })],
      }),
    ),
  { maxLength: 12 },
);
const ownKeys = fc.subarray(shas.flatMap((each) => files.map((file) => artifactKey('iris', each, file))));
/** What must never go, whatever is retained: of others, of no layout of ours. */
const OTHERS = [
  artifactKey('iris-2', sha(1), 'model.tar.gz'),
  artifactKey('ir', sha(1), 'golden.json'),
  `artifacts/${sha(1)}/model.tar.gz`,
  `artifacts/iris/${sha(1)}/model.tar.gz.old`,
  `artifacts/iris/${sha(1)}/more/model.tar.gz`,
  `artifacts/iris/${sha(1).slice(1)}/model.tar.gz`,
  `artifacts/iris/${'A'.repeat(64)}/model.tar.gz`,
  `artifacts/IRIS/${sha(1)}/model.tar.gz`,
  `models/iris/${sha(1)}/model.tar.gz`,
  `more/artifacts/iris/${sha(1)}/model.tar.gz`,
  'artifacts/iris/',
];

test('never one that serves or that a retained release refers to, never another layout; and all the rest', () => {
  fc.assert(
    fc.property(releases, ownKeys, fc.constantFrom(...shas), fc.nat({ max: 4 }), (all, own, serving, count) => {
      const live = { endpointConfigName: 'config-now', modelNames: ['model-now'], artifacts: [serving] };
      const chosen = supersededArtifacts('iris', [...OTHERS, ...own], retainedReleases(all, live, count));

      const artifactOf = ({ variants }: Release) => variants[0]!.artifactSha256;
      const newestConfigs = [...new Set(all.map(({ endpointConfigName }) => endpointConfigName))].slice(0, count);
      // A rollback goes to it, however many changes of settings came since.
      const another = count === 0 ? undefined : all.find((release) => artifactOf(release) !== serving);
      const configs = [...newestConfigs, another?.endpointConfigName];
      const referredTo = all.filter(({ endpointConfigName }) => configs.includes(endpointConfigName));
      const needed = [serving, ...referredTo.map(artifactOf)];
      const rest = own.filter((key) => !needed.some((each) => key.includes(each)));
      expect([...chosen].sort()).toEqual([...rest].sort());
    }),
    { numRuns: runs(1000) },
  );
});

test('a model goes before its golden cases', () => {
  const keys = [artifactKey('iris', sha(1), 'golden.json'), artifactKey('iris', sha(1), 'model.tar.gz')];
  expect(supersededArtifacts('iris', keys, { artifacts: new Set() })).toEqual(keys.toReversed());
});

test('a key names what it was made of, and every other layout names nothing', () => {
  for (const endpointName of ['a', 'iris', 'iris-2', 'x'.repeat(63)])
    for (const file of files)
      expect(parseArtifactKey(artifactKey(endpointName, sha(1), file))).toEqual({ endpointName, sha256: sha(1), file });
  for (const key of [...OTHERS.slice(2), artifactKey('x'.repeat(64), sha(1), 'model.tar.gz')])
    expect([key, parseArtifactKey(key)]).toEqual([key, null]);
});
