// The task: request and archive judged together, nothing copied when anything is wrong.
import { createHash } from 'node:crypto';
import { s3Documents } from '../../lambdas/aws/s3-documents.ts';
import { s3UploadedArchives } from '../../lambdas/aws/s3-uploaded-archives.ts';
import { inspectArtifact } from '../../lambdas/tasks/inspect-artifact.ts';
import { type ArtifactOutput, ArtifactOutputSchema, type RequestOutput } from '../../state-machine/contract/outputs.ts';
import type { PlatformSettings } from '../../state-machine/contract/platform.ts';
import { MAXIMUM_PROBLEMS } from '../../state-machine/contract/problem.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';
import { PLATFORM_SETTINGS } from '../request/platform-settings.ts';
import { RecordedS3, refusal } from './recorded-s3.ts';
import { archiveOf } from './tar-by-hand.ts';

const bucket = 'the-bucket';
const key = 'models/iris/v1/model.tar.gz';
const golden = JSON.stringify({ cases: [{ name: 'one', request: { body: 1 }, expect: { status: 200 } }] });
const good = archiveOf({ path: 'model.pkl', content: 'm' }, { path: 'golden.json', content: golden });
const goodWithoutCases = archiveOf({ path: 'model.pkl', content: 'm' });
const execution = { id: 'arn:execution', name: 'rollout-1', startedAt: '2026-01-01T00:00:00.000Z' };
const platform = { ...PLATFORM_SETTINGS, maximumArchiveBytes: 1e6, maximumUnpackedBytes: 1e7 };
const resolved = aResolvedRequest();

function setUp(archive: Buffer = good) {
  const s3 = new RecordedS3(bucket);
  const client = s3.client();
  const versionId = s3.write(key, archive);
  s3.write('rollouts/iris/rollout-1/request.json', JSON.stringify(resolved));
  const request: RequestOutput = {
    action: 'deploy',
    recovers: null,
    resolvedAt: '2026-01-01T00:00:00.000Z',
    trigger: null,
    problems: [],
    endpointName: 'iris',
    upload: { bucket, key, versionId, sizeBytes: archive.length, lastModified: '2026-01-01T00:00:00.000Z' },
    servedArtifactSha256: null,
    servableModelFiles: ['model.pkl', 'model.joblib'],
    document: { bucket, key: 'rollouts/iris/rollout-1/request.json' },
    correlationId: null,
    startedByKey: null,
  };
  const ports = {
    archives: s3UploadedArchives(client, bucket, { sleep: async () => {} }, () => {}),
    documents: s3Documents(client, bucket),
  };
  const run = async (
    changes: Partial<RequestOutput> = {},
    settings: Partial<PlatformSettings> = {},
    before: ArtifactOutput | null = null,
  ): Promise<ArtifactOutput> => {
    const output = await inspectArtifact(ports, { ...platform, ...settings })({
      execution,
      request: { ...request, ...changes },
      artifact: before,
    });
    expect(ArtifactOutputSchema.parse(output)).toEqual(output);
    return output;
  };
  const sha256 = createHash('sha256').update(archive).digest('hex');
  const artifact = (name: string) => ({ bucket, key: `artifacts/iris/${sha256}/${name}` });
  const written = () => s3.operations().filter((operation) => !['GetObject', 'HeadObject'].includes(operation));
  return { s3, request, run, sha256, artifact, written };
}

it('accepts, keeps the golden cases before the model, and says how it is tried', async () => {
  const { s3, run, sha256, artifact, written } = setUp();
  const trial = { imageTag: 'src-full-1', goldenCases: null, accept: '' };
  const stored = { location: artifact('model.tar.gz'), goldenCases: artifact('golden.json') };
  expect(await run({ trial })).toEqual({
    verdict: 'accepted',
    problems: [],
    sha256,
    ...stored,
    trials: [{ ...trial, variantName: null, ...stored }],
    archive: 'accepted',
    inspected: { key, versionId: expect.any(String) },
    failure: null,
  });
  expect(s3.current(artifact('model.tar.gz').key)!.body).toEqual(good);
  expect(s3.current(artifact('golden.json').key)!.body).toEqual(Buffer.from(golden));
  expect(written()[0]).toBe('PutObject');
  expect(written().at(-1)).toBe('CompleteMultipartUpload');
});

