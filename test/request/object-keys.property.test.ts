import fc from 'fast-check';
import { KEY_LAYOUTS, outcomeByUploadKey, parseObjectKey, parseS3Uri } from '../../lambdas/core/naming/object-keys.ts';
import { shortened } from '../../lambdas/core/problems/shortened.ts';
import { codePoint } from '../setup/code-point.ts';
import { runs } from '../setup/runs.ts';

const endpointName = fc.stringMatching(/^[a-z0-9](-{0,2}[a-z0-9]){0,20}$/);
const variantName = fc.stringMatching(/^[a-zA-Z0-9](-{0,2}[a-zA-Z0-9]){0,20}$/);
const version = fc
  .string({ minLength: 1, maxLength: 60, unit: fc.constantFrom(...'abcXYZ019._-+% =@~(),é漢') })
  .filter((text) => !/^\.+$/.test(text));

test.each([
  ['models/iris/v1/model.tar.gz', { kind: 'archive', endpointName: 'iris', variantName: null, version: 'v1' }],
  ['models/iris/v1%2F2/model.tar.gz', { kind: 'archive', endpointName: 'iris', variantName: null, version: 'v1%2F2' }],
  [
    'models/iris/1.0+build 5/model.tar.gz',
    { kind: 'archive', endpointName: 'iris', variantName: null, version: '1.0+build 5' },
  ],
  [
    'models/iris/Challenger-2/v1/model.tar.gz',
    { kind: 'archive', endpointName: 'iris', variantName: 'Challenger-2', version: 'v1' },
  ],
  ['models/v7/model.tar.gz', { kind: 'defaultEndpointArchive', version: 'v7' }],
  ['models/iris/rollout.json', { kind: 'manifest', endpointName: 'iris' }],
  // A version may be called like the manifest; the archive's name decides.
  [
    'models/iris/rollout.json/model.tar.gz',
    { kind: 'archive', endpointName: 'iris', variantName: null, version: 'rollout.json' },
  ],
])('%s', (key, expected) => expect(parseObjectKey(key)).toEqual(expected));

test.each([
  ['models/iris/v1/model.tgz', /must be named model\.tar\.gz/],
  ['models/iris/v1/MODEL.TAR.GZ', /must be named model\.tar\.gz/],
  ['models/Iris/v1/model.tar.gz', /"Iris" cannot name an endpoint/],
  ['models/i_ris/rollout.json', /"i_ris" cannot name an endpoint/],
  ['models/iris%2Fv1/v2/model.tar.gz', /"iris%2Fv1" cannot name an endpoint/],
  ['models/iris/../model.tar.gz', /"\.\." cannot name a version/],
  ['models/iris//model.tar.gz', /"" cannot name a version/],
  ['models//v1/model.tar.gz', /"" cannot name an endpoint/],
  ['models/iris/a/b/deep/model.tar.gz', /too many folders/],
  ['models/iris/a_b/v1/model.tar.gz', /"a_b" cannot name a variant/],
  ['models/iris/-a/v1/model.tar.gz', /"-a" cannot name a variant/],
  ['models/Iris//../model.tar.gz', /cannot name an endpoint.*cannot name a variant.*cannot name a version/],
  ['models/model.tar.gz', /names no version/],
  ['models/', /must be named/],
  ['models', /must be named/],
  ['Models/iris/v1/model.tar.gz', /not under models/],
  ['', /not under models/],
  [`models/${'x'.repeat(64)}/v1/model.tar.gz`, /cannot name an endpoint/],
  [`models/iris/${'x'.repeat(129)}/model.tar.gz`, /cannot name a version/],
])('%j fits no layout, and the text says why and names the layouts', (key, why) => {
  const parsed = parseObjectKey(key);
  expect(parsed.kind).toBe('neither');
  const { problem } = parsed as { problem: string };
  expect(problem).toMatch(why);
  expect(problem).toContain(KEY_LAYOUTS);
  expect(problem.length).toBeLessThanOrEqual(500);
});

test('keys made of their parts come back as these parts', () => {
  fc.assert(
    fc.property(endpointName, version, variantName, (endpoint, release, variant) => {
      expect(parseObjectKey(`models/${endpoint}/${release}/model.tar.gz`)).toEqual({
        kind: 'archive',
        endpointName: endpoint,
        variantName: null,
        version: release,
      });
      if (release !== 'output')
        expect(parseObjectKey(`models/${endpoint}/${variant}/${release}/model.tar.gz`)).toEqual({
          kind: 'archive',
          endpointName: endpoint,
          variantName: variant,
          version: release,
        });
      expect(parseObjectKey(`models/${release}/model.tar.gz`)).toEqual({
        kind: 'defaultEndpointArchive',
        version: release,
      });
      expect(parseObjectKey(`models/${endpoint}/rollout.json`)).toEqual({ kind: 'manifest', endpointName: endpoint });
    }),
  );
});

test('every key of models/ gets one verdict, a text of bounded length, and no two keys the same parts', () => {
  const segment = fc.oneof(
    fc.constantFrom('model.tar.gz', 'rollout.json', 'models', 'iris', 'v1', '', '.', '..'),
    fc.string({ maxLength: 200, unit: codePoint }),
  );
  const seen = new Map<string, string>();
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
      const key = ['models', ...segments].join('/');
      const parsed = parseObjectKey(key);
      if (parsed.kind === 'neither') {
        expect(parsed.problem.length).toBeLessThanOrEqual(500);
        return;
      }
      const parts = JSON.stringify(parsed);
      expect(seen.get(parts) ?? key).toBe(key);
      seen.set(parts, key);
    }),
    { numRuns: runs(2000) },
  );
});

test('an S3 address is split at its first slash and taken literally otherwise', () => {
  expect(parseS3Uri('s3://b/a%2Fb+c d')).toEqual({ bucket: 'b', key: 'a%2Fb+c d' });
  expect(parseS3Uri('s3://b/#?&')).toEqual({ bucket: 'b', key: '#?&' });
  expect([parseS3Uri('https://b/k'), parseS3Uri('s3://b'), parseS3Uri('s3://b/'), parseS3Uri('')]).toEqual([
    null,
    null,
    null,
    null,
  ]);
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z0-9.-]{3,20}$/),
      fc.string({ minLength: 1, unit: codePoint }),
      (bucket, key) => {
        expect(parseS3Uri(`s3://${bucket}/${key}`)).toEqual({ bucket, key });
      },
    ),
  );
});

test('outcomes of different uploads never share a place', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      expect(outcomeByUploadKey(one) === outcomeByUploadKey(other)).toBe(one === other);
    }),
  );
});

test('shortened text stays on one line and within its limit', () => {
  fc.assert(
    fc.property(fc.string({ unit: codePoint, maxLength: 300 }), (text) => {
      const short = shortened(text, 50);
      expect(short.length).toBeLessThanOrEqual(50);
      expect(short).not.toMatch(/[\p{Cc}\p{Cs}\u2028]/u);
    }),
  );
});
