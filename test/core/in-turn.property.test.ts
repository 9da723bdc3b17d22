// Where a sweep begins: elsewhere each time, nothing is lost, and nothing is passed over for long.
import fc from 'fast-check';
import { rotateStart } from '../../lambdas/core/recovery/rotate-start.ts';

const MINUTE = 60_000;
const list = (length: number) => Array.from({ length }, (_, index) => index);
const sweep = (number: number) => new Date(number * 5 * MINUTE);
/** About the year 2026. */
const anySweep = fc.nat(1_000_000);

test('a sweep goes once around', () => {
  fc.assert(
    fc.property(fc.nat(300), anySweep, (length, number) => {
      const [first = 0] = rotateStart(list(length), sweep(number));
      expect(rotateStart(list(length), sweep(number))).toEqual(list(length).map((index) => (first + index) % length));
    }),
  );
});

test('sweeps that manage a part of the list have seen all of it after twice as many as there are parts', () => {
  const parts = fc.integer({ min: 1, max: 50 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), parts, anySweep, (length, ofParts, begun) => {
      const seen = new Set<number>();
      for (let number = begun; number < begun + 2 * ofParts; number += 1)
        for (const one of rotateStart(list(length), sweep(number)).slice(0, Math.ceil(length / ofParts))) seen.add(one);
      expect(seen.size).toBe(length);
    }),
  );
});

test('two within the same five minutes begin at the same place', () => {
  expect(rotateStart(list(1_000), new Date(sweep(8).getTime() - 1))).toEqual(rotateStart(list(1_000), sweep(7)));
  expect(rotateStart(list(1_000), sweep(8))).not.toEqual(rotateStart(list(1_000), sweep(7)));
});
