// One digest of all files of an archive: what trust is bound to in the container, which sees only the files.
import { createHash } from 'node:crypto';
import type { Sink, TarEntry } from './tar-reader.ts';

export interface ContentsDigest {
  /** For each entry that was accepted, with its normalised path. Null where it has no content. */
  sinkFor(entry: TarEntry, path: string): Sink | null;
  /**
   * The sha256 of what `sha256sum` prints for all files, in the order of their paths' bytes: the serving image computes
   * the same (`contents_digest.py`). Null where the archive holds links, which are no contents.
   */
  digest(): string | null;
}

export function contentsDigest(): ContentsDigest {
  const files = new Map<string, ReturnType<typeof createHash>>();
  let hasLinks = false;
  return {
    sinkFor({ type }, path) {
      hasLinks ||= type === 'hardLink' || type === 'symbolicLink';
      if (type !== 'file') return null;
      const hash = createHash('sha256');
      files.set(path, hash);
      return (bytes) => hash.update(bytes);
    },
    digest() {
      if (hasLinks) return null;
      const listing = createHash('sha256');
      const paths = [...files.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      for (const path of paths) listing.update(`${files.get(path)!.digest('hex')}  ${path}\n`);
      return listing.digest('hex');
    },
  };
}