it('comes to the same when it is repeated', async () => {
  const { s3, run, artifact } = setUp();
  const first = await run();
  expect(await run()).toEqual(first);
  expect(s3.objects.get(artifact('model.tar.gz').key)).toHaveLength(1);
});

describe('resolved again after a wait for the lease', () => {
  it('takes what it found before, if it is still stored', async () => {
    const { s3, run } = setUp();
    const before = await run();
    s3.calls.length = 0;
    expect(await run({}, {}, before)).toEqual(before);
    expect(s3.operations()).toEqual(['HeadObject', 'HeadObject']);
  });
  it.each(['model.tar.gz', 'golden.json'])('makes its copy anew where the %s was removed meanwhile', async (file) => {
    const { s3, run, artifact } = setUp();
    const before = await run();
    s3.remove(artifact(file).key);
    expect(await run({}, {}, before)).toEqual(before);
    expect(s3.current(artifact('model.tar.gz').key)!.body).toEqual(good);
    expect(s3.current(artifact('golden.json').key)!.body).toEqual(Buffer.from(golden));
  });
  it('looks for the copy of its own endpoint', async () => {
    const { s3, run, sha256 } = setUp();
    const before = await run();
    const moved = await run({ endpointName: 'iris-2' }, {}, before);
    expect(moved.location!.key).toBe(`artifacts/iris-2/${sha256}/model.tar.gz`);
    expect(s3.current(moved.location!.key)!.body).toEqual(good);
  });
});

it('tells all that is wrong with request and archive together, and copies nothing', async () => {
  const { run, sha256, written } = setUp(
    archiveOf({ path: 'model.onnx' }, { path: '/absolute' }, { path: 'golden.json', content: '{' }),
  );
  const output = await run({
    problems: [{ where: 'hosting.instanceType', message: 'It is not allowed.' }],
    document: null,
  });
  expect(output).toMatchObject({ verdict: 'rejected', sha256, location: null, goldenCases: null });
  expect(output.problems.map(({ where }) => where)).toEqual([
    'hosting.instanceType',
    'model.onnx',
    '/absolute',
    'golden.json',
  ]);
  expect(output.failure!.Error).toBe('RequestRejected');
  expect(output.failure!.Cause).toMatch(
    /^Rejected for 4 problems:\n- hosting\.instanceType: It is not allowed\.\n- model\.onnx: /,
  );
  expect(written()).toEqual([]);
});

it('keeps a good archive of a bad request out, too', async () => {
  const { run, written } = setUp();
  expect(await run({ problems: [{ where: 'image', message: 'No.' }], document: null })).toMatchObject({
    verdict: 'rejected',
  });
  expect(written()).toEqual([]);
});

it('refuses by size without a single read', async () => {
  const { s3, run } = setUp();
  expect(await run({}, { maximumArchiveBytes: 10 })).toMatchObject({ verdict: 'rejected', sha256: null });
  expect(s3.calls).toEqual([]);
});

it('bounds what it reports: 40 problems, 3,000 bytes of cause, and where to read more', async () => {
  const { run } = setUp(
    archiveOf(...Array.from({ length: 500 }, (_, at) => ({ path: `/absolute/${'x'.repeat(60)}/${at}` }))),
  );
  const { problems, failure } = await run();
  expect(problems.length).toBeLessThanOrEqual(MAXIMUM_PROBLEMS);
  expect(problems.at(-1)!.message).toMatch(/more problems are not listed/);
  expect(Buffer.byteLength(failure!.Cause)).toBeLessThanOrEqual(3000);
  expect(failure!.Cause).toMatch(/and \d+ more: see rollouts\/iris\/rollout-1\/outcome\.json$/);
});

