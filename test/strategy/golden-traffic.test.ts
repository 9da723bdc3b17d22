// How much golden traffic the new fleet needs, held against the exact distribution.
import { batchSize, requestsFor } from '../../lambdas/core/guardrails/golden-traffic.ts';
import { trafficSteps } from '../../lambdas/core/guardrails/traffic-steps.ts';

/** The chance that of `count` requests, each with the chance `share`, fewer than `wanted` reach the new fleet. */
function chanceOfFewer(wanted: number, count: number, share: number): number {
  let chance = (1 - share) ** count;
  let sum = 0;
  for (let reached = 0; reached < wanted; reached++) {
    sum += chance;
    chance *= ((count - reached) / (reached + 1)) * (share / (1 - share));
  }
  return sum;
}

test.each([0.01, 0.05, 0.1, 0.25, 0.5, 0.9])(
  'at a share of %p fewer than 10 come once in a thousand, or less',
  (share) => {
    const count = requestsFor(10, share);
    expect(chanceOfFewer(10, count, share)).toBeLessThanOrEqual(0.001);
    // Not many more than needed either: half as many would not do.
    expect(chanceOfFewer(10, Math.ceil(count / 2), share)).toBeGreaterThan(0.001);
  },
);

test('all traffic: as many as are wanted', () => {
  expect(requestsFor(10, 1)).toBe(10);
});

test('a batch is for the smallest share, and for the time until the next', () => {
  const canary = { type: 'canary', canaryPercent: 10, waitSeconds: 300 } as const;
  const steps = trafficSteps({ traffic: canary, terminationWaitSeconds: 60, maximumExecutionSeconds: null }, 20);
  expect(batchSize(steps, 60)).toBe(requestsFor(10, 0.1));
  expect(batchSize(steps, 5)).toBe(Math.ceil(requestsFor(10, 0.1) / 12));
});
