// As much of S3 as the adapters use, behind the SDK's own client: versions, ranges, multipart copies, conditional writes.
import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';

interface Version {
  versionId: string;
  body: Buffer | null;
  metadata: Record<string, string>;
  contentType: string;
  lastModified: Date;
}
interface Pending {
  bucket: string;
  key: string;
  metadata: Record<string, string>;
  contentType: string;
  parts: Map<number, Buffer>;
}
interface Request {
  method: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: unknown;
}
export interface Answer {
  statusCode: number;
  headers?: Record<string, string>;
  body?: string | Buffer | Readable;
}
export interface Call {
  operation: string;
  key: string;
  query: Record<string, string>;
  headers: Record<string, string>;
}

export const refusal = (statusCode: number, code: string, message = code): Answer => ({
  statusCode,
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});

const xml = (body: string): Answer => ({ statusCode: 200, body: `<?xml version="1.0" encoding="UTF-8"?>${body}` });
const noSuch = { NoSuchKey: refusal(404, 'NoSuchKey'), NoSuchVersion: refusal(404, 'NoSuchVersion') };
/** S3's own are opaque to callers, too. */
const etag = (bytes: Buffer) => `"${bytes.length}"`;

export class InProcessS3 {
  readonly calls: Call[] = [];
  readonly objects = new Map<string, Version[]>();
  readonly pending = new Map<string, Pending>();
  /** Asked before each call; an answer is given in place of S3's. */
  interceptor: (call: Call) => Answer | Error | undefined | Promise<undefined> = () => undefined;
  #versions = 0;

  client(): S3Client {
    const handle = async (request: Request) => ({ response: await this.#respond(request) });
    return new S3Client({
      region: 'eu-central-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      forcePathStyle: true,
      maxAttempts: 1,
      requestHandler: { handle, updateHttpClientConfig() {}, httpHandlerConfigs: () => ({}) } as never,
    });
  }

  put(bucket: string, key: string, body: Buffer | string, options: Partial<Version> = {}): string {
    const versionId = `v+/${++this.#versions}`;
    const bytes = Buffer.from(body as string);
    const version = {
      versionId,
      body: bytes,
      metadata: {},
      contentType: 'binary/octet-stream',
      lastModified: new Date(1e12),
      ...options,
    };
    this.objects.set(`${bucket}/${key}`, [version, ...(this.objects.get(`${bucket}/${key}`) ?? [])]);
    return versionId;
  }

  deleteMarker(bucket: string, key: string): string {
    const versionId = this.put(bucket, key, '');
    this.objects.get(`${bucket}/${key}`)![0]!.body = null;
    return versionId;
  }

  current(bucket: string, key: string): Version | undefined {
    return this.objects.get(`${bucket}/${key}`)?.[0];
  }

  operations(): string[] {
    return this.calls.map(({ operation }) => operation);
  }

  async #respond(request: Request) {
    const [bucket = '', ...rest] = request.path.slice(1).split('/').map(decodeURIComponent);
    const key = rest.join('/');
    const query = Object.fromEntries(
      Object.entries(request.query ?? {}).map(([name, value]) => [name, String(value ?? '')]),
    );
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const call = { operation: operationOf(request.method, query, headers), key, query, headers };
    this.calls.push(call);
    const intercepted = await this.interceptor(call);
    if (intercepted instanceof Error) throw intercepted;
    const answer = intercepted ?? this.#answer(call, bucket, request.body);
    const { statusCode, body = '' } = answer;
    return {
      statusCode,
      headers: answer.headers ?? {},
      body:
        body instanceof Readable ? body : Readable.from(request.method === 'HEAD' ? [] : [Buffer.from(body as string)]),
    };
  }

  #answer({ operation, key, query, headers }: Call, bucket: string, body: unknown): Answer {
    const versions = this.objects.get(`${bucket}/${key}`) ?? [];
    const exists = versions[0] !== undefined && versions[0].body !== null;
    switch (operation) {
      case 'HeadObject':
      case 'GetObject':
        return read(versions, query.versionId, headers.range);
      case 'PutObject':
        if (headers['if-none-match'] === '*' && exists) return refusal(412, 'PreconditionFailed');
        this.put(bucket, key, unchunked(body, headers), { contentType: headers['content-type'] ?? '' });
        return { statusCode: 200 };
      case 'CreateMultipartUpload': {
        const id = `upload-${this.pending.size + this.calls.length}`;
        const prefix = 'x-amz-meta-';
        const metadata = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
        this.pending.set(id, {
          bucket,
          key,
          metadata: Object.fromEntries(metadata.map(([name, value]) => [name.slice(prefix.length), value])),
          contentType: headers['content-type'] ?? '',
          parts: new Map(),
        });
        return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
      }
      case 'UploadPartCopy':
        return this.#copyPart(query, headers);
      case 'CompleteMultipartUpload': {
        const upload = this.pending.get(query.uploadId!);
        if (upload === undefined) return refusal(404, 'NoSuchUpload');
        if (headers['if-none-match'] === '*' && exists) return refusal(412, 'PreconditionFailed');
        const numbers = [...String(body).matchAll(/<PartNumber>(\d+)</g)].map(([, number]) => Number(number));
        if (numbers.some((number, at) => at > 0 && number <= numbers[at - 1]!)) return refusal(400, 'InvalidPartOrder');
        const parts = numbers.map((number) => upload.parts.get(number));
        if (parts.some((part) => part === undefined)) return refusal(400, 'InvalidPart');
        const { metadata, contentType } = upload;
        this.put(bucket, key, Buffer.concat(parts as Buffer[]), { metadata, contentType });
        this.pending.delete(query.uploadId!);
        return xml('<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>');
      }
      case 'AbortMultipartUpload':
        return this.pending.delete(query.uploadId!) ? { statusCode: 204 } : refusal(404, 'NoSuchUpload');
      case 'DeleteObject':
        this.deleteMarker(bucket, key);
        return { statusCode: 204 };
      case 'ListObjectVersions':
        return this.#list(bucket, query);
    }
    return refusal(501, 'NotImplemented', operation);
  }

