// Write-once copies in S3: found, listed and removed. They are made by the archives' adapter.
import { DeleteObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { artifactFolder } from '../core/naming/object-keys.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import { listCurrent } from './s3-list-current.ts';
import { toRolloutError } from './sdk-error.ts';

/** For who only looks: its bundle need not hold the rest. */
export const s3ArtifactReader = (client: S3Client): Pick<ArtifactStore, 'isThere'> => ({
  async isThere({ bucket, key }) {
    try {
      await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return true;
    } catch (error) {
      if ((error as Error).name === 'NotFound') return false;
      throw toRolloutError(error);
    }
  },
});

export function s3ArtifactStore(client: S3Client, bucketName: string): ArtifactStore {
  return {
    ...s3ArtifactReader(client),

    async list(endpointName) {
      return (await listCurrent(client, bucketName, artifactFolder(endpointName))).map(({ key }) => key);
    },

    /**
     * Without a version it "inserts a delete marker, which becomes the current version": for some days a person can take it
     * back. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
     */
    async remove(key) {
      try {
        await client.send(new DeleteObjectCommand({ Bucket: bucketName, Key: key }));
      } catch (error) {
        throw toRolloutError(error);
      }
    },
  };
}
