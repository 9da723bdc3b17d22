// What the example says of two variants' errors: it decides only with the requests that its question needs.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pythonProgram } from '../hosting/python.ts';
import { EXAMPLES } from './pickers.ts';

function compare(...parameters: (number | string)[]) {
  const program = join(EXAMPLES, 'compare_variants.py');
  const run = spawnSync(pythonProgram('python'), [program, ...parameters.map(String)], { encoding: 'utf8' });
  return [run.status, run.stdout.trim()];
}

test.each<[string, (number | string)[], number, string]>([
  ['one request too few', [23, 2319, 46, 2318], 3, 'Undecided: 2319 requests of each variant are needed.'],
  ['one per cent against two', [23, 2319, 46, 2319], 0, 'They differ: 0.99% and 1.98%, p = 0.0053.'],
  ['no doubt', [210, 20900, 47, 2322], 0, 'They differ: 1.00% and 2.02%, p < 0.0001.'],
  ['the same', [23, 2319, 24, 2319], 1, 'No difference was found: 0.99% and 1.03%, p = 0.8834.'],
  ['no errors at all', [0, 2319, 0, 2319], 1, 'No difference was found: 0.00% and 0.00%, p = 1.0000.'],
  [
    'a smaller difference',
    [1, 2319, 2, 2319, '--detect', '0.015'],
    3,
    'Undecided: 7750 requests of each variant are needed.',
  ],
])('%s', (_, parameters, status, said) => {
  expect(compare(...parameters)).toEqual([status, said]);
});
