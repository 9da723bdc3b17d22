// Reading somebody's upload: which of S3's refusals are the author's to mend.
import type { Upload } from '../../state-machine/contract/resolved-request.ts';
import { RolloutError } from '../core/rollout-error.ts';
import { toRolloutError } from './sdk-error.ts';

/**
 * An object under a KMS key that the caller may not use answers 403 AccessDenied with KMS's own words, one under a
 * disabled or deleted key `KMS.<exception>`, one under a customer-provided key (SSE-C) 400 InvalidRequest:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
 */
const keyWords = /\bkms[:.]|ciphertext refers to|customer master key|form of Server Side Encryption/i;
/** A version that lifecycle or a person has deleted, or that never was: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
const goneNames = new Set(['NoSuchKey', 'NoSuchVersion', 'NotFound', 'MethodNotAllowed']);

type ReadObject = Pick<Upload, 'bucket' | 'key'> & Partial<Pick<Upload, 'versionId'>>;

export function toReadError(error: unknown, upload: ReadObject): unknown {
  if (!(error instanceof Error) || error instanceof RolloutError) return error;
  const object = `s3://${upload.bucket}/${upload.key}`;
  if (keyWords.test(`${error.name} ${error.message}`)) {
    const message =
      `${object} is encrypted with a key that this system may not use (S3 says: ${error.message.slice(0, 160)}). ` +
      "Upload it again without a key of your own: the bucket's default encryption applies.";
    return new RolloutError('RequestRejected', message, { cause: error });
  }
  if (goneNames.has(error.name)) {
    const message = `Version ${upload.versionId ?? 'null'} of ${object} is gone: it was deleted after it was uploaded. Upload it again.`;
    return new RolloutError('RequestRejected', message, { cause: error });
  }
  return toRolloutError(error);
}
