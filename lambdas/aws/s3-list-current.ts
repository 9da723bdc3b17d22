// Every current object under a prefix, with its version.
import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { Upload } from '../../state-machine/contract/resolved-request.ts';
import { toRolloutError } from './sdk-error.ts';

/** By ListObjectVersions, because ListObjectsV2 names no versions; it needs s3:ListBucketVersions. */
export async function listCurrent(client: S3Client, bucketName: string, prefix: string): Promise<Upload[]> {
  const current: Upload[] = [];
  let marker: { KeyMarker?: string; VersionIdMarker?: string } | null = {};
  try {
    while (marker !== null) {
      const query = { Bucket: bucketName, Prefix: prefix, EncodingType: 'url', ...marker } as const;
      const page: ListObjectVersionsCommandOutput = await client.send(new ListObjectVersionsCommand(query));
      const decode = (key: string) =>
        page.EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
      for (const { Key = '', VersionId = 'null', Size = 0, IsLatest, LastModified } of page.Versions ?? []) {
        const key = decode(Key);
        if (!IsLatest) continue;
        const lastModified = LastModified!.toISOString();
        current.push({ bucket: bucketName, key, versionId: VersionId, sizeBytes: Size, lastModified });
      }
      marker = page.IsTruncated
        ? { KeyMarker: decode(page.NextKeyMarker ?? ''), VersionIdMarker: page.NextVersionIdMarker }
        : null;
    }
    return current;
  } catch (error) {
    throw toRolloutError(error);
  }
}
