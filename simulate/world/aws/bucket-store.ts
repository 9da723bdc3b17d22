// What asynchronous endpoints read and write, in the simulated bucket; nobody is notified.
import { parseS3Uri } from '../../../lambdas/core/naming/object-keys.ts';
import type { AsyncStore } from '../../../local/hosting/asynchronous/store.ts';
import type { S3 } from './s3.ts';

export const bucketStore = (s3: () => S3): AsyncStore => ({
  async read(url) {
    const found = s3().current(keyOf(url))?.body;
    if (!found) throw new Error('NoSuchKey: The specified key does not exist.');
    return found;
  },
  async write({ url, body, contentType }) {
    s3().put(keyOf(url), body, {}, undefined, contentType);
  },
  publish: async () => {},
});

function keyOf(url: string): string {
  const place = parseS3Uri(url);
  if (place === null) throw new Error(`${url} names no object.`);
  return place.key;
}
