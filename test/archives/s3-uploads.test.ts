// The S3 adapters of uploads and documents.
import { s3Documents } from '../../lambdas/aws/s3-documents.ts';
import { s3Uploads } from '../../lambdas/aws/s3-uploads.ts';
import { RecordedS3, refusal, WRITTEN_AT } from './recorded-s3.ts';

const bucket = 'the-bucket';
const key = 'models/iris/v 1+/model.tar.gz';
const lastModified = new Date(WRITTEN_AT).toISOString();

function setUp() {
  const s3 = new RecordedS3(bucket);
  const client = s3.client();
  return { s3, uploads: s3Uploads(client, bucket), documents: s3Documents(client, bucket) };
}

describe('uploads', () => {
  it('finds the current and any version', async () => {
    const { s3, uploads } = setUp();
    const first = s3.write(key, 'one');
    const second = s3.write(key, 'other');
    expect(await uploads.find({ bucket, key })).toEqual({ bucket, key, versionId: second, sizeBytes: 5, lastModified });
    expect(await uploads.find({ bucket, key, versionId: first })).toMatchObject({ versionId: first, sizeBytes: 3 });
  });

  it('finds nothing where nothing is, is no more, or never was', async () => {
    const { s3, uploads } = setUp();
    expect(await uploads.find({ bucket, key })).toBeNull();
    const first = s3.write(key, 'one');
    const marker = s3.remove(key);
    expect(await uploads.find({ bucket, key })).toBeNull();
    expect(await uploads.find({ bucket, key, versionId: marker })).toBeNull();
    expect(await uploads.find({ bucket, key, versionId: 'never' })).toBeNull();
    expect(await uploads.find({ bucket, key, versionId: first })).toMatchObject({ sizeBytes: 3 });
    s3.interceptor = () => refusal('AccessDenied');
    await expect(uploads.find({ bucket, key })).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('lists the current archives of an endpoint, over pages', async () => {
    const { s3, uploads } = setUp();
    s3.pageSize = 2;
    const listed = ['models/iris/1/model.tar.gz', 'models/iris/2 + ü%20/model.tar.gz', 'models/iris/3/model.tar.gz'];
    for (const each of listed) {
      s3.write(each, 'old');
      s3.write(each, 'current');
    }
    for (const other of [
      'models/iris/rollout.json',
      'models/iris/4/x/y/model.tar.gz',
      'models/iris-2/1/model.tar.gz',
      'models/iris/5/golden.json',
    ])
      s3.write(other, 'x');
    s3.write('models/iris/6/model.tar.gz', 'x');
    s3.remove('models/iris/6/model.tar.gz');
    const found = await uploads.listArchives('iris');
    expect(found.map((each) => each.key).sort()).toEqual([...listed].sort());
    for (const each of found) expect(each).toEqual(await uploads.find({ bucket, key: each.key }));
    expect(s3.operations().filter((each) => each === 'ListObjectVersions').length).toBeGreaterThan(2);
  });

  it('reads text, without the mark that Windows puts before it', async () => {
    const { s3, uploads } = setUp();
    const versionId = s3.write(key, '\uFEFF{"ü": 1}');
    s3.write(key, 'newer');
    const upload = { bucket, key, versionId, sizeBytes: 12, lastModified };
    expect(await uploads.readText(upload, 12)).toBe('{"ü": 1}');
    await expect(uploads.readText(upload, 11)).rejects.toMatchObject({ name: 'RequestRejected' });
    s3.objects.clear();
    await expect(uploads.readText(upload, 12)).rejects.toMatchObject({
      name: 'RequestRejected',
      message: expect.stringMatching(/gone/),
    });
  });

  it('rejects what is not UTF-8', async () => {
    const { s3, uploads } = setUp();
    const versionId = s3.write(key, Buffer.from('{"a": 1}', 'utf16le').fill(0xff, 0, 2));
    const upload = { bucket, key, versionId, sizeBytes: 16, lastModified };
    await expect(uploads.readText(upload, 99)).rejects.toMatchObject({
      name: 'RequestRejected',
      message: expect.stringMatching(/UTF-8/),
    });
  });
});

describe('documents', () => {
  it('reads what it wrote', async () => {
    const { s3, documents } = setUp();
    const reference = await documents.write('rollouts/iris/r1/plan.json', { a: ['ü'] });
    expect(reference).toEqual({ bucket, key: 'rollouts/iris/r1/plan.json' });
    expect(await documents.read(reference)).toEqual({ a: ['ü'] });
    await documents.write(reference.key, { b: 1 });
    expect(await documents.read(reference)).toEqual({ b: 1 });
    expect(await documents.find(reference.key)).toEqual({ b: 1 });
    expect(await documents.find('rollouts/iris/r2/plan.json')).toBeNull();
    expect(s3.current(reference.key)!.contentType).toBe('application/json');
  });

  it('names what is missing, spoilt, denied or unavailable', async () => {
    const { s3, documents } = setUp();
    await expect(documents.read({ bucket, key: 'x' })).rejects.toMatchObject({ name: 'NotReady' });
    s3.write('x', '{');
    await expect(documents.read({ bucket, key: 'x' })).rejects.toMatchObject({ name: 'CallRefused' });
    s3.interceptor = () => refusal('AccessDenied');
    await expect(documents.write('x', 1)).rejects.toMatchObject({ name: 'AccessDenied' });
    s3.interceptor = () => refusal('ServiceUnavailable');
    await expect(documents.read({ bucket, key: 'x' })).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  });
});
