// Uploads a model archive to where the deployer takes it up.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { beginningFault } from '../lambdas/core/archive/magic.ts';
import { parseObjectKey } from '../lambdas/core/naming/object-keys.ts';
import { Refusal } from './refusal.ts';

/** One uploaded version of one object. */
export interface UploadedArchive {
  bucket: string;
  key: string;
  /** Null in a bucket without versions. */
  versionId: string | null;
  /** With its quotes, as S3 gives it. */
  etag: string;
  /** When the upload began, by this machine's clock. */
  startedAt: Date;
}

export interface UploadTarget {
  endpointName: string;
  /** Of an endpoint with several variants: for which of them it is. */
  variantName?: string | undefined;
  version: string;
}

export type OnUploaded = (bytes: number, ofBytes: number) => void;

/** @throws Refusal for a file that is missing, empty or not gzip, and for names that fit no key */
export async function uploadArchive(
  client: S3Client,
  bucket: string,
  file: string,
  target: UploadTarget,
  onUploaded?: OnUploaded,
): Promise<UploadedArchive> {
  const { key, size } = await checkArchive(file, target);
  const startedAt = new Date();
  // In parts of 8 MiB, four at a time and each tried again by itself: at most 32 MiB in memory, whatever the archive's size.
  const upload = new Upload({
    client,
    params: { Bucket: bucket, Key: key, Body: createReadStream(file), ContentType: 'application/gzip' },
    partSize: Math.max(8 * 2 ** 20, Math.ceil(size / 10_000)),
    queueSize: 4,
  });
  upload.on('httpUploadProgress', ({ loaded }) => onUploaded?.(loaded ?? 0, size));
  const { VersionId, ETag } = await upload.done();
  return { bucket, key, versionId: VersionId ?? null, etag: ETag ?? '', startedAt };
}

/** What can be said before any call. @throws Refusal as `uploadArchive` does */
export async function checkArchive(file: string, target: UploadTarget): Promise<{ key: string; size: number }> {
  return { key: archiveKey(target), size: await archiveSize(file) };
}

/** Where an archive is uploaded. @throws Refusal for names that fit no key */
export function archiveKey({ endpointName, variantName, version }: UploadTarget): string {
  const key = `models/${[endpointName, ...(variantName === undefined ? [] : [variantName]), version].join('/')}/model.tar.gz`;
  const parsed = parseObjectKey(key);
  if (parsed.kind === 'archive' && parsed.variantName === (variantName ?? null) && parsed.version === version)
    return key;
  if (parsed.kind === 'archive')
    throw new Refusal(
      `${key} is the place of another model. A version is one folder, and no variant is named like it.`,
    );
  throw new Refusal(parsed.kind === 'neither' ? parsed.problem : `${key} is no place for a model.`);
}

async function archiveSize(file: string): Promise<number> {
  try {
    await using handle = await open(file);
    const stat = await handle.stat();
    if (!stat.isFile()) throw new Refusal(`${file} is not a file. Pack a model.tar.gz first.`);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    const fault = beginningFault(stat.size, buffer.subarray(0, bytesRead));
    if (fault !== null) throw new Refusal(`${file}: ${fault}`);
    return stat.size;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Refusal(`There is no file ${file}.`);
    if (code === 'EACCES') throw new Refusal(`The file ${file} may not be read by you.`);
    throw error;
  }
}
