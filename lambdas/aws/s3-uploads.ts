// Uploads in S3: the versions of objects under `models/`.
import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { parseObjectKey } from '../core/naming/object-keys.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Uploads } from '../ports/uploads.ts';
import { listCurrent } from './s3-list-current.ts';
import { toReadError } from './s3-read-error.ts';
import { toRolloutError } from './sdk-error.ts';

/**
 * HEAD answers without a body, so the SDK knows only the status: 404 no such key or version (also after a delete marker),
 * 405 the version is a delete marker, 400 not a version id.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 */
const absentStatuses = new Set([400, 404, 405]);

/** `bucketName`: where archives are listed. */
export function s3Uploads(client: S3Client, bucketName: string): Uploads {
  return {
    async find({ bucket, key, versionId }) {
      try {
        const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
        return {
          bucket,
          key,
          versionId: head.VersionId ?? 'null',
          sizeBytes: head.ContentLength ?? 0,
          lastModified: head.LastModified!.toISOString(),
        };
      } catch (error) {
        const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
        if (status !== undefined && absentStatuses.has(status)) return null;
        throw toRolloutError(error);
      }
    },

    async listArchives(endpointName) {
      return (await listCurrent(client, bucketName, `models/${endpointName}/`)).filter(
        ({ key }) => parseObjectKey(key).kind === 'archive',
      );
    },
    async listAll() {
      return (await listCurrent(client, bucketName, 'models/')).filter(
        ({ key }) => parseObjectKey(key).kind !== 'manifest',
      );
    },

    async readText(upload, maximumBytes) {
      const object = `s3://${upload.bucket}/${upload.key}`;
      if (upload.sizeBytes > maximumBytes) {
        const sizes = `${upload.sizeBytes} bytes; at most ${maximumBytes} are read`;
        throw new RolloutError('RequestRejected', `${object} has ${sizes}.`);
      }
      try {
        const { bucket: Bucket, key: Key, versionId: VersionId } = upload;
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, VersionId }));
        // The decoder drops the byte order mark that editors on Windows write.
        return new TextDecoder('utf-8', { fatal: true }).decode(await Body!.transformToByteArray());
      } catch (error) {
        if ((error as { code?: string }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
          throw new RolloutError('RequestRejected', `${object} is not text in UTF-8.`);
        throw toReadError(error, upload);
      }
    },
  };
}
