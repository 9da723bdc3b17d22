// Reads how the rollout of an upload ended, for whoever knows only what he uploaded.
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { outcomeByUploadKey } from '../lambdas/core/naming/object-keys.ts';
import { type Outcome, OutcomeSchema } from '../state-machine/contract/outcome.ts';
import type { UploadRef } from './find-execution.ts';

/** Null while there is none, or only one of another version of the same key. */
export async function readOutcome(
  client: S3Client,
  { bucket, key, versionId }: UploadRef,
  signal?: AbortSignal,
): Promise<Outcome | null> {
  try {
    const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: outcomeByUploadKey(key) }), {
      abortSignal: signal,
    });
    const outcome = OutcomeSchema.parse(JSON.parse(await object.Body!.transformToString()));
    return versionId && outcome.upload && outcome.upload.versionId !== versionId ? null : outcome;
  } catch (error) {
    // A missing object is AccessDenied for whoever may not list the bucket:
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    const { name } = error as Error;
    if (name === 'NoSuchKey' || name === 'AccessDenied') return null;
    throw error;
  }
}
