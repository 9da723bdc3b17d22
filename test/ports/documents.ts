// Documents kept in memory, as JSON text: what is read is never what was written by reference.
import { RolloutError } from '../../lambdas/core/rollout-error.ts';
import type { Documents } from '../../lambdas/ports/documents.ts';

export interface InMemoryDocuments extends Documents {
  /** Keys in the order in which they were first written. */
  keys(): string[];
  /** The parsed document at a key; undefined when there is none. */
  at(key: string): unknown;
  remove(key: string): void;
}

export function inMemoryDocuments(bucketName = 'bucket'): InMemoryDocuments {
  const texts = new Map<string, string>();
  const at = (key: string): unknown => {
    const text = texts.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  };
  return {
    keys: () => [...texts.keys()],
    at,
    remove: (key) => void texts.delete(key),
    read: async ({ bucket, key }) => {
      if (bucket !== bucketName) throw new Error(`Unexpected bucket: ${bucket}`);
      if (!texts.has(key)) throw new RolloutError('NotReady', `${key} does not exist.`);
      return at(key);
    },
    find: async (key) => at(key) ?? null,
    write: async (key, content) => {
      texts.set(key, JSON.stringify(content));
      return { bucket: bucketName, key };
    },
  };
}
