// One versioned bucket in memory, as far as this system uses S3. Times of change have whole seconds, as S3's have.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { AwsError } from '../../../local/hosting/aws-error.ts';

export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  /** Null: a delete marker. */
  readonly body: Uint8Array | null;
  readonly lastModified: Date;
  readonly metadata: Readonly<Record<string, string>>;
  readonly contentType: string;
}

/** A copy in parts that is not complete yet. */
interface Upload {
  readonly key: string;
  readonly metadata: Record<string, string>;
  readonly contentType: string | undefined;
  readonly parts: Map<number, Uint8Array>;
}

interface ObjectInput {
  Bucket?: string;
  Key?: string;
  VersionId?: string;
  Range?: string;
  Prefix?: string;
  Body?: string | Uint8Array;
  IfNoneMatch?: string;
  Metadata?: Record<string, string>;
  ContentType?: string;
  EncodingType?: string;
  KeyMarker?: string;
  VersionIdMarker?: string;
  MultipartUpload?: { Parts?: { PartNumber?: number }[] };
  UploadId?: string;
  PartNumber?: number;
  CopySource?: string;
  CopySourceRange?: string;
}

/** "You can copy a range only if the source object is greater than 5 MB": API_UploadPartCopy. */
const LEAST_BYTES_OF_RANGES = 5 * 2 ** 20;

const error = (code: string, message = code) => new AwsError(code, message);

export class S3 {
  /** Versions of each key, the oldest first. */
  readonly objects: Map<string, ObjectVersion[]>;
  /** How many versions one answer of ListObjectVersions holds. */
  pageSize = 1_000;
  readonly #uploads = new Map<string, Upload>();
  readonly #bucket: string;
  readonly #now: () => number;
  #written: number;

  constructor(bucket: string, now: () => number, before?: S3) {
    this.#bucket = bucket;
    this.#now = now;
    this.objects = new Map([...(before?.objects ?? [])].map(([key, versions]) => [key, [...versions]]));
    this.#written = before?.written ?? 0;
  }

  get written(): number {
    return this.#written;
  }

  /** How many copies in parts are neither complete nor aborted. */
  get incomplete(): number {
    return this.#uploads.size;
  }

  /** The current version; undefined when there is none, or a delete marker. */
  current(key: string): ObjectVersion | undefined {
    const newest = this.objects.get(key)?.at(-1);
    return newest?.body === null ? undefined : newest;
  }

  /** The parsed JSON of a current object; undefined when there is none. */
  document(key: string): unknown {
    const body = this.current(key)?.body;
    return body ? JSON.parse(Buffer.from(body).toString('utf8')) : undefined;
  }

