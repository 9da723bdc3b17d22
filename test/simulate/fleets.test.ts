// Rollouts that share a few calls a second: all converge, near the least possible time, each with as many calls as one alone.
import { fleet } from '../../simulate/fleets/play.ts';

test.each([
  [10, 1],
  [20, 1],
  [50, 10],
])('%i endpoints at %i calls a second', async (endpoints, rate) => {
  const result = await fleet('small', endpoints, 1, rate, 1);
  expect(result.violations).toEqual([]);
  expect(result.outcomes.deployed).toBe(endpoints);
  expect(result.refusedPerRollout).toBeGreaterThan(0);
  expect(result.timesTheIdeal).toBeLessThanOrEqual(endpoints < 50 ? 3 : 2);
  expect(result.callsPerRollout).toBeLessThanOrEqual(1.1 * result.callsAlone);
});
