// The error names: each is thrown or told somewhere, and the machine reacts to each.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { errorPolicies } from '../../state-machine/contract/errors.ts';

const root = path.join(import.meta.dirname, '../../lambdas');
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(path.join(root, file), 'utf8'));

// `new RolloutError('X'`, `{ Error: 'X'`, and the mappers' `rename('X')` and `failed('X'`.
const thrown = new Set(
  sources.flatMap((text) =>
    [...text.matchAll(/(?:RolloutError|rename|failed)\(\s*'([A-Za-z]+)'|Error: '([A-Za-z]+)'/g)].map(
      (match) => match[1] ?? match[2],
    ),
  ),
);

test('every name of the table is thrown or told somewhere, and no other name is', () => {
  expect([...thrown].sort()).toEqual(Object.keys(errorPolicies).sort());
});

test('a class of errors never takes its name from its constructor, which the bundler renames', () => {
  for (const text of sources) expect(text).not.toMatch(/new\.target|constructor\.name/);
});
