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
  UploadId?: string;
  PartNumber?: number;
  CopySource?: string;
  CopySourceRange?: string;
}

const error = (code: string, message = code) => new AwsError(code, message);

export class S3 {
  /** Versions of each key, the oldest first. */
  readonly objects: Map<string, ObjectVersion[]>;
  readonly #uploads = new Map<string, { key: string; metadata: Record<string, string>; parts: Uint8Array[] }>();
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
  ): ObjectVersion {
    const modified = Math.floor((lastModified ?? this.#now()) / 1000) * 1000;
    const version: ObjectVersion = {
      ...{ key, versionId: `v${String(++this.#written).padStart(6, '0')}`, body, metadata },
      lastModified: new Date(modified),
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
        this.#uploads.set(UploadId, { key: input.Key!, metadata: input.Metadata ?? {}, parts: [] });
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
    const range = /^bytes=(\d+)-(\d+)$/.exec(input.Range ?? '');
    const bytes = range === null ? version.body : version.body.subarray(Number(range[1]), Number(range[2]) + 1);
    const ContentRange = range === null ? undefined : `bytes ${range[1]}-${range[2]}/${total}`;
    return { ...described(version), ContentLength: bytes.length, ContentRange, Body: body(bytes) };
  }

  #put({ Key, Body, IfNoneMatch, Metadata }: ObjectInput): object {
    if (IfNoneMatch === '*' && this.current(Key!) !== undefined) throw error('PreconditionFailed');
    const { versionId } = this.put(Key!, Buffer.from(Body ?? ''), Metadata);
    return { VersionId: versionId };
  }

  #listVersions({ Prefix = '' }: ObjectInput): object {
    const chosen = [...this.objects].filter(([key]) => key.startsWith(Prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
    const all = chosen.flatMap(([, versions]) =>
      versions.map((version, index) => ({ version, IsLatest: index === versions.length - 1 })).reverse(),
    );
    const listed = ({ version: { key, versionId, body: bytes, lastModified }, IsLatest }: (typeof all)[number]) => ({
      ...{ Key: key, VersionId: versionId, IsLatest, LastModified: lastModified, Size: bytes?.length },
    });
    return {
      Versions: all.filter(({ version }) => version.body !== null).map(listed),
      DeleteMarkers: all.filter(({ version }) => version.body === null).map(listed),
      IsTruncated: false,
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
    const range = /^bytes=(\d+)-(\d+)$/.exec(CopySourceRange ?? '');
    const bytes = range === null ? source.body : source.body.subarray(Number(range[1]), Number(range[2]) + 1);
    upload.parts[PartNumber! - 1] = bytes;
    return { CopyPartResult: { ETag: createHash('md5').update(bytes).digest('hex') } };
  }

  #complete({ UploadId, IfNoneMatch }: ObjectInput): object {
    const upload = this.#uploads.get(UploadId!);
    if (upload === undefined) throw error('NoSuchUpload');
    if (IfNoneMatch === '*' && this.current(upload.key) !== undefined) throw error('PreconditionFailed');
    this.#uploads.delete(UploadId!);
    this.put(upload.key, Buffer.concat(upload.parts), upload.metadata);
    return {};
  }
}

function described({ versionId, body: bytes, lastModified, metadata }: ObjectVersion & { body: Uint8Array }): object {
  return { ContentLength: bytes.length, LastModified: lastModified, VersionId: versionId, Metadata: metadata };
}

/** What the SDK gives as an answer's body, as far as it is read here. */
export function body(bytes: Uint8Array) {
  return Object.assign(Readable.from([bytes], { objectMode: false }), {
    transformToString: async () => Buffer.from(bytes).toString('utf8'),
    transformToByteArray: async () => new Uint8Array(bytes),
  });
}
