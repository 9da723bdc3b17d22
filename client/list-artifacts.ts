// Lists what is kept of an endpoint's accepted archives.
import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { artifactFolder } from '../lambdas/core/naming/object-keys.ts';

/** Keys. */
export async function listArtifacts(client: S3Client, bucket: string, endpointName: string): Promise<string[]> {
  const keys: string[] = [];
  const query = { Bucket: bucket, Prefix: artifactFolder(endpointName) };
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, query))
    keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
  return keys;
}
