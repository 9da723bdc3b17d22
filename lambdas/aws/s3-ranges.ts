// The bytes of one version of an object, range by range.
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Upload } from '../../state-machine/contract/resolved-request.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Clock } from '../ports/clock.ts';
import { toReadError } from './s3-read-error.ts';

/**
 * "Typical sizes for byte-range requests are 8 MB or 16 MB":
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance-guidelines.html
 * Memory: one range in use, one waiting in the stream, one on its way, twice while it is put together: 32 MiB.
 */
export const RANGE_BYTES = 8 * 1024 * 1024;
const ATTEMPTS = 4;

/** Without a version it is the current one, for what is written once. */
type ObjectOfSize = Pick<Upload, 'bucket' | 'key' | 'sizeBytes'> & Partial<Pick<Upload, 'versionId'>>;

/** The next range is fetched while the last is worked on. The version is named in each, so all are of the same bytes. */
export async function* s3Ranges(
  client: S3Client,
  upload: ObjectOfSize,
  clock: Pick<Clock, 'sleep'>,
  rangeBytes = RANGE_BYTES,
): AsyncGenerator<Buffer> {
  const abort = new AbortController();
  const fetchFrom = (start: number) => {
    if (start >= upload.sizeBytes) return null;
    const last = Math.min(start + rangeBytes, upload.sizeBytes) - 1;
    const range = getRange(client, upload, clock, start, last, abort.signal);
    // It is awaited only later, or never when the reader stops: not an unhandled rejection meanwhile.
    range.catch(() => {});
    return range;
  };
  try {
    let range = fetchFrom(0);
    for (let start = 0; range !== null; start += rangeBytes) {
      const bytes: Buffer = await range;
      range = fetchFrom(start + rangeBytes);
      yield bytes;
    }
  } finally {
    abort.abort();
  }
}

/** The SDK tries a request again, but not the reading of its answer: connections break in the middle of 8 MiB, too. */
async function getRange(
  client: S3Client,
  upload: ObjectOfSize,
  clock: Pick<Clock, 'sleep'>,
  first: number,
  last: number,
  abortSignal: AbortSignal,
) {
  const { bucket: Bucket, key: Key, versionId: VersionId } = upload;
  const expected = last - first + 1;
  for (let attempt = 1; ; attempt++) {
    try {
      const command = new GetObjectCommand({ Bucket, Key, VersionId, Range: `bytes=${first}-${last}` });
      const { Body, ContentRange } = await client.send(command, { abortSignal });
      const bytes = await Body!.transformToByteArray();
      const total = ContentRange?.split('/')[1];
      if (total !== String(upload.sizeBytes))
        throw new RolloutError('CallRefused', `s3://${Bucket}/${Key} has ${total} bytes, not ${upload.sizeBytes}.`);
      if (bytes.length !== expected) throw new Error(`S3 answered ${bytes.length} bytes in place of ${expected}.`);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (error) {
      const isRefusal = ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 500) < 500;
      const known = toReadError(error, upload);
      if (isRefusal || error instanceof RolloutError || abortSignal.aborted) throw known;
      if (attempt === ATTEMPTS) throw known instanceof RolloutError ? known : unanswered(error as Error);
      await clock.sleep(100 * 2 ** attempt);
    }
  }
}

const unanswered = (error: Error) => new RolloutError('ServiceUnavailable', error.message, { cause: error });
