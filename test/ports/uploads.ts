// A versioned bucket in memory, as far as uploads go.
import { parseObjectKey } from '../../lambdas/core/naming/object-keys.ts';
import { RolloutError } from '../../lambdas/core/rollout-error.ts';
import type { Uploads } from '../../lambdas/ports/uploads.ts';
import type { Upload } from '../../state-machine/contract/resolved-request.ts';

export interface InMemoryUploads extends Uploads {
  /** Writes a new version; a second passes, unless `lastModified` says otherwise. */
  put(key: string, text: string, options?: { lastModified?: string }): Upload;
  /** Leaves a delete marker as the current version. */
  remove(key: string): void;
}

export function inMemoryUploads(bucketName = 'bucket'): InMemoryUploads {
  const objects = new Map<string, { upload: Upload; text: string; current: boolean }[]>();
  let written = 0;
  const of = (bucket: string, key: string) => (bucket === bucketName ? (objects.get(key) ?? []) : []);
  const retire = (key: string) => {
    for (const object of of(bucketName, key)) object.current = false;
  };
  return {
    put(key, text, options = {}) {
      written += 1;
      const lastModified = options.lastModified ?? new Date(Date.UTC(2026, 0, 1, 0, 0, written)).toISOString();
      const upload = {
        bucket: bucketName,
        key,
        versionId: `v${written}`,
        sizeBytes: Buffer.byteLength(text),
        lastModified,
      };
      retire(key);
      objects.set(key, [...of(bucketName, key), { upload, text, current: true }]);
      return upload;
    },
    remove: retire,
    find: async ({ bucket, key, versionId }) =>
      of(bucket, key).find(({ upload, current }) =>
        versionId === undefined ? current : upload.versionId === versionId,
      )?.upload ?? null,
    listArchives: async (endpointName) =>
      [...objects.values()]
        .flat()
        .filter(({ upload: { key }, current }) => {
          const place = parseObjectKey(key);
          return current && place.kind === 'archive' && place.endpointName === endpointName;
        })
        .map(({ upload }) => upload)
        .reverse(),
    listAll: async () =>
      [...objects.values()]
        .flat()
        .filter(({ upload, current }) => current && !upload.key.endsWith('/rollout.json'))
        .map(({ upload }) => upload),
    readText: async (upload, maximumBytes) => {
      if (upload.sizeBytes > maximumBytes) {
        throw new RolloutError(
          'RequestRejected',
          `${upload.key} has ${upload.sizeBytes} bytes; at most ${maximumBytes}.`,
        );
      }
      const found = of(upload.bucket, upload.key).find((object) => object.upload.versionId === upload.versionId);
      if (found === undefined) throw new Error(`Unexpected: ${upload.key} was never uploaded`);
      return found.text;
    },
  };
}
