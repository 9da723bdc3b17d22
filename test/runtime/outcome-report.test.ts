// How rollouts end is counted for each stack by itself; what somebody has to do at once is counted again, for the alarm.
import middy from '@middy/core';
import { RolloutError } from '../../lambdas/core/rollout-error.ts';
import { metrics } from '../../lambdas/runtime/instruments.ts';
import { outcomeReport } from '../../lambdas/runtime/outcome-report.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { anOutcome } from '../outcome/an-outcome.ts';

/** Each metric with its dimensions, as they are published. */
async function counted(task: () => Promise<Outcome>): Promise<object[]> {
  const published: object[] = [];
  const publish = jest.spyOn(metrics, 'publishStoredMetrics').mockImplementation(() => {
    const { _aws, service: _service, ...emf } = metrics.serializeMetrics();
    published.push(emf);
    metrics.clearMetrics();
    metrics.clearDimensions();
    return metrics;
  });
  const handler = middy<unknown, Outcome>()
    .use(outcomeReport('Mine'))
    .handler(() => task());
  await handler({}, {} as never).catch(() => {});
  publish.mockRestore();
  return published;
}

test.each<[string, Partial<Outcome>, object[]]>([
  ['a success', {}, [{ stack: 'Mine', outcome: 'deployed', Outcomes: 1 }]],
  [
    'a rejection',
    { outcome: 'rejected', error: 'RequestRejected' },
    [{ stack: 'Mine', outcome: 'rejected', Outcomes: 1 }],
  ],
  [
    'one that needs attention',
    { outcome: 'needsAttention', error: 'CanaryFailed' },
    [
      { stack: 'Mine', outcome: 'needsAttention', Outcomes: 1 },
      { stack: 'Mine', NeedsSomebody: 1 },
    ],
  ],
])('%s', async (_, change, metricsOf) => {
  expect(await counted(async () => anOutcome(change))).toEqual(metricsOf);
});

test('an outcome that cannot be recorded rings, one that is tried again does not', async () => {
  const failing = (name: 'AccessDenied' | 'Throttled') => () => Promise.reject(new RolloutError(name, 'no'));
  expect(await counted(failing('AccessDenied'))).toEqual([{ stack: 'Mine', NeedsSomebody: 1 }]);
  expect(await counted(failing('Throttled'))).toEqual([]);
});
