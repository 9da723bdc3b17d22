// Which Python environments the tests need that Jest's parameters choose. Most need none.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of tests -> the environments that they start programs of. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'test/ab-tests': ['test'],
  'test/cloud': ['cloud', 'serving', 'trial', 'formats', 'test'],
  'test/docs': ['test'],
  'test/hosting': ['test'],
  'test/infra': ['trial'],
  'test/local': ['cloud', 'serving', 'trial'],
};

/** @param parameters patterns of paths, as Jest takes them. Where options stand among them, all that Jest may need is named. */
export function neededEnvironments(parameters: readonly string[], root: string): string[] {
  const choosesAll = parameters.length === 0 || parameters.some((parameter) => parameter.startsWith('-'));
  const folders = Object.keys(NEEDED).filter((folder) => choosesAll || isChosen(folder, parameters, root));
  return [...new Set(folders.flatMap((folder) => NEEDED[folder]!))];
}

function isChosen(folder: string, patterns: readonly string[], root: string): boolean {
  const files = readdirSync(join(root, folder)).filter((file) => file.endsWith('.test.ts'));
  return patterns.some((pattern) => {
    const matches = new RegExp(pattern, 'i');
    return files.some((file) => matches.test(join(root, folder, file)));
  });
}
