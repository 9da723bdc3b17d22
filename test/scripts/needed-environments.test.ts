// Which environments a run of tests prepares: a folder of unit tests none, since making them takes minutes.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { neededEnvironments } from '../../scripts/needed-environments.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const needed = (...parameters: string[]) => neededEnvironments(parameters, ROOT).sort();

test.each([
  ['test/request', []],
  ['resolve-request', []],
  ['test/cloud', ['cloud', 'formats', 'serving', 'test', 'trial']],
  ['Shared-Cloud', ['cloud', 'formats', 'serving', 'test', 'trial']],
  ['test/hosting', ['test']],
  [join(ROOT, 'test/local/gateway.test.ts'), ['cloud', 'serving', 'trial']],
])('a run of %s needs %j', (pattern, environments) => {
  expect(needed(pattern)).toEqual(environments);
});

test('a run of several needs what any of them needs; one that may be of everything needs everything', () => {
  expect(needed('test/request', 'test/docs')).toEqual(['test']);
  expect(needed()).toEqual(['cloud', 'formats', 'serving', 'test', 'trial']);
  expect(needed('-t', 'lease')).toEqual(['cloud', 'formats', 'serving', 'test', 'trial']);
});

test('every folder that starts programs of an environment is known', () => {
  const starts = /\.venv\W{1,5}(cloud|serving|formats|test)\b|pythonProgram\(|\bstart(Cloud|MiniStack)\(|FIRST_RUN/;
  const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' });
  const folders = files
    .filter((file) => file.endsWith('.ts') && starts.test(readFileSync(join(ROOT, 'test', file), 'utf8')))
    .map((file) => `test/${dirname(file)}`);
  const unknown = [...new Set(folders)].filter((folder) => needed(folder).length === 0);
  // This file names the programs without starting them.
  expect(unknown).toEqual(['test/scripts']);
  expect(folders.length).toBeGreaterThan(5);
});
