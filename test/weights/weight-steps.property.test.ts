// In which steps weights move, whatever they are: the shares go evenly from what is live to exactly what is wanted.
import fc from 'fast-check';
import { firstWeights } from '../../lambdas/core/weights/first-weights.ts';
import { neededInstances } from '../../lambdas/core/weights/share-capacity.ts';
import { gainsShare, sameWeights, sharesOf, sharesText } from '../../lambdas/core/weights/shares.ts';
import { weightSteps } from '../../lambdas/core/weights/weight-steps.ts';
import { weightsPaceText } from '../../lambdas/core/weights/weights-pace-text.ts';
import { ALL_AT_ONCE, type ResolvedStrategy } from '../../state-machine/contract/resolved-request.ts';
import { runs } from '../setup/runs.ts';

const strategyOf = (traffic: ResolvedStrategy['traffic'], terminationWaitSeconds = 0): ResolvedStrategy => ({
  ...{ traffic, terminationWaitSeconds, maximumExecutionSeconds: null },
});
const canary = strategyOf({ type: 'canary', canaryPercent: 10, waitSeconds: 300 }, 60);
const linear = strategyOf({ type: 'linear', stepPercent: 30, waitSeconds: 300 }, 60);
const rolling = strategyOf({ type: 'rolling', batchPercent: 50, waitSeconds: 300 });
const strategies = [ALL_AT_ONCE, canary, linear, rolling];

const NAMES = ['a', 'b', 'c', 'd'];
const weights = fc
  .array(fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1_000_000, noNaN: true })), {
    minLength: 2,
    maxLength: 4,
  })
  .filter((list) => list.some((weight) => weight > 0))
  .map((list) => Object.fromEntries(list.map((weight, index) => [NAMES[index] as string, weight])));
const both = weights.chain((from) =>
  fc.tuple(
    fc.constant(from),
    weights.map((to) => Object.fromEntries(Object.keys(from).map((name) => [name, to[name] ?? 1]))),
  ),
);

test('a strategy says of the way what it says of an update', () => {
  const [from, to] = [
    { a: 90, b: 10 },
    { a: 5, b: 5 },
  ];
  expect(weightSteps(from, to, ALL_AT_ONCE)).toEqual([{ weights: to, waitSeconds: 0 }]);
  expect(weightSteps(from, to, canary)).toEqual([
    { weights: { a: 8.6, b: 1.4 }, waitSeconds: 300 },
    { weights: to, waitSeconds: 60 },
  ]);
  expect(weightSteps(from, to, linear)).toEqual([
    { weights: { a: 7.8, b: 2.2 }, waitSeconds: 300 },
    { weights: { a: 6.6, b: 3.4 }, waitSeconds: 300 },
    { weights: { a: 5.4, b: 4.6 }, waitSeconds: 300 },
    { weights: to, waitSeconds: 60 },
  ]);
  expect(weightSteps(from, to, rolling).map(({ waitSeconds }) => waitSeconds)).toEqual([300, 300]);
  expect(weightsPaceText(weightSteps(from, to, canary))).toBe(
    'a 86 %, b 14 %, 300 s; a 50 %, b 50 %, 60 s: waits of 360 s in all',
  );
});

test('other numbers of the same shares need no wait, and the same numbers no step', () => {
  expect(weightSteps({ a: 90, b: 10 }, { a: 9, b: 1 }, linear)).toEqual([{ weights: { a: 9, b: 1 }, waitSeconds: 0 }]);
  // As 32-bit floats come back.
  expect(weightSteps({ a: 0.10000000149011612, b: 1 }, { a: 0.1, b: 1 }, linear)).toEqual([]);
});

test('every step brings each share nearer to what is wanted, and the last one is exactly that', () => {
  fc.assert(
    fc.property(both, fc.constantFrom(...strategies), ([from, to], strategy) => {
      const steps = weightSteps(from, to, strategy);
      if (sameWeights(from, to)) return expect(steps).toEqual([]);
      expect(steps.at(-1)?.weights).toEqual(to);
      const way = [from, ...steps.map((step) => step.weights)].map((each) => sharesOf(each));
      for (const [index, shares] of way.entries()) {
        const before = way[index - 1];
        if (before === undefined) continue;
        for (const name of Object.keys(to)) {
          const [was = 0, is = 0, wanted = 0] = [before[name], shares[name], sharesOf(to)[name]];
          expect(Math.abs(wanted - is)).toBeLessThanOrEqual(Math.abs(wanted - was) + 1e-4);
        }
      }
    }),
    { numRuns: runs(300) },
  );
});

test('who gains has room for its part of the instances, and all of them together for all', () => {
  fc.assert(
    fc.property(both, fc.integer({ min: 1, max: 100 }), ([from, to], instances) => {
      const needed = neededInstances(from, to, instances);
      expect([...needed.keys()]).toEqual(gainsShare(from, to));
      for (const [name, count] of needed) {
        expect(count).toBeGreaterThanOrEqual((sharesOf(to)[name] ?? 0) * instances - 1e-6);
        expect(count).toBeLessThanOrEqual(instances);
      }
    }),
    { numRuns: runs(300) },
  );
});

describe('an update begins', () => {
  const live = (weightOf: Record<string, number>) =>
    Object.entries(weightOf).map(([name, weight]) => ({
      ...{ name, role: 'production' as const, weight, initialWeight: 1 },
      ...{ desiredInstanceCount: 1, instanceType: 'ml.m5.large' },
    }));

  test.each([
    ['with the weights that are live', { a: 9, b: 1 }, { a: 1, b: 1 }, { a: 9, b: 1 }],
    ['without traffic for what is new', { a: 9, b: 1 }, { a: 1, b: 1, c: 1 }, { a: 9, b: 1, c: 0 }],
    ['with what is wanted where nothing that gets traffic stays', { a: 9, b: 0 }, { b: 1, c: 3 }, { b: 1, c: 3 }],
    ['with what is wanted where the shares are that already', { a: 9, b: 1 }, { a: 1 }, { a: 1 }],
  ] as const)('%s', (_what, now, wanted, first) => {
    expect(firstWeights(wanted, live(now))).toEqual(first);
  });
});

test('shares are told with one decimal', () => {
  expect(sharesText({ a: 2, b: 1, c: 0 })).toBe('a 66.7 %, b 33.3 %, c 0 %');
});
