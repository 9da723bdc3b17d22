/** An S3 client that holds model archives in memory and answers HeadObject and ranged GetObject, without sockets. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';

/** A model.tar.gz whose name.txt the fixture's model server answers with. */
export function archive(name: string): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'archive-'));
  try {
    writeFileSync(join(directory, 'name.txt'), name);
    return execFileSync('tar', ['-czf', '-', '-C', directory, 'name.txt']);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Objects by "bucket/key". */
export function modelBucket(objects: ReadonlyMap<string, Buffer>): S3Client {
  return new S3Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
    requestHandler: {
      async handle({ method, path, headers }: { method: string; path: string; headers: Record<string, string> }) {
        const object = objects.get(decodeURIComponent(path.slice(1)));
        const [, start, end] = /bytes=(\d+)-(\d+)/.exec(headers.range ?? '') ?? [];
        const part = start ? object?.subarray(Number(start), Number(end) + 1) : object;
        const etag = '"an-etag"';
        const body = Readable.from([method === 'HEAD' || !part ? Buffer.alloc(0) : part]);
        const length = String(part?.length ?? 0);
        const statusCode = part ? (start ? 206 : 200) : 404;
        return { response: { statusCode, headers: { 'content-length': length, etag }, body } };
      },
    },
  });
}