describe('golden cases where the platform requires them', () => {
  const required = { requireGoldenCases: true };
  it('may come with the archive', async () => {
    expect(await setUp().run({}, required)).toMatchObject({ verdict: 'accepted' });
  });
  it('may come with the request', async () => {
    const { s3, run } = setUp(goodWithoutCases);
    s3.write('with-cases', JSON.stringify({ ...resolved, goldenCases: { bucket, key: 'cases' } }));
    expect(await run({ document: { bucket, key: 'with-cases' } }, required)).toMatchObject({
      verdict: 'accepted',
      goldenCases: null,
    });
  });
  it('are a problem when neither brings any', async () => {
    const { run, written } = setUp(goodWithoutCases);
    const { verdict, problems } = await run({}, required);
    expect(verdict).toBe('rejected');
    expect(problems).toEqual([
      { where: 'canaryInvocations.cases', message: expect.stringMatching(/requires golden cases.*golden\.json/) },
    ]);
    expect(written()).toEqual([]);
  });
  it('are not asked for where nobody knows, or where they are wrong', async () => {
    expect(
      (await setUp(goodWithoutCases).run({ document: null, problems: [{ where: 'x', message: 'y' }] }, required))
        .problems,
    ).toHaveLength(1);
    expect((await setUp(Buffer.from('hello')).run({}, required)).problems).toHaveLength(1);
    const wrong = archiveOf({ path: 'model.pkl', content: 'x' }, { path: 'golden.json', content: '{' });
    expect((await setUp(wrong).run({}, required)).problems).toEqual([
      expect.objectContaining({ where: 'golden.json' }),
    ]);
  });
  it('are not asked for otherwise', async () => {
    expect(await setUp(goodWithoutCases).run()).toMatchObject({ verdict: 'accepted', goldenCases: null });
  });
});

describe('trust', () => {
  const files = { 'model.pkl': 'm', 'code/b.py': 'b', 'code/B.py': 'B', 'code/é.py': 'é', empty: '' };
  const withCode = archiveOf(...Object.entries(files).map(([path, content]) => ({ path: `./${path}`, content })));
  const hex = (text: string) => createHash('sha256').update(text).digest('hex');
  // As `LC_ALL=C sort` puts them.
  const listing = (['code/B.py', 'code/b.py', 'code/é.py', 'empty', 'model.pkl'] as const)
    .map((path) => `${hex(files[path])}  ${path}\n`)
    .join('');

  it('in this artifact says which files may run code', async () => {
    const { run, sha256 } = setUp(withCode);
    expect(await run({ trust: sha256 })).toMatchObject({ verdict: 'accepted', trustedContentsSha256: hex(listing) });
  });
  it('in what serves now says the same, and the golden cases are still read', async () => {
    const { run, sha256 } = setUp();
    const { trustedContentsSha256 } = await run({ trust: sha256 });
    expect(trustedContentsSha256).toBe(hex(`${hex(golden)}  golden.json\n${hex('m')}  model.pkl\n`));
    expect(await run({ trust: sha256, upload: null, servedArtifactSha256: sha256 })).toMatchObject({
      verdict: 'accepted',
      trustedContentsSha256,
    });
  });
  it.each([
    ['an upload', false],
    ['what serves now', true],
  ])('in another artifact rejects %s, and both are named', async (_, served) => {
    const { run, sha256 } = setUp(withCode);
    if (served) await run();
    const other = 'f'.repeat(64);
    expect(
      await run({ trust: other, ...(served ? { upload: null, servedArtifactSha256: sha256 } : {}) }),
    ).toMatchObject({
      verdict: 'rejected',
      problems: [{ where: 'trust', message: expect.stringMatching(new RegExp(`${other}, and this one is ${sha256}`)) }],
    });
  });
  it.each([
    { path: 'link.py', typeFlag: '2', linkTarget: 'model.pkl' },
    { path: 'link.py', typeFlag: '1', linkTarget: 'model.pkl' },
  ])('is not given to links ($typeFlag)', async (link) => {
    const { run, sha256 } = setUp(archiveOf({ path: 'model.pkl', content: 'm' }, link));
    expect(await run()).toMatchObject({ verdict: 'accepted' });
    expect(await run({ trust: sha256 })).toMatchObject({
      verdict: 'rejected',
      problems: [{ where: 'trust', message: expect.stringMatching(/holds links/) }],
    });
  });
  it('that nobody gave is in nothing that the archive can hold', async () => {
    const asked = JSON.stringify({ trust: 'x', environment: { SAGEMAKER_DEPLOYER_TRUST: 'x' } });
    const { run } = setUp(archiveOf({ path: 'model.pkl', content: 'm' }, { path: 'rollout.json', content: asked }));
    expect(await run()).not.toHaveProperty('trustedContentsSha256');
  });
  it('is no problem of its own where the archive cannot be read', async () => {
    const { problems } = await setUp(Buffer.from('hello')).run({ trust: 'f'.repeat(64) });
    expect(problems.map(({ where }) => where)).toEqual(['model.tar.gz']);
  });
});

