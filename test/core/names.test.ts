// Names tell what they name, and are joined without a gap.
import { candidateName, endpointConfigName, modelName } from '../../lambdas/core/naming/names.ts';
import { parseObjectKey, parseS3Uri } from '../../lambdas/core/naming/object-keys.ts';

test('a model, a configuration and a candidate of one content have three names', () => {
  const names = [modelName, endpointConfigName, candidateName].map((name) => name('iris', { a: 1 }));
  expect(names.map((name) => name.replace(/[0-9a-f]{16}$/, ''))).toEqual(['iris-m-', 'iris-c-', 'iris-k-']);
});

test('an endpoint whose name is cut at its hyphens does not leave them there', () => {
  const cut = `${'a'.repeat(42)}--${'b'.repeat(15)}`;
  expect(modelName(cut, {})).toMatch(/^a{42}-m-[0-9a-f]{16}$/);
});

test('a key that is wrong twice is told both, and a URI is one from its beginning', () => {
  expect(parseObjectKey('models/Iris/../model.tar.gz')).toMatchObject({
    ...{ kind: 'neither', problem: expect.stringMatching(/"Iris" cannot .*at most 63\. "\.\." cannot/) },
  });
  expect([parseS3Uri('s3://b/k'), parseS3Uri('xs3://b/k'), parseS3Uri('s3://b/')]).toEqual([
    ...[{ bucket: 'b', key: 'k' }, null, null],
  ]);
});
