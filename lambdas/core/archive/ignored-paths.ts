// `ignore` of a request: files and folders of the archive of which its author says that the image may leave them aside.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { nearest } from '../problems/nearest.ts';
import { problem } from '../problems/problems.ts';
import { foldersOf, normalised } from './paths.ts';

const asWritten = (path: string) => normalised(path) + (path.endsWith('/') ? '/' : '');

/** A folder ends with a slash and stands for all that lies in it. */
export function isIgnored(path: string, ignore: readonly string[]): boolean {
  return ignore.map(asWritten).some((each) => (each.endsWith('/') ? path.startsWith(each) : path === each));
}

/** `model`: the file that the image serves; null when that is not known. */
export function ignoreProblems(ignore: readonly string[], files: readonly string[], model: string | null): Problem[] {
  return ignore.flatMap((path, index) => {
    const where = `ignore.${index}`;
    if (model !== null && isIgnored(model, [path]))
      return [problem(where, `"${path}" is the model, which the image serves. Leave it out.`)];
    if (files.some((file) => isIgnored(file, [path]))) return [];
    const folders = new Set(files.flatMap((file) => [...foldersOf(file)].map((folder) => `${folder}/`)));
    const near = nearest(asWritten(path), [...files, ...folders]);
    const hint = near === null ? ' Leave it out.' : ` Did you mean "${near}"?`;
    return [problem(where, `The archive holds no "${path}".${hint}`)];
  });
}
