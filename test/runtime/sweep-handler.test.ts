// The sweeper's function: what it is called with reaches the sweep, and so does the time that it has.
import { functionRun } from '../../lambdas/runtime/function-run.ts';
import { logger, metrics } from '../../lambdas/runtime/instruments.ts';
import { sweepHandler } from '../../lambdas/runtime/sweep-handler.ts';

test.each([
  [{ recovered: [], restarted: [], left: 0 }, 0],
  [{ recovered: [], restarted: [], left: 3 }, 1],
  [{ recovered: ['one'], restarted: [], left: 0 }, 1],
])('%j is logged %d times', async (swept, times) => {
  const warn = jest.spyOn(logger, 'warn').mockImplementation(() => {});
  const publish = jest.spyOn(metrics, 'publishStoredMetrics').mockReturnValue(metrics);
  const given: unknown[] = [];
  const handler = sweepHandler(async (event) => {
    given.push(event, functionRun.remainingMilliseconds());
    return swept;
  });
  const event = { detail: { executionArn: 'arn:one' } };
  expect(await handler(event, { getRemainingTimeInMillis: () => 1_234 } as never)).toEqual(swept);
  expect(given).toEqual([event, 1_234]);
  expect(warn).toHaveBeenCalledTimes(times);
  expect(publish).toHaveBeenCalledTimes(1);
  metrics.clearMetrics();
  jest.restoreAllMocks();
});
