/** Brings a model archive from S3 to a directory, extracted, as SageMaker does to /opt/ml/model. */

import { execFile } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** MiniStack holds a whole GET in memory, so large objects are read in ranges of this many bytes. */
const RANGE = 8 * 1024 * 1024;

const run = promisify(execFile);

/** Returns the model directory, empty without a URL. Rejects when the object is missing or no archive. */
export async function fetchModel(s3: S3Client, url: string | undefined, directory: string): Promise<string> {
  const modelDirectory = join(directory, 'model');
  await mkdir(modelDirectory);
  if (url === undefined) return modelDirectory;
  const archive = join(directory, 'model.tar.gz');
  await download(s3, url, archive);
  // The archive's owner and set-uid bits mean nothing here.
  await run('tar', ['-xzf', archive, '-C', modelDirectory, '--no-same-owner', '--no-same-permissions']);
  await rm(archive);
  return modelDirectory;
}

async function download(s3: S3Client, url: string, file: string): Promise<void> {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(url) ?? [];
  const { ContentLength: size = 0, ETag: IfMatch } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
  const handle = await open(file, 'w');
  try {
    for (let start = 0; start < size; start += RANGE) {
      const Range = `bytes=${start}-${Math.min(start + RANGE, size) - 1}`;
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, Range, IfMatch }));
      await handle.write(await Body!.transformToByteArray());
    }
  } finally {
    await handle.close();
  }
}
