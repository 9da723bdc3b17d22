// The S3 adapter of archives: exact ranges and parts, nothing left incomplete, one copy whoever is first.
import { createHash, randomBytes } from 'node:crypto';
import { s3ArtifactStore } from '../../lambdas/aws/s3-artifact-store.ts';
import { copyParts } from '../../lambdas/aws/s3-copy-once.ts';
import { s3Ranges } from '../../lambdas/aws/s3-ranges.ts';
import { s3UploadedArchives } from '../../lambdas/aws/s3-uploaded-archives.ts';
import { answeringByHttp } from './answering-by-http.ts';
import { type Call, partial, RecordedS3, refusal } from './recorded-s3.ts';

// On busy machines.
jest.setTimeout(60_000);

const bucket = 'the-bucket';
const key = 'models/iris/version 1+ü/model.tar.gz';
const bytes = randomBytes(1000);
const sha256 = createHash('sha256').update(bytes).digest('hex');
const storedKey = `artifacts/iris/${sha256}/model.tar.gz`;

function setUp(body: Buffer = bytes) {
  const s3 = new RecordedS3(bucket);
  const versionId = 'v+/1';
  // Characters that have a meaning in a query.
  s3.objects.set(key, [{ ...s3.put(key, body), versionId }]);
  s3.write(key, 'a newer version');
  const upload = { bucket, key, versionId, sizeBytes: body.length, lastModified: '2026-01-01T00:00:00.000Z' };
  const warnings: string[] = [];
  const pauses: number[] = [];
  const clock = { sleep: async (milliseconds: number) => void pauses.push(milliseconds) };
  const archives = s3UploadedArchives(s3.client(), bucket, clock, (message) => warnings.push(message));
  return { s3, upload, archives, warnings, clock, pauses };
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Answers so in the first `times` calls of the operation. */
const failing = (operation: string, answer: Error, times = 1) => {
  let left = times;
  return (call: Call) => (call.operation === operation && left-- > 0 ? answer : undefined);
};

const kms = refusal(
  'AccessDenied',
  'User: arn:aws:sts::111122223333:assumed-role/inspect/x is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-central-1:111122223333:key/k because no resource-based policy allows the kms:Decrypt action',
);

describe('open', () => {
  it('gives the bytes of the version, and no others', async () => {
    const { archives, upload } = setUp();
    expect(await collect(archives.open(upload))).toEqual(bytes);
  });

  it('reads by ranges of 8 MiB, one of them ahead', async () => {
    const large = randomBytes(17 * 2 ** 20);
    const { s3, archives, upload } = setUp(large);
    expect((await collect(archives.open(upload))).equals(large)).toBe(true);
    expect(s3.calls.map(({ input }) => [input.VersionId, input.Range])).toEqual([
      [upload.versionId, 'bytes=0-8388607'],
      [upload.versionId, 'bytes=8388608-16777215'],
      [upload.versionId, 'bytes=16777216-17825791'],
    ]);
  });

  it('fetches the next range while the last is in use, and no more', async () => {
    const { s3, upload, clock } = setUp();
    const ranges = s3Ranges(s3.client(), upload, clock, 100);
    await ranges.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(s3.calls).toHaveLength(2);
    await ranges.return(undefined);
    expect(s3.calls).toHaveLength(2);
  });

  it('takes up a range whose connection breaks, is throttled, or comes short', async () => {
    const { s3, upload, clock, pauses } = setUp();
    const aborted = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    const ContentRange = 'bytes 0-99/1000';
    const bad: (object | Error)[] = [
      { ContentRange, Body: { transformToByteArray: () => Promise.reject(aborted) } },
      refusal('SlowDown'),
      partial('short', ContentRange),
    ];
    s3.interceptor = () => bad.shift();
    expect(await collect(s3Ranges(s3.client(), upload, clock, 100))).toEqual(bytes);
    expect(pauses.slice(0, 1)).toEqual([200]);
  });

  it.each<[string, Error, string]>([
    ['throttling', refusal('SlowDown'), 'Throttled'],
    ['a broken network', Object.assign(new Error('no route'), { code: 'EHOSTUNREACH' }), 'ServiceUnavailable'],
  ])('gives up after four attempts: %s', async (_, answer, name) => {
    const { s3, archives, upload, pauses } = setUp();
    s3.interceptor = () => answer;
    await expect(collect(archives.open(upload))).rejects.toMatchObject({ name });
    expect(s3.calls).toHaveLength(4);
    expect(pauses).toEqual([200, 400, 800]);
  });

  it.each<[string, Error, string, RegExp]>([
    [
      'a key that may not be used',
      kms,
      'RequestRejected',
      /encrypted with a key that this system may not use.*kms:Decrypt/,
    ],
    [
      'a key of another account',
      refusal(
        'AccessDenied',
        'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      ),
      'RequestRejected',
      /encrypted with a key/,
    ],
    [
      'a disabled key',
      refusal('KMS.DisabledException', 'arn:... is disabled.'),
      'RequestRejected',
      /encrypted with a key/,
    ],
    [
      "a customer's own key",
      refusal(
        'InvalidRequest',
        'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
      ),
      'RequestRejected',
      /encrypted with a key/,
    ],
    ['a version that is gone', refusal('NoSuchVersion'), 'RequestRejected', /gone/],
    [
      'a permission that is missing',
      refusal('AccessDenied', 'User x is not authorized to perform: s3:GetObjectVersion'),
      'AccessDenied',
      /s3:GetObjectVersion/,
    ],
  ])('tells whose fault it is: %s', async (_, answer, name, message) => {
    const { s3, archives, upload } = setUp();
    s3.interceptor = () => answer;
    await expect(collect(archives.open(upload))).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
    expect(s3.calls).toHaveLength(1);
  });

  it('refuses an upload of another size than was said', async () => {
    const { archives, upload } = setUp();
    await expect(collect(archives.open({ ...upload, sizeBytes: 999 }))).rejects.toMatchObject({ name: 'CallRefused' });
  });
});

describe('keep', () => {
  it('copies exactly that version, once, with its checksum beside it', async () => {
    const { s3, archives, upload } = setUp();
    expect(await archives.store(upload, 'iris', sha256)).toEqual({ bucket, key: storedKey });
    expect(s3.current(storedKey)).toMatchObject({
      body: bytes,
      metadata: { sha256 },
      contentType: 'application/gzip',
    });
    expect(s3.operations()).toEqual([
      'HeadObject',
      'CreateMultipartUpload',
      'UploadPartCopy',
      'CompleteMultipartUpload',
    ]);
    expect(s3.calls.at(-1)!.input.IfNoneMatch).toBe('*');
    expect(s3.calls.every(({ input }) => !('ServerSideEncryption' in input))).toBe(true);
    await archives.store(upload, 'iris', sha256);
    expect(s3.operations().slice(4)).toEqual(['HeadObject']);
  });

  it('cuts into parts that S3 takes, and that add up', () => {
    expect(copyParts(1)).toEqual([{ number: 1 }]);
    expect(copyParts(2 ** 28)).toEqual([{ number: 1 }]);
    expect(copyParts(2 ** 28 + 1)).toEqual([
      { number: 1, range: 'bytes=0-268435455' },
      { number: 2, range: 'bytes=268435456-268435456' },
    ]);
    for (const size of [2 ** 30 - 1, 5 * 10 ** 9, 50 * 2 ** 30, 5 * 2 ** 40]) {
      const parts = copyParts(size).map(({ range }) => range!.slice(6).split('-').map(Number) as [number, number]);
      expect(parts.length).toBeLessThanOrEqual(10_000);
      expect(parts[0]![0]).toBe(0);
      expect(parts.at(-1)![1]).toBe(size - 1);
      parts.forEach(([first, last], at) => {
        if (at > 0) expect(first).toBe(parts[at - 1]![1] + 1);
        expect(last - first + 1).toBeLessThanOrEqual(5 * 2 ** 30);
        // Only the last part may have less than 5 MiB.
        if (at < parts.length - 1) expect(last - first + 1).toBeGreaterThanOrEqual(5 * 2 ** 20);
      });
    }
  });

  it('copies several parts, completed in order', async () => {
    const large = Buffer.alloc(2 ** 28 + 5);
    for (const at of [0, 2 ** 28]) large.writeUInt32LE(at + 1, at);
    const { s3, archives, upload } = setUp(large);
    const delays = [30, 0];
    s3.interceptor = async ({ operation }) => {
      if (operation === 'UploadPartCopy') await new Promise((resolve) => setTimeout(resolve, delays.shift()));
      return undefined;
    };
    await archives.store(upload, 'iris', sha256);
    expect(large.equals(s3.current(storedKey)!.body!)).toBe(true);
    expect(s3.operations().filter((each) => each === 'UploadPartCopy')).toHaveLength(2);
  });

  it('adopts the copy that somebody else completed meanwhile', async () => {
    const { s3, archives, upload } = setUp();
    s3.interceptor = ({ operation }) => {
      if (operation === 'UploadPartCopy') s3.write(storedKey, bytes, { sha256 });
      return undefined;
    };
    expect(await archives.store(upload, 'iris', sha256)).toEqual({ bucket, key: storedKey });
    expect(s3.objects.get(storedKey)).toHaveLength(1);
    expect(s3.operations().slice(-3)).toEqual(['CompleteMultipartUpload', 'AbortMultipartUpload', 'HeadObject']);
    expect(s3.incomplete).toBe(0);
  });

  it.each([
    ['another size', Buffer.from('other'), { sha256 }],
    ['another checksum', bytes, { sha256: 'f'.repeat(64) }],
    ['no checksum', bytes, {}],
  ])('does not adopt %s', async (_, body, metadata) => {
    for (const when of ['before', 'meanwhile']) {
      const { s3, archives, upload } = setUp();
      const occupy = () => s3.write(storedKey, body, metadata as Record<string, string>);
      if (when === 'before') occupy();
      else s3.interceptor = ({ operation }) => void (operation === 'UploadPartCopy' && occupy());
      await expect(archives.store(upload, 'iris', sha256)).rejects.toMatchObject({
        name: 'CallRefused',
        message: expect.stringMatching(/is there already/),
      });
      expect(s3.current(storedKey)!.body).toEqual(body);
      expect(s3.incomplete).toBe(0);
    }
  });

  it('begins anew after a conflict', async () => {
    const { s3, archives, upload } = setUp();
    s3.interceptor = failing('CompleteMultipartUpload', refusal('ConditionalRequestConflict'), 2);
    await archives.store(upload, 'iris', sha256);
    expect(s3.operations().filter((each) => each === 'CreateMultipartUpload')).toHaveLength(3);
    expect(s3.current(storedKey)!.body).toEqual(bytes);
    expect(s3.incomplete).toBe(0);
  });

  it('adopts its own copy when the answer to its completion was lost', async () => {
    const { s3, archives, upload, warnings } = setUp();
    s3.interceptor = ({ operation, input }) => {
      if (operation !== 'CompleteMultipartUpload') return undefined;
      s3.perform(operation, input);
      return refusal('NoSuchUpload');
    };
    expect(await archives.store(upload, 'iris', sha256)).toEqual({ bucket, key: storedKey });
    expect(warnings).toEqual([]);
  });

  it.each<[string, string, Error, string]>([
    ['a part fails', 'UploadPartCopy', refusal('InternalError'), 'ServiceUnavailable'],
    ['its key may not be used', 'UploadPartCopy', kms, 'RequestRejected'],
    ['completion fails', 'CompleteMultipartUpload', refusal('SlowDown'), 'Throttled'],
    ['conflicts do not end', 'CompleteMultipartUpload', refusal('ConditionalRequestConflict'), 'CallRefused'],
  ])('leaves nothing when %s', async (_, operation, answer, name) => {
    const { s3, archives, upload } = setUp();
    s3.interceptor = failing(operation, answer, 99);
    await expect(archives.store(upload, 'iris', sha256)).rejects.toMatchObject({ name });
    expect(s3.incomplete).toBe(0);
    expect(s3.current(storedKey)).toBeUndefined();
  });

  it.each(['UploadPartCopy', 'CompleteMultipartUpload'])(
    'takes an error with status 200 for one: %s',
    async (failed) => {
      const { upload } = setUp();
      const { client, operations } = answeringByHttp({ [failed]: '<Error><Code>InternalError</Code></Error>' });
      const archives = s3UploadedArchives(client, bucket, { sleep: async () => {} });
      await expect(archives.store(upload, 'iris', sha256)).rejects.toMatchObject({ name: 'ServiceUnavailable' });
      expect(operations.slice(-2)).toEqual([failed, 'AbortMultipartUpload']);
    },
  );

  it('rejects a version that was deleted meanwhile', async () => {
    const { s3, archives, upload } = setUp();
    s3.objects.set(key, s3.objects.get(key)!.slice(1));
    await expect(archives.store(upload, 'iris', sha256)).rejects.toMatchObject({
      name: 'RequestRejected',
      message: expect.stringMatching(/gone/),
    });
    expect(s3.incomplete).toBe(0);
  });

  it('reports the first failure when it cannot abort either', async () => {
    const { s3, archives, upload, warnings } = setUp();
    s3.interceptor = ({ operation }) =>
      operation === 'UploadPartCopy'
        ? kms
        : operation === 'AbortMultipartUpload'
          ? refusal('InternalError')
          : undefined;
    await expect(archives.store(upload, 'iris', sha256)).rejects.toMatchObject({ name: 'RequestRejected' });
    expect(warnings).toEqual([`The incomplete copy to ${storedKey} stays.`]);
  });
});

describe('golden cases, and what is stored', () => {
  const goldenCases = { bucket, key: `artifacts/iris/${sha256}/golden.json` };

  it('writes them once, adopts the same, and refuses others', async () => {
    const { s3, archives } = setUp();
    expect(await archives.storeGoldenCases('iris', sha256, '{"a":1}')).toEqual(goldenCases);
    expect(await archives.storeGoldenCases('iris', sha256, '{"a":1}')).toEqual(goldenCases);
    await expect(archives.storeGoldenCases('iris', sha256, '{"a":2}')).rejects.toMatchObject({ name: 'CallRefused' });
    expect(s3.current(goldenCases.key)!.body!.toString()).toBe('{"a":1}');
    expect(s3.objects.get(goldenCases.key)).toHaveLength(1);
  });

  it('tries again after a conflict', async () => {
    const { s3, archives } = setUp();
    s3.interceptor = failing('PutObject', refusal('ConditionalRequestConflict'), 2);
    expect(await archives.storeGoldenCases('iris', sha256, '{}')).toEqual(goldenCases);
  });

  it('tells of an outage while it compares by our name for it, so that it is tried again', async () => {
    const { s3, archives } = setUp();
    await archives.storeGoldenCases('iris', sha256, '{}');
    s3.interceptor = failing('GetObject', refusal('InternalError'), 10);
    await expect(archives.storeGoldenCases('iris', sha256, '{}')).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  });

  it('finds what is stored', async () => {
    const { archives, upload } = setUp();
    expect(await archives.findStored('iris', sha256)).toBeNull();
    await archives.storeGoldenCases('iris', sha256, '{}');
    expect(await archives.findStored('iris', sha256)).toBeNull();
    const location = await archives.store(upload, 'iris', sha256);
    expect(await archives.findStored('iris', sha256)).toEqual({ location, sizeBytes: upload.sizeBytes, goldenCases });
  });

  it('reads what is stored', async () => {
    const { archives, upload, s3 } = setUp();
    const location = await archives.store(upload, 'iris', sha256);
    const stored = (await archives.findStored('iris', sha256))!;
    const pieces: Buffer[] = [];
    for await (const piece of archives.openStored(stored)) pieces.push(piece as Buffer);
    expect(Buffer.concat(pieces)).toEqual(s3.current(location.key)!.body);
  });
});

describe('what is stored of an endpoint', () => {
  const location = { bucket, key: storedKey };
  const goldenCases = { bucket, key: `artifacts/iris/${sha256}/golden.json` };

  it('is listed over several pages, and nothing of others', async () => {
    const { s3, archives, upload } = setUp();
    await archives.storeGoldenCases('iris', sha256, '{}');
    for (const endpointName of ['iris', 'iris-2', 'ir']) await archives.store(upload, endpointName, sha256);
    for (const name of ['one', 'two']) s3.write(`artifacts/iris/${name}`, name);
    const artifacts = s3ArtifactStore(s3.client(), bucket);
    s3.pageSize = 2;
    const all = [storedKey, goldenCases.key, 'artifacts/iris/one', 'artifacts/iris/two'];
    expect((await artifacts.list('iris')).sort()).toEqual(all.sort());
    expect(s3.operations().filter((operation) => operation === 'ListObjectVersions').length).toBeGreaterThan(1);
  });

  it('is gone once it is removed, can be taken back, and can be written once more', async () => {
    const { s3, archives, upload } = setUp();
    const artifacts = s3ArtifactStore(s3.client(), bucket);
    await archives.storeGoldenCases('iris', sha256, '{}');
    await archives.store(upload, 'iris', sha256);
    expect([await artifacts.isThere(location), await artifacts.isThere(goldenCases)]).toEqual([true, true]);
    for (const { key: removed } of [location, goldenCases, location]) await artifacts.remove(removed);
    expect([await artifacts.isThere(location), await artifacts.isThere(goldenCases)]).toEqual([false, false]);
    expect(await artifacts.list('iris')).toEqual([]);
    expect(await archives.findStored('iris', sha256)).toBeNull();
    expect(s3.objects.get(storedKey)![0]!.body).toEqual(bytes);
    // Each is written once again, on the condition that none is there.
    expect(await archives.storeGoldenCases('iris', sha256, '{}')).toEqual(goldenCases);
    expect(await archives.store(upload, 'iris', sha256)).toEqual(location);
    expect(await archives.findStored('iris', sha256)).toMatchObject({ location, goldenCases });
  });

  it('belongs to it alone: another endpoint has a copy of its own', async () => {
    const { s3, archives, upload } = setUp();
    await archives.store(upload, 'iris', sha256);
    expect(await archives.findStored('iris-2', sha256)).toBeNull();
    const other = await archives.store(upload, 'iris-2', sha256);
    expect(other.key).toBe(`artifacts/iris-2/${sha256}/model.tar.gz`);
    await s3ArtifactStore(s3.client(), bucket).remove(storedKey);
    expect(await archives.findStored('iris-2', sha256)).toMatchObject({ location: other });
  });

  it.each(['HeadObject', 'ListObjectVersions', 'DeleteObject'])(
    'tells of an outage in %s by our name for it',
    async (operation) => {
      const { s3 } = setUp();
      const artifacts = s3ArtifactStore(s3.client(), bucket);
      s3.interceptor = failing(operation, refusal('SlowDown'), 10);
      const call = { HeadObject: () => artifacts.isThere(location), ListObjectVersions: () => artifacts.list('iris') }[
        operation
      ];
      await expect((call ?? (() => artifacts.remove(storedKey)))()).rejects.toMatchObject({
        name: expect.stringMatching(/Throttled|ServiceUnavailable/),
      });
    },
  );
});
