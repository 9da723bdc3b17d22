// A copy inside S3 that is made at most once: multipart, because CopyObject ends at 5 GB and takes no condition.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { DocumentRef, Upload } from '../../state-machine/contract/resolved-request.ts';
import { toReadError } from './s3-read-error.ts';
import { toRolloutError } from './sdk-error.ts';

/** At most 10,000 parts of at most 5 GiB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MAXIMUM_PARTS = 10_000;
/** S3 copies a part at some 100 MB/s and up: seconds for each, well below the client's patience of 120 s. */
const PART_BYTES = 256 * 1024 * 1024;
const PARTS_AT_ONCE = 8;
const ATTEMPTS = 3;

export interface CopyPart {
  number: number;
  /** Absent for a single part: "You can copy a range only if the source object is greater than 5 MB." */
  range?: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
export function copyParts(sizeBytes: number): CopyPart[] {
  const partBytes = Math.max(PART_BYTES, Math.ceil(sizeBytes / MAXIMUM_PARTS));
  const count = Math.ceil(sizeBytes / partBytes);
  if (count <= 1) return [{ number: 1 }];
  return Array.from({ length: count }, (_, index) => {
    const first = index * partBytes;
    return { number: index + 1, range: `bytes=${first}-${Math.min(first + partBytes, sizeBytes) - 1}` };
  });
}

/**
 * Whoever completes first has made the object; the others find it there (412) and adopt it if `isThere` says so. Whatever
 * happens, no incomplete upload stays: what cannot be aborted now, the bucket's lifecycle rule aborts.
 */
export async function s3CopyOnce(
  client: S3Client,
  upload: Upload,
  { bucket: Bucket, key: Key }: DocumentRef,
  metadata: Record<string, string>,
  isThere: () => Promise<boolean>,
  warn: (message: string, error: unknown) => void,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const create = { Bucket, Key, ContentType: 'application/gzip', Metadata: metadata };
    const created = await client.send(new CreateMultipartUploadCommand(create)).catch((error) => {
      throw toRolloutError(error);
    });
    const target = { Bucket, Key, UploadId: created.UploadId! };
    try {
      const Parts = await copyAll(client, upload, target);
      await client.send(
        new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts }, IfNoneMatch: '*' }),
      );
      return;
    } catch (error) {
      const { name } = error as Error;
      await client.send(new AbortMultipartUploadCommand(target)).catch((abortError) => {
        // It is gone already when a completion went through whose answer was lost.
        if ((abortError as Error).name !== 'NoSuchUpload') warn(`The incomplete copy to ${Key} stays.`, abortError);
      });
      if ((name === 'PreconditionFailed' || name === 'NoSuchUpload') && (await isThere())) return;
      // "On a 409 failure you should re-initiate the multipart upload with CreateMultipartUpload and re-upload each part":
      // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
      if (name !== 'ConditionalRequestConflict' || attempt === ATTEMPTS) throw toRolloutError(error);
    }
  }
}

/** Every part, several at once. When one fails no further one begins, and those under way have ended: abort finds nothing in flight. */
async function copyAll(
  client: S3Client,
  upload: Upload,
  target: { Bucket: string; Key: string; UploadId: string },
): Promise<CompletedPart[]> {
  // "URL-encode the value of the x-amz-copy-source header": the SDK leaves that to its caller.
  const path = upload.key.split('/').map(encodeURIComponent).join('/');
  const CopySource = `${upload.bucket}/${path}?versionId=${encodeURIComponent(upload.versionId)}`;
  const waiting = copyParts(upload.sizeBytes);
  const done: CompletedPart[] = [];
  let failure: unknown = null;
  const work = async () => {
    for (let part = waiting.shift(); part !== undefined && failure === null; part = waiting.shift()) {
      try {
        const copy = { ...target, PartNumber: part.number, CopySource, CopySourceRange: part.range };
        const { CopyPartResult } = await client.send(new UploadPartCopyCommand(copy));
        done.push({ PartNumber: part.number, ETag: CopyPartResult?.ETag });
      } catch (error) {
        failure = toReadError(error, upload);
      }
    }
  };
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, work));
  if (failure !== null) throw failure;
  return done.sort((one, other) => one.PartNumber! - other.PartNumber!);
}
