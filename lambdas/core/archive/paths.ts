// Paths in an archive: what they say once normalised, whether they stay inside, and where links lead.
import { MAXIMUM_NAME_BYTES, MAXIMUM_PATH_BYTES, MAXIMUM_PATH_DEPTH } from './limits.ts';
import type { TarEntry } from './tar-reader.ts';

const isAbsolute = (path: string) => path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path);
const segmentsOf = (path: string) => path.split('/').filter((segment) => segment !== '' && segment !== '.');

/** `./model//model.pkl` and `model/model.pkl` are one file; `''` is the archive's root. Case is kept, as Linux keeps it. */
export const normalised = (path: string): string => segmentsOf(path).join('/');

/** What is wrong with an entry's path, or null. */
export function pathProblem(path: string): string | null {
  if (isAbsolute(path)) return 'Its path is absolute. Paths must be relative to the model folder: tar -C <folder> .';
  // Backslashes too: what was made on Windows may be extracted there.
  if (path.split(/[\\/]/).includes('..')) return 'Its path leads upwards with "..", out of the model folder.';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\x00-\x1f\x7f]/.test(path)) return 'Its path holds control characters.';
  const segments = segmentsOf(path);
  if (segments.length > MAXIMUM_PATH_DEPTH)
    return `It lies ${segments.length} folders deep; at most ${MAXIMUM_PATH_DEPTH} are allowed.`;
  const bytes = Buffer.byteLength(path);
  if (bytes > MAXIMUM_PATH_BYTES) return `Its path has ${bytes} bytes; at most ${MAXIMUM_PATH_BYTES} are allowed.`;
  const long = segments.find((segment) => Buffer.byteLength(segment) > MAXIMUM_NAME_BYTES);
  return long === undefined
    ? null
    : `Its path holds a name of ${Buffer.byteLength(long)} bytes; Linux takes at most ${MAXIMUM_NAME_BYTES}.`;
}

/**
 * The normalised path that a link leads to, or null when that is outside. A symbolic link starts at its own folder, a hard
 * link at the root. `..` counts only in front: behind a folder that is itself a link, it would lead anywhere.
 */
export function linkDestination({ type, path, linkTarget }: TarEntry): string | null {
  const target = segmentsOf(linkTarget);
  if (isAbsolute(linkTarget) || linkTarget === '' || linkTarget.includes('\0')) return null;
  const upwards = target.findIndex((segment) => segment !== '..');
  const steps = upwards === -1 ? target.length : upwards;
  const downwards = target.slice(steps);
  const folder = type === 'symbolicLink' ? segmentsOf(path).slice(0, -1) : [];
  if (steps > folder.length || downwards.includes('..')) return null;
  return [...folder.slice(0, folder.length - steps), ...downwards].join('/');
}

/** `a` and `a/b` of `a/b/c`. */
export function* foldersOf(path: string): Generator<string> {
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) yield path.slice(0, at);
}
