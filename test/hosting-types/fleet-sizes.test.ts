// Rule 6 for each variant by its name: none ever loses instances that serve.
import fc from 'fast-check';
import {
  fleetSizes,
  largestFleet,
  retainsInstanceCounts,
  smallestFleet,
} from '../../lambdas/core/hosting/fleet-sizes.ts';
import { aVariant } from '../core/a-variant.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';

const { hosting } = aResolvedRequest();
const names = ['a', 'b', 'c'] as const;
const wanted = (counts: readonly number[]) =>
  counts.map((instanceCount, index) => aVariant({ name: names[index]!, capacity: { ...hosting, instanceCount } }));
const serving = (counts: readonly number[]) =>
  counts.map((desiredInstanceCount, index) => ({ name: names[index]!, desiredInstanceCount }));

test('a fleet is as large as what serves or is asked for, by name; a shadow and what is serverless have none', () => {
  const sizes = fleetSizes(wanted([1, 5]), serving([3, 2]));
  expect([...sizes]).toEqual([
    ['a', 3],
    ['b', 5],
  ]);
  expect([smallestFleet(sizes), largestFleet(sizes)]).toEqual([3, 5]);
  const serverless = { type: 'serverless', memoryMegabytes: 1024, maximumConcurrency: 1 } as const;
  const none = fleetSizes([aVariant({ role: 'shadow' }), aVariant({ capacity: serverless })], serving([3]));
  expect([[...none], smallestFleet(none), largestFleet(none)]).toEqual([[], 1, 1]);
});

test.each<[number[], number[], boolean]>([
  [[1], [3], true],
  [[3], [3], true],
  [[4], [3], false],
  [[4, 1], [3, 1], false],
  [[4, 1], [3, 2], true],
  [[1], [], false],
])('wanted %j where %j serve: what serves is retained: %s', (then, now, isRetained) => {
  expect(retainsInstanceCounts(wanted(then), serving(now))).toBe(isRetained);
});

const counts = fc.array(fc.nat({ max: 9 }), { minLength: 3, maxLength: 3 });
test('whatever is wanted, no variant has fewer instances after the update', () => {
  fc.assert(
    fc.property(counts, counts, (then, now) => {
      const isRetained = retainsInstanceCounts(wanted(then), serving(now));
      for (const [index, count] of now.entries())
        expect(isRetained ? count : then[index]).toBeGreaterThanOrEqual(count);
    }),
  );
});
