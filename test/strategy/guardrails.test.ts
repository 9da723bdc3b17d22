// From a strategy to its steps and to what SageMaker is asked for.
import { executionSeconds, guardrails } from '../../lambdas/core/guardrails/guardrails.ts';
import { trafficSteps } from '../../lambdas/core/guardrails/traffic-steps.ts';
import { ALL_AT_ONCE, type ResolvedStrategy } from '../../state-machine/contract/resolved-request.ts';

const strategy = (traffic: ResolvedStrategy['traffic'], rest: Partial<ResolvedStrategy> = {}): ResolvedStrategy => ({
  traffic,
  terminationWaitSeconds: 60,
  maximumExecutionSeconds: null,
  ...rest,
});
const canary = (canaryPercent: number) => strategy({ type: 'canary', canaryPercent, waitSeconds: 300 });
const linear = (stepPercent: number) => strategy({ type: 'linear', stepPercent, waitSeconds: 300 });
const rolling = (batchPercent: number) =>
  strategy({ type: 'rolling', batchPercent, waitSeconds: 300 }, { terminationWaitSeconds: 0 });
const shares = (of: ResolvedStrategy, instances: number) => trafficSteps(of, instances).map(({ share }) => share);

test.each<[string, ResolvedStrategy, number, number[]]>([
  ['all at once', ALL_AT_ONCE, 1, [1]],
  ['a tenth of twenty', canary(10), 20, [0.1, 1]],
  ['a tenth of two: one whole instance', canary(10), 2, [0.5, 1]],
  ['a tenth of 25: two', canary(10), 25, [0.08, 1]],
  ['thirds of three', linear(34), 3, [1 / 3, 2 / 3, 1]],
  ['quarters of four', linear(25), 4, [0.25, 0.5, 0.75, 1]],
  ['quarters of five: one at a time', linear(25), 5, [0.2, 0.4, 0.6, 0.8, 1]],
  ['batches of a half', rolling(50), 4, [0.5, 1]],
])('%s', (_name, of, instances, expected) => {
  const found = shares(of, instances);
  expect(found).toHaveLength(expected.length);
  for (const [index, share] of found.entries()) expect(share).toBeCloseTo(expected[index]!, 9);
});

test('the last wait is the termination wait; a rolling update waits after each batch', () => {
  expect(trafficSteps(canary(50), 2).map(({ waitSeconds }) => waitSeconds)).toEqual([300, 60]);
  expect(trafficSteps(linear(50), 2).map(({ waitSeconds }) => waitSeconds)).toEqual([300, 60]);
  expect(trafficSteps(rolling(50), 2).map(({ waitSeconds }) => waitSeconds)).toEqual([300, 300]);
});

test('time: waits, and one arrival of instances, in a rolling update one for each batch', () => {
  expect(executionSeconds(canary(50), 2, 3600)).toBe(300 + 60 + 3600);
  expect(executionSeconds(rolling(25), 4, 3600)).toBe(4 * 300 + 4 * 3600);
  expect(executionSeconds(rolling(5), 20, 3600)).toBe(28_800);
  expect(executionSeconds(canary(50), 2, 10)).toBe(600);
  expect(executionSeconds({ ...canary(50), maximumExecutionSeconds: 900 }, 2, 3600)).toBe(900);
});

test('guardrails are asked for where there is something to guard', () => {
  expect(guardrails({ strategy: ALL_AT_ONCE, patienceSeconds: 3600 }, 1, [])).toBeNull();
  const baking = { ...ALL_AT_ONCE, terminationWaitSeconds: 120 };
  expect(guardrails({ strategy: baking, patienceSeconds: 3600 }, 1, ['a'])).toEqual({
    traffic: { type: 'allAtOnce' },
    terminationWaitSeconds: 120,
    maximumExecutionSeconds: 3720,
    alarmNames: ['a'],
  });
});