  put(
    key: string,
    body: Uint8Array | null,
    metadata: Record<string, string> = {},
    lastModified?: number,
    contentType = 'binary/octet-stream',
  ): ObjectVersion {
    const modified = Math.floor((lastModified ?? this.#now()) / 1000) * 1000;
    const version: ObjectVersion = {
      ...{ key, versionId: `v${String(++this.#written).padStart(6, '0')}`, body, metadata },
      ...{ lastModified: new Date(modified), contentType },
    };
    this.objects.set(key, [...(this.objects.get(key) ?? []), version]);
    return version;
  }

  perform(operation: string, input: ObjectInput): object {
    if (input.Bucket !== this.#bucket) throw error('NoSuchBucket', `The bucket ${input.Bucket} does not exist`);
    switch (operation) {
      case 'HeadObject':
        return described(this.#find(input, 'NotFound'));
      case 'GetObject':
        return this.#get(input);
      case 'PutObject':
        return this.#put(input);
      case 'DeleteObject':
        this.put(input.Key!, null);
        return {};
      case 'ListObjectVersions':
        return this.#listVersions(input);
      case 'ListObjectsV2':
        return this.#list(input);
      case 'CreateMultipartUpload': {
        const UploadId = `u${++this.#written}`;
        const { Key = '', Metadata: metadata = {}, ContentType: contentType } = input;
        this.#uploads.set(UploadId, { key: Key, metadata, contentType, parts: new Map() });
        return { UploadId };
      }
      case 'UploadPartCopy':
        return this.#copyPart(input);
      case 'CompleteMultipartUpload':
        return this.#complete(input);
      case 'AbortMultipartUpload':
        if (!this.#uploads.delete(input.UploadId!)) throw error('NoSuchUpload');
        return {};
      default:
        throw new Error(`The simulated S3 does not answer ${operation}.`);
    }
  }

  #find({ Key, VersionId }: ObjectInput, missing: string): ObjectVersion & { body: Uint8Array } {
    const versions = this.objects.get(Key!) ?? [];
    const found = VersionId === undefined ? versions.at(-1) : versions.find(({ versionId }) => versionId === VersionId);
    if (found === undefined || (found.body === null && VersionId === undefined))
      throw error(missing, `${Key} does not exist`);
    if (found.body === null) throw error('MethodNotAllowed');
    return found as ObjectVersion & { body: Uint8Array };
  }

  #get(input: ObjectInput): object {
    const version = this.#find(input, input.VersionId === undefined ? 'NoSuchKey' : 'NoSuchVersion');
    const total = version.body.length;
    const range = rangeOf(input.Range);
    const bytes = range === null ? version.body : version.body.subarray(range.first, range.last + 1);
    const ContentRange = range && `bytes ${range.first}-${range.first + bytes.length - 1}/${total}`;
    return {
      ...described(version),
      ContentLength: bytes.length,
      ContentRange: ContentRange ?? undefined,
      Body: body(bytes),
    };
  }

  #put({ Key, Body, IfNoneMatch, Metadata, ContentType }: ObjectInput): object {
    if (IfNoneMatch === '*' && this.current(Key!) !== undefined) throw error('PreconditionFailed');
    const { versionId } = this.put(Key!, Buffer.from(Body ?? ''), Metadata, undefined, ContentType);
    return { VersionId: versionId };
  }

  #listVersions({ Prefix = '', EncodingType, KeyMarker, VersionIdMarker }: ObjectInput): object {
    const chosen = [...this.objects].filter(([key]) => key.startsWith(Prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
    const all = chosen.flatMap(([, versions]) =>
      versions.map((version, index) => ({ version, IsLatest: index === versions.length - 1 })).reverse(),
    );
    const isMarked = ({ version }: (typeof all)[number]) =>
      version.key === KeyMarker && version.versionId === VersionIdMarker;
    const start = KeyMarker === undefined ? 0 : all.findIndex(isMarked) + 1;
    const page = all.slice(start, start + this.pageSize);
    const IsTruncated = start + page.length < all.length;
    // So that keys may hold what XML does not.
    const encoded = (key: string) => (EncodingType === 'url' ? encodeURIComponent(key).replaceAll('%20', '+') : key);
    const listed = ({ version: { key, versionId, body: bytes, lastModified }, IsLatest }: (typeof all)[number]) => ({
      ...{ Key: encoded(key), VersionId: versionId, IsLatest, LastModified: lastModified, Size: bytes?.length },
    });
    const last = page.at(-1)?.version;
    return {
      Versions: page.filter(({ version }) => version.body !== null).map(listed),
      DeleteMarkers: page.filter(({ version }) => version.body === null).map(listed),
      ...{ EncodingType, IsTruncated },
      ...(IsTruncated && last && { NextKeyMarker: encoded(last.key), NextVersionIdMarker: last.versionId }),
    };
  }

  #list({ Prefix = '' }: ObjectInput): object {
    const Contents = [...this.objects.keys()]
      .filter((key) => key.startsWith(Prefix) && this.current(key) !== undefined)
      .sort()
      .map((Key) => ({ Key, Size: this.current(Key)!.body!.length, LastModified: this.current(Key)!.lastModified }));
    return { Contents, IsTruncated: false, KeyCount: Contents.length };
  }

  #copyPart({ UploadId, CopySource, CopySourceRange, PartNumber }: ObjectInput): object {
    const upload = this.#uploads.get(UploadId!);
    if (upload === undefined) throw error('NoSuchUpload');
    const [path, query] = CopySource!.split('?versionId=');
    const Key = decodeURIComponent(path!.slice(path!.indexOf('/') + 1));
    const VersionId = query === undefined ? undefined : decodeURIComponent(query);
    const source = this.#find({ Key, VersionId }, VersionId === undefined ? 'NoSuchKey' : 'NoSuchVersion');
    const range = rangeOf(CopySourceRange);
    if (range !== null && source.body.length <= LEAST_BYTES_OF_RANGES) throw error('InvalidRequest');
    if (range !== null && range.last >= source.body.length) throw error('InvalidRange');
    const bytes = range === null ? source.body : source.body.subarray(range.first, range.last + 1);
    upload.parts.set(PartNumber!, bytes);
    return { CopyPartResult: { ETag: createHash('md5').update(bytes).digest('hex') } };
  }

  #complete({ UploadId, IfNoneMatch, MultipartUpload }: ObjectInput): object {
    const upload = this.#uploads.get(UploadId!);
    if (upload === undefined) throw error('NoSuchUpload');
    if (IfNoneMatch === '*' && this.current(upload.key) !== undefined) throw error('PreconditionFailed');
    const numbers = (MultipartUpload?.Parts ?? []).map(({ PartNumber = 0 }) => PartNumber);
    if (numbers.some((number, index) => index > 0 && number <= numbers[index - 1]!)) throw error('InvalidPartOrder');
    const parts = numbers.map((number) => upload.parts.get(number) ?? fail(error('InvalidPart')));
    if (parts.length === 0) throw error('MalformedXML');
    this.#uploads.delete(UploadId!);
    this.put(upload.key, Buffer.concat(parts), upload.metadata, undefined, upload.contentType);
    return {};
  }
}

function fail(what: Error): never {
  throw what;
}

function rangeOf(range: string | undefined): { first: number; last: number } | null {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  return first === undefined ? null : { first: Number(first), last: Number(last) };
}

function described({
  versionId,
  body: bytes,
  lastModified,
  metadata,
  contentType,
}: ObjectVersion & { body: Uint8Array }): object {
  return {
    ContentLength: bytes.length,
    LastModified: lastModified,
    VersionId: versionId,
    Metadata: metadata,
    ContentType: contentType,
  };
}

/** What the SDK gives as an answer's body, as far as it is read here. */
export function body(bytes: Uint8Array) {
  return Object.assign(Readable.from([bytes], { objectMode: false }), {
    transformToString: async () => Buffer.from(bytes).toString('utf8'),
    transformToByteArray: async () => new Uint8Array(bytes),
  });
}