describe('a request without an upload', () => {
  it('takes what serves now', async () => {
    const { s3, run, sha256, artifact } = setUp();
    await run();
    const calls = s3.calls.length;
    expect(await run({ upload: null, servedArtifactSha256: sha256 }, { requireGoldenCases: true })).toMatchObject({
      verdict: 'accepted',
      sha256,
      location: artifact('model.tar.gz'),
      goldenCases: artifact('golden.json'),
    });
    expect(s3.operations().slice(calls)).toEqual(['HeadObject', 'HeadObject']);
  });
  it('is rejected when that is no longer stored', async () => {
    expect(await setUp().run({ upload: null, servedArtifactSha256: 'a'.repeat(64) })).toMatchObject({
      verdict: 'rejected',
      problems: [{ where: 'model', message: expect.stringMatching(/no longer kept/) }],
    });
  });
  it('is rejected for its own problems', async () => {
    const { s3, run } = setUp();
    const problems = [{ where: '(input)', message: 'It is no request.' }];
    expect(await run({ upload: null, problems, document: null, endpointName: null })).toMatchObject({
      verdict: 'rejected',
      problems,
    });
    expect(s3.calls).toEqual([]);
  });
  it('and without problems is a broken promise', async () => {
    await expect(setUp().run({ upload: null })).rejects.toMatchObject({ name: 'CallRefused' });
  });
});

describe('what S3 refuses', () => {
  const kms = refusal('AccessDenied', 'User: x is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:k');

  it.each(['GetObject', 'UploadPartCopy'])("is the author's problem where it is his key: %s", async (operation) => {
    const { s3, run, artifact } = setUp();
    s3.interceptor = (call) => (call.operation === operation ? kms : undefined);
    const { verdict, problems } = await run();
    expect(verdict).toBe('rejected');
    expect(problems).toEqual([
      { where: key, message: expect.stringMatching(/encrypted with a key that this system may not use/) },
    ]);
    expect(s3.current(artifact('model.tar.gz').key)).toBeUndefined();
    expect(s3.incomplete).toBe(0);
  });
  it("is the author's problem where the version is gone", async () => {
    const { s3, run } = setUp();
    s3.objects.delete(key);
    expect(await run()).toMatchObject({ verdict: 'rejected', sha256: null, problems: [{ where: key }] });
  });
  it('is thrown where it is not', async () => {
    const { s3, run } = setUp();
    s3.interceptor = () => refusal('AccessDenied', 'not authorized to perform: s3:GetObjectVersion');
    await expect(run()).rejects.toMatchObject({ name: 'AccessDenied' });
    s3.interceptor = ({ operation }) => (operation === 'CompleteMultipartUpload' ? refusal('SlowDown') : undefined);
    await expect(run()).rejects.toMatchObject({ name: 'Throttled' });
    expect(s3.incomplete).toBe(0);
  });
});