  #copyPart(query: Record<string, string>, headers: Record<string, string>): Answer {
    const upload = this.pending.get(query.uploadId!);
    if (upload === undefined) return refusal(404, 'NoSuchUpload');
    const [path = '', version = ''] = headers['x-amz-copy-source']!.split('?versionId=');
    const source = this.objects.get(decodeURIComponent(path));
    const found = source?.find(({ versionId }) => versionId === decodeURIComponent(version));
    if (found?.body == null) return source === undefined ? noSuch.NoSuchKey : noSuch.NoSuchVersion;
    const range = headers['x-amz-copy-source-range'];
    // "You can copy a range only if the source object is greater than 5 MB."
    if (range !== undefined && found.body.length <= 5 * 2 ** 20) return refusal(400, 'InvalidRequest');
    const [first = 0, last = found.body.length - 1] = range?.slice('bytes='.length).split('-').map(Number) ?? [];
    if (last >= found.body.length) return refusal(416, 'InvalidRange');
    const part = found.body.subarray(first, last + 1);
    upload.parts.set(Number(query.partNumber), part);
    return xml(`<CopyPartResult><ETag>${etag(part)}</ETag></CopyPartResult>`);
  }

  #list(bucket: string, query: Record<string, string>): Answer {
    const all = [...this.objects].flatMap(([path, versions]) => {
      const key = path.slice(bucket.length + 1);
      if (!path.startsWith(`${bucket}/${query.prefix}`)) return [];
      return versions.map((version, at) => ({ key, version, isLatest: at === 0 }));
    });
    const start = query['version-id-marker']
      ? all.findIndex(
          ({ key, version }) => key === query['key-marker'] && version.versionId === query['version-id-marker'],
        ) + 1
      : 0;
    const page = all.slice(start, start + 2);
    const encoded = (key: string) => encodeURIComponent(key).replaceAll('%20', '+');
    const last = page.at(-1);
    const more = start + 2 < all.length && last !== undefined;
    const items = page.map(({ key, version, isLatest }) => {
      const tag = version.body === null ? 'DeleteMarker' : 'Version';
      const size = version.body === null ? '' : `<Size>${version.body.length}</Size>`;
      return `<${tag}><Key>${encoded(key)}</Key><VersionId>${version.versionId}</VersionId><IsLatest>${isLatest}</IsLatest><LastModified>${version.lastModified.toISOString()}</LastModified>${size}</${tag}>`;
    });
    const next = more
      ? `<NextKeyMarker>${encoded(last.key)}</NextKeyMarker><NextVersionIdMarker>${last.version.versionId}</NextVersionIdMarker>`
      : '';
    return xml(
      `<ListVersionsResult><EncodingType>url</EncodingType><IsTruncated>${more}</IsTruncated>${next}${items.join('')}</ListVersionsResult>`,
    );
  }
}

function operationOf(method: string, query: Record<string, string>, headers: Record<string, string>): string {
  if (method === 'GET') return 'versions' in query ? 'ListObjectVersions' : 'GetObject';
  if (method === 'HEAD') return 'HeadObject';
  if (method === 'DELETE') return 'uploadId' in query ? 'AbortMultipartUpload' : 'DeleteObject';
  if (method === 'POST') return 'uploads' in query ? 'CreateMultipartUpload' : 'CompleteMultipartUpload';
  return 'x-amz-copy-source' in headers ? 'UploadPartCopy' : 'PutObject';
}

function read(versions: Version[], versionId: string | undefined, range: string | undefined): Answer {
  const version = versionId === undefined ? versions[0] : versions.find((each) => each.versionId === versionId);
  if (version === undefined) return versionId === undefined ? noSuch.NoSuchKey : noSuch.NoSuchVersion;
  if (version.body === null) return versionId === undefined ? noSuch.NoSuchKey : refusal(405, 'MethodNotAllowed');
  const { body, metadata } = version;
  const headers: Record<string, string> = {
    'x-amz-version-id': version.versionId,
    'content-length': String(body.length),
    'last-modified': version.lastModified.toUTCString(),
    etag: etag(body),
  };
  for (const [name, value] of Object.entries(metadata)) headers[`x-amz-meta-${name}`] = value;
  if (range === undefined) return { statusCode: 200, headers, body };
  const [first = 0, last = 0] = range.slice('bytes='.length).split('-').map(Number);
  const slice = body.subarray(first, last + 1);
  headers['content-range'] = `bytes ${first}-${first + slice.length - 1}/${body.length}`;
  headers['content-length'] = String(slice.length);
  return { statusCode: 206, headers, body: slice };
}

/** The SDK sends small bodies as they are. */
function unchunked(body: unknown, headers: Record<string, string>): Buffer {
  if (headers['content-encoding'] === 'aws-chunked') throw new Error('A chunked body was not expected.');
  return Buffer.from(body as string);
}
