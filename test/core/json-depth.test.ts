// How deep JSON may nest: to the last level, in lists and in objects, and told without recursing.
import fc from 'fast-check';
import { isTooDeep, MAXIMUM_JSON_DEPTH } from '../../lambdas/core/problems/json-depth.ts';

const lists = (levels: number, inner: unknown): unknown => {
  let value = inner;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [1, value] : { a: null, b: value };
  return value;
};

test('a hundred levels, of which an empty list is none', () => {
  for (const inner of [1, null, 'text', [], {}])
    expect([lists(MAXIMUM_JSON_DEPTH, inner), lists(MAXIMUM_JSON_DEPTH + 1, inner)].map(isTooDeep)).toEqual([
      ...[false, true],
    ]);
});

test('depth is what counts, not width', () => {
  expect(isTooDeep(lists(1_000, 1))).toBe(true);
  expect(isTooDeep(Array(100_000).fill([1]))).toBe(false);
  fc.assert(fc.property(fc.jsonValue(), (value) => !isTooDeep(value)));
});
