// Where a rollout's model is looked for, and what is made of what is found there.
import { parseObjectKey } from '../../lambdas/core/naming/object-keys.ts';
import type { CheckedRequest } from '../../lambdas/core/request/check-request.ts';
import { endpointOfKey, modelOfArchive, modelOfManifest, servedModel } from '../../lambdas/core/request/found-model.ts';
import { sourceOfEvent, sourceOfRequest } from '../../lambdas/core/request/model-source.ts';
import type { Upload } from '../../state-machine/contract/resolved-request.ts';
import { aRelease } from '../core/a-variant.ts';

const KEY = 'models/iris/v1/model.tar.gz';
const upload: Upload = {
  ...{ bucket: 'bucket', key: KEY, versionId: 'v', sizeBytes: 1, lastModified: '2026-01-02T00:00:00.000Z' },
};
const model = (key = KEY, bucket = 'bucket') => ({ s3Uri: `s3://${bucket}/${key}` });
const where = ({ problems }: { problems: readonly { where: string }[] }) => problems.map((each) => each.where);

test.each([
  ['an archive', KEY, 'bucket', 'archive', []],
  ['a key of no layout, whose upload is looked up all the same', 'models/x', 'bucket', 'archive', []],
  ['a manifest', 'models/iris/rollout.json', 'bucket', 'newestUpload', []],
  ['another bucket', KEY, 'other', 'none', [KEY]],
])('the event of %s', (_, key, bucket, kind, problems) => {
  const source = sourceOfEvent({ bucket, key }, 'bucket', null);
  expect([source.kind, source.kind === 'none' ? where(source.found) : []]).toEqual([kind, problems]);
});

test.each<[string, CheckedRequest, string[], string, string[]]>([
  ['a model', { model: model() }, [], 'archive', []],
  ['no model', { endpointName: 'iris' }, [], 'served', []],
  ['neither model nor endpoint', {}, [], 'none', ['endpointName']],
  ['a model elsewhere', { model: model(KEY, 'other') }, [], 'none', ['model.s3Uri']],
  ['a model under another prefix', { model: model('capture/x') }, [], 'none', ['model.s3Uri']],
  ['a model that is wrong: it is reported already', { endpointName: 'iris' }, ['model'], 'none', []],
  ['an endpoint that is wrong', {}, ['endpointName'], 'none', []],
  ['an endpoint that is wrong, and a model', { model: model() }, ['endpointName'], 'archive', []],
])('a request with %s', (_, request, wrong, kind, problems) => {
  const source = sourceOfRequest({ request, wrongFields: new Set(wrong), problems: [] }, 'bucket');
  expect([source.kind, source.kind === 'none' ? where(source.found) : []]).toEqual([kind, problems]);
});

test.each<[string, string, boolean, string | null, string | null]>([
  ['an endpoint and a version', KEY, false, null, 'iris'],
  ['a version alone', 'models/v1/model.tar.gz', false, 'main', 'main'],
  ['a version alone, without a default endpoint', 'models/v1/model.tar.gz', false, null, null],
  ['an endpoint without a version', 'models/iris/model.tar.gz', true, 'main', null],
  ['a manifest', 'models/iris/rollout.json', false, 'main', null],
  ['no layout', 'models/x', false, 'main', null],
])('a key of %s', (_, key, isEndpoint, defaultEndpointName, endpoint) => {
  const found = endpointOfKey(parseObjectKey(key), isEndpoint, {
    bucketName: 'bucket',
    settings: { defaultEndpointName },
  });
  expect('endpointName' in found ? found.endpointName : null).toBe(endpoint);
});

test('the endpoint that a request names goes before that of the key, and every problem is reported', () => {
  const asked = { where: 'model.s3Uri', missing: { where: 'model', message: 'gone' } };
  const archive = (endpointName: string | null, found: Upload | null, key: Parameters<typeof modelOfArchive>[2]) =>
    modelOfArchive({ ...asked, endpointName }, found, key);
  expect(archive('named', upload, { endpointName: 'iris' })).toMatchObject({ endpointName: 'named', upload });
  expect(archive(null, upload, { endpointName: 'iris' })).toMatchObject({ endpointName: 'iris', problems: [] });
  const bad = archive(null, null, { problem: 'p' });
  expect([bad.endpointName, where(bad)]).toEqual([null, ['model.s3Uri', 'model']]);
});

test('without a model, and for a manifest after a rollback, what serves stays', () => {
  const served = { upload: null, servedArtifactSha256: 'a'.repeat(64), problems: [] };
  expect(servedModel('iris', aRelease())).toMatchObject(served);
  expect(where(servedModel('iris', undefined))).toEqual(['model']);
  const manifest = (releasedAt: string, action: 'deploy' | 'rollback', found: Upload | null = upload) =>
    modelOfManifest('iris', found, aRelease({ releasedAt, action }), 'bucket');
  expect(manifest('2026-01-02T00:00:00.000Z', 'rollback')).toMatchObject(served);
  expect(manifest('2026-01-01T23:59:59.000Z', 'rollback')).toMatchObject({ upload, servedArtifactSha256: null });
  expect(manifest('2026-01-03T00:00:00.000Z', 'deploy')).toMatchObject({ upload, servedArtifactSha256: null });
  expect(modelOfManifest('iris', upload, undefined, 'bucket')).toMatchObject({ upload });
  expect(where(manifest('2026-01-03T00:00:00.000Z', 'rollback', null))).toEqual(['models/iris/rollout.json']);
});
