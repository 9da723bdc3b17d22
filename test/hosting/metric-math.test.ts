/** The expressions of metric math that alarms on a fleet use. */

import { expression } from '../../local/hosting/metric-math.ts';

const computed = (text: string, datapoints: Record<string, number> = {}) =>
  expression(text).compute((id) => datapoints[id]);

test.each<[string, Record<string, number>, number | undefined]>([
  ['1 + 2 * 3 - 4 / 2', {}, 5],
  ['(1 + 2) * -3', {}, -9],
  ['10 - 3 - 2', {}, 5],
  ['a / b', { a: 1, b: 0 }, undefined],
  ['a + b', { a: 1 }, undefined],
  ['a >= 2', { a: 2 }, 1],
  ['a > 2', { a: 2 }, 0],
  ['IF(a >= 10, 100 * b / a, 0)', { a: 20, b: 5 }, 25],
  ['IF(a >= 10, 100 * b / a, 0)', { a: 9, b: 9 }, 0],
  ['IF(a >= 10, 100 * b / a, 0)', {}, undefined],
  ['IF(a, 1, 2)', { a: 0 }, 2],
  ['FILL(a, 0) + 1', {}, 1],
  ['FILL(a, 0) + 1', { a: 2.5 }, 3.5],
  ['IF(a>1,(b-c)/a,0)', { a: 2, b: 5, c: 1 }, 2],
])('%s of %j is %p', (text, datapoints, result) => {
  expect(computed(text, datapoints)).toBe(result);
});

test('names the ids that it uses', () => {
  expect([...expression('IF(requests >= 10, errors / requests, 0)').ids]).toEqual(['requests', 'errors']);
});

test.each(['', 'a +', '(a', 'IF(a, b)', 'SUM(a)', 'a b', '1.2.3', 'a # b', 'Abc'])('%s is refused', (text) => {
  expect(() => computed(text)).toThrow(/Error in expression/);
});
