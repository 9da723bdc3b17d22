// The serving image's tag: a digest of its source, so that an immutable tag always means the same content.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const SERVING_IMAGE_DIRECTORY = join(import.meta.dirname, '..', 'serving-image');

/** What the image is not built from: tests, caches, virtual environments. */
const LEFT_OUT = /^(\..*|tests|__pycache__|node_modules|.*\.egg-info|.*\.pyc)$/;

/** `src-<16 hex digits>` of all paths and contents. */
export function servingImageTag(directory: string = SERVING_IMAGE_DIRECTORY): string {
  const hash = createHash('sha256');
  for (const file of filesOf(directory, '')) {
    const content = readFileSync(join(directory, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return `src-${hash.digest('hex').slice(0, 16)}`;
}

function filesOf(directory: string, under: string): string[] {
  return readdirSync(join(directory, under), { withFileTypes: true })
    .filter(({ name }) => !LEFT_OUT.test(name))
    .flatMap((entry) => {
      const path = under === '' ? entry.name : `${under}/${entry.name}`;
      return entry.isDirectory() ? filesOf(directory, path) : [path];
    })
    .sort();
}
