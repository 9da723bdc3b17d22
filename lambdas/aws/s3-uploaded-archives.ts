// Archives in S3: read by ranges, stored by a copy that is made inside S3.
import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { DocumentRef } from '../../state-machine/contract/resolved-request.ts';
import { artifactKey } from '../core/naming/object-keys.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { UploadedArchives } from '../ports/uploaded-archives.ts';
import { s3CopyOnce } from './s3-copy-once.ts';
import { RANGE_BYTES, s3Ranges } from './s3-ranges.ts';
import { toRolloutError } from './sdk-error.ts';

const isNamed = (error: unknown, ...names: string[]) => error instanceof Error && names.includes(error.name);

/** `bucketName`: where artifacts are stored. `clock`: for the pauses before a range is read again. `warn` hears of copies that could not be cleared away. */
export function s3UploadedArchives(
  client: S3Client,
  bucketName: string,
  clock: Pick<Clock, 'sleep'>,
  warn: (message: string, error: unknown) => void = (message, error) => console.warn(message, error),
): UploadedArchives {
  const at = (key: string): DocumentRef => ({ bucket: bucketName, key });

  async function head({ bucket, key }: DocumentRef) {
    try {
      const { ContentLength = 0, Metadata } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return { sizeBytes: ContentLength, sha256: Metadata?.sha256 ?? null };
    } catch (error) {
      if (isNamed(error, 'NotFound')) return null;
      throw toRolloutError(error);
    }
  }

  /**
   * Whether the copy is there. S3 computes no SHA-256 over the whole of a multipart object, so what is compared is the size
   * and the checksum that we wrote beside the copy when we made it:
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
   * That proves which bytes the copy was made of, as long as nobody but this system may write under `artifacts/`, which
   * the bucket's policy and the roles see to; it does not prove that S3 kept them, which is S3's own promise.
   */
  async function isStored(location: DocumentRef, sizeBytes: number, sha256: string): Promise<boolean> {
    const stored = await head(location);
    if (stored === null) return false;
    if (stored.sizeBytes === sizeBytes && stored.sha256 === sha256) return true;
    const found = `${stored.sizeBytes} bytes and the checksum ${stored.sha256 ?? '(none)'} in place of ${sizeBytes} bytes and ${sha256}`;
    throw new RolloutError('CallRefused', `s3://${location.bucket}/${location.key} is there already, with ${found}.`);
  }

  async function readText({ bucket, key }: DocumentRef): Promise<string> {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return await Body!.transformToString();
    } catch (error) {
      // Removed since it was found to be there: the task makes it anew.
      if (isNamed(error, 'NoSuchKey'))
        throw new RolloutError('NotReady', `${(error as Error).message}`, { cause: error });
      throw toRolloutError(error);
    }
  }

  return {
    open(upload) {
      // Not in object mode, where Readable would read sixteen ranges ahead.
      return Readable.from(s3Ranges(client, upload, clock), { objectMode: false, highWaterMark: RANGE_BYTES });
    },

    async store(upload, endpointName, sha256) {
      const location = at(artifactKey(endpointName, sha256, 'model.tar.gz'));
      const isThere = () => isStored(location, upload.sizeBytes, sha256);
      if (!(await isThere())) await s3CopyOnce(client, upload, location, { sha256 }, isThere, warn);
      return location;
    },

    async storeGoldenCases(endpointName, sha256, text) {
      const location = at(artifactKey(endpointName, sha256, 'golden.json'));
      const { bucket: Bucket, key: Key } = location;
      for (let attempt = 1; ; attempt++) {
        try {
          const object = { Bucket, Key, Body: text, ContentType: 'application/json', IfNoneMatch: '*' };
          await client.send(new PutObjectCommand(object));
          return location;
        } catch (error) {
          // "On a 409 failure you should retry the upload": https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
          if (isNamed(error, 'ConditionalRequestConflict') && attempt < 3) continue;
          if (!isNamed(error, 'PreconditionFailed')) throw toRolloutError(error);
          if ((await readText(location)) === text) return location;
          throw new RolloutError('CallRefused', `s3://${Bucket}/${Key} is there already, with other golden cases.`);
        }
      }
    },

    async findStored(endpointName, sha256) {
      const location = at(artifactKey(endpointName, sha256, 'model.tar.gz'));
      const stored = await head(location);
      if (stored === null) return null;
      const goldenCases = at(artifactKey(endpointName, sha256, 'golden.json'));
      const { sizeBytes } = stored;
      return { location, sizeBytes, goldenCases: (await head(goldenCases)) === null ? null : goldenCases };
    },

    openStored({ location, sizeBytes }) {
      // Written once: every version of it has these bytes.
      const ranges = s3Ranges(client, { ...location, sizeBytes }, clock);
      return Readable.from(ranges, { objectMode: false, highWaterMark: RANGE_BYTES });
    },
  };
}
