// `ignore` is said in a request, of the archive that it names. It reaches the inspection, and nothing keeps it.
import { Readable } from 'node:stream';
import { inspectArtifact } from '../../lambdas/tasks/inspect-artifact.ts';
import { resolveRequest } from '../../lambdas/tasks/resolve-request.ts';
import { PLATFORM } from '../../simulate/world/stack-names.ts';
import type { RequestOutput } from '../../state-machine/contract/outputs.ts';
import { archiveOf } from '../archives/tar-by-hand.ts';
import { AccountPorts, BUCKET } from '../ports/account-ports.ts';
import { inMemoryImages } from '../ports/images.ts';
import { unexpected } from '../ports/unexpected.ts';

const settings = { ...PLATFORM.settings, servingImage: { repositoryName: 'serving', tag: '1' } };
const platform = { bucketName: BUCKET, accountId: '123456789012', region: 'eu-west-1', settings };
const execution = { id: 'arn:execution', name: 'rollout-1', startedAt: '2026-01-01T00:00:00Z' };
const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
const images = inMemoryImages({
  serving: { 1: { digest: `sha256:${'1'.repeat(64)}`, mediaType, architecture: 'amd64' } },
});
const KEY = 'models/iris/v1/model.tar.gz';
const MANIFEST = 'models/iris/rollout.json';
const model = { s3Uri: `s3://${BUCKET}/${KEY}` };
const archive = archiveOf(
  { path: 'model.pkl', content: 'a model' },
  { path: 'code/inference.py', content: 'def model_fn(folder): pass' },
);
const created = (key: string) => ({
  ...{ source: 'aws.s3', 'detail-type': 'Object Created' },
  detail: { bucket: { name: BUCKET }, object: { key } },
});

function world() {
  const account = new AccountPorts();
  account.upload(KEY, 'its bytes are given to the inspection');
  const ports = { ...account.ports, images };
  const resolve = (trigger: unknown) => resolveRequest(ports, platform)({ execution, trigger, request: null });
  const inspect = (request: RequestOutput, isKept = false) => {
    const location = { bucket: BUCKET, key: 'artifacts/iris/1/model.tar.gz' };
    const archives = unexpected<Parameters<typeof inspectArtifact>[0]['archives']>('archives', {
      open: () => Readable.from([archive], { objectMode: false }),
      findStored: async () => (isKept ? { location, sizeBytes: archive.length, goldenCases: null } : null),
      store: async () => location,
    });
    return inspectArtifact({ archives, documents: ports.documents }, settings)({ execution, request, artifact: null });
  };
  return { account, resolve, inspect };
}
const told = ({ problems }: { problems: readonly { where: string; message: string }[] }) =>
  problems.map(({ where, message }) => `${where}: ${message}`);

test('in a request lets an archive pass that is rejected without it', async () => {
  const { account, resolve, inspect } = world();
  expect(told(await inspect(await resolve({ model })))).toEqual([expect.stringMatching(/^code\/inference\.py: /)]);
  const request = await resolve({ model, ignore: ['code/'] });
  expect(request).toMatchObject({ problems: [], ignore: ['code/'] });
  expect(await inspect(request)).toMatchObject({ verdict: 'accepted', problems: [] });
  expect(JSON.stringify(account.document('rollouts/iris/rollout-1/request.json'))).not.toContain('code/');
});

test('is looked into with a request that is wrong elsewhere', async () => {
  const { resolve, inspect } = world();
  const request = await resolve({ model, ignore: ['cod/'], tags: { 'sagemaker-deployer:a': 'x' } });
  expect(told(await inspect(request))).toEqual([
    expect.stringMatching(/^tags/),
    expect.stringMatching(/^code\/inference\.py: /),
    'ignore.0: The archive holds no "cod/". Did you mean "code/"?',
  ]);
});

test('is said of one archive: not without a model, and not in a manifest', async () => {
  const { account, resolve } = world();
  expect(told(await resolve({ endpointName: 'iris', ignore: ['code/'] }))).toContain(
    'ignore: It is said of the archive that the request names as model, and this one names none.',
  );
  account.upload(MANIFEST, JSON.stringify({ ignore: ['code/'] }));
  const resolved = await resolve(created(KEY));
  expect(told(resolved)).toEqual([
    `${MANIFEST}: ignore: It is said of one archive, and a manifest applies to every version. Send it in a request that names the model.`,
  ]);
  expect(resolved).not.toHaveProperty('ignore');
});

test('need not be said again where a manifest brings settings to what was accepted with it', async () => {
  const { account, resolve, inspect } = world();
  account.upload(MANIFEST, '{"tags": {"team": "a"}}');
  const request = await resolve(created(MANIFEST));
  expect(request).toMatchObject({ problems: [], upload: { key: KEY }, startedByKey: MANIFEST });
  expect(await inspect(request, true)).toMatchObject({ verdict: 'accepted', problems: [] });
  expect(told(await inspect(request, false))).toEqual([expect.stringMatching(/^code\/inference\.py: /)]);
  // The same bytes uploaded again are a new upload.
  expect(told(await inspect(await resolve(created(KEY)), true))).toEqual([expect.stringMatching(/^code/)]);
});
