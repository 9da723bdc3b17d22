// Files stay small enough to be read in one go: half of them on a screen, none longer than a few.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, read } from './markdown.ts';

const MOST_LINES = 300;
const MOST_LINES_OF_HALF = 60;

/** Tables are looked up, not read: an entry more makes none harder to understand. */
const TABLES: Record<string, string> = {
  'infra/authorisations.ts': 'one entry for each API call',
  'serving-image/sagemaker_deployer/client/contract.py': 'one entry for each object of the contract, generated',
  'serving-image/inference_server/evaluate/known_attributes.py': 'one entry for each estimator, generated',
};

const NO_SOURCES = /^(\..*|node_modules|cdk\.out|dist|coverage|__pycache__|tests?)$|\.egg-info$/;
const SOURCE = /\.(ts|mjs|cjs|py|c|h)$/;

/** Of the project, without its tests. */
function sources(folder = ''): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !NO_SOURCES.test(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sources(path);
      return entry.isFile() && SOURCE.test(entry.name) ? [path] : [];
    });
}

const sizes = new Map(sources().map((file) => [file, read(file).split('\n').length - 1]));

test('the sources are found, of every language', () => {
  const languages = new Set([...sizes.keys()].map((file) => file.slice(file.lastIndexOf('.'))));
  expect([...languages]).toEqual(expect.arrayContaining(['.ts', '.mjs', '.py', '.c']));
  expect(sizes.size).toBeGreaterThan(500);
});

test(`half of them have at most ${MOST_LINES_OF_HALF} lines`, () => {
  const sorted = [...sizes.values()].sort((one, other) => one - other);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(MOST_LINES_OF_HALF);
});

test(`none but tables has more than ${MOST_LINES} lines: what is longer has more than one subject`, () => {
  const long = [...sizes].filter(([file, lines]) => lines > MOST_LINES && !(file in TABLES));
  expect(long.map(([file, lines]) => `${file}: ${lines}`)).toEqual([]);
});

test('the tables are there', () => {
  expect(Object.keys(TABLES).filter((file) => !sizes.has(file))).toEqual([]);
});
