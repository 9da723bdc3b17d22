// What an archive holds, entry by entry, and what is wrong with it.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { problem } from '../problems/problems.ts';
import { ArchiveDefect } from './defect.ts';
import { MAXIMUM_ENTRIES } from './limits.ts';
import { foldersOf, linkDestination, normalised, pathProblem } from './paths.ts';
import type { TarEntry, TarEntryType } from './tar-reader.ts';

/** What bsdtar on macOS, its Finder and Windows's Explorer put beside the files. */
const isLitter = (path: string) => /(^|\/)(\._[^/]*|\.DS_Store|Thumbs\.db|__MACOSX(\/.*)?)$/.test(path);

const refusals: Partial<Record<TarEntryType, string>> = {
  device: 'It is a device. A model archive holds files and folders only.',
  fifo: 'It is a pipe (FIFO). A model archive holds files and folders only.',
  sparse: 'It is stored as a sparse file, which not every tar can read. Make the archive without --sparse.',
  unknown: 'It is of a kind that is neither file, folder nor link. A model archive holds files and folders only.',
};

export interface ArchiveContents {
  /** Takes note of an entry; its normalised path, or null when it is refused. Throws `ArchiveDefect` at one too many. */
  add(entry: TarEntry): string | null;
  /** The author's files: ordinary ones, and links that lead to one. */
  files(): string[];
  /** The file that a link leads to, or the path itself. */
  resolved(path: string): string;
  /** What is wrong with the entries. */
  problems(): Problem[];
}

export function archiveContents(): ArchiveContents {
  const types = new Map<string, TarEntryType>();
  const links = new Map<string, string>();
  const problems: Problem[] = [];
  let entries = 0;
  const refuse = (entry: TarEntry, message: string) => {
    problems.push(problem(entry.path, message));
    return null;
  };

  function addLink(entry: TarEntry, path: string): string | null {
    const destination = linkDestination(entry);
    if (destination === null)
      return refuse(entry, `It is a link that leads out of the archive, to "${entry.linkTarget}".`);
    if (entry.type === 'hardLink' && types.get(destination) !== 'file' && types.get(destination) !== 'hardLink')
      return refuse(entry, `It is a hard link to "${entry.linkTarget}", and no such file comes before it.`);
    links.set(path, destination);
    return path;
  }

  const isFile = (path: string) => {
    const type = types.get(links.get(path) ?? path);
    return type === 'file' || type === 'hardLink';
  };

  return {
    add(entry) {
      entries += 1;
      if (entries > MAXIMUM_ENTRIES)
        throw new ArchiveDefect(`The archive has more than ${MAXIMUM_ENTRIES} entries; that is the most allowed.`);
      const wrong = pathProblem(entry.path) ?? refusals[entry.type];
      if (wrong !== undefined) return refuse(entry, wrong);
      const path = normalised(entry.path);
      if (path === '') return entry.type === 'directory' ? path : refuse(entry, 'It has no name.');
      const earlier = types.get(path);
      if (earlier !== undefined && !(earlier === 'directory' && entry.type === 'directory'))
        return refuse(entry, 'It is in the archive twice; which one is extracted depends on the tool.');
      types.set(path, entry.type);
      return entry.type === 'hardLink' || entry.type === 'symbolicLink' ? addLink(entry, path) : path;
    },
    resolved(path) {
      // A hard link leads to what comes before it, a symbolic one anywhere: more steps than links are a circle.
      let at = path;
      for (let step = 0; step < links.size && links.has(at); step++) at = links.get(at)!;
      return at;
    },
    files: () => [...types.keys()].filter((path) => isFile(path) && !isLitter(path)),
    problems() {
      const beneath = new Map<string, string>();
      for (const path of types.keys()) {
        for (const folder of foldersOf(path)) {
          if ((types.get(folder) ?? 'directory') !== 'directory') beneath.set(folder, path);
        }
      }
      const misplaced = [...beneath].map(([folder, path]) =>
        problem(folder, `It is a file or a link, and yet "${path}" lies in it as in a folder.`),
      );
      return [...problems, ...misplaced];
    },
  };
}
