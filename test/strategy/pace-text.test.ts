// Every wait of an update is told before it begins, and a wait that nobody asked for is no longer than those that somebody did.
import { paceText } from '../../lambdas/core/guardrails/pace-text.ts';
import { trafficSteps, waitsInAll } from '../../lambdas/core/guardrails/traffic-steps.ts';
import { resolveStrategy } from '../../lambdas/core/request/resolve-strategy.ts';
import type { RolloutRequest } from '../../state-machine/contract/request.ts';

const resolved = (strategy: RolloutRequest['strategy']) => resolveStrategy({ strategy }, 0).strategy;
const canary = (more: object = {}) => resolved({ type: 'canary', canaryPercent: 10, waitSeconds: 15, ...more });

test.each<[string, RolloutRequest['strategy'], number, string | null]>([
  ['nothing', undefined, 2, null],
  ['all at once', { type: 'allAtOnce' }, 2, null],
  [
    'a canary of a tenth, of ten',
    { type: 'canary', canaryPercent: 10, waitSeconds: 15 },
    10,
    '10 %, 15 s; 100 %, 15 s until the old fleet goes: waits of 30 s in all',
  ],
  [
    'a canary of a tenth, of two',
    { type: 'canary', canaryPercent: 10, waitSeconds: 15, terminationWaitSeconds: 60 },
    2,
    '50 %, 15 s; 100 %, 60 s until the old fleet goes: waits of 75 s in all',
  ],
  [
    'rolling in many steps',
    { type: 'rolling', batchPercent: 10, waitSeconds: 60 },
    10,
    '10 %, 60 s; 20 %, 60 s; ...; 100 %, 60 s: waits of 600 s in all',
  ],
])('%s', (_, strategy, instances, told) => {
  expect(paceText(resolved(strategy), instances)).toBe(told);
});

test.each([
  [15, 15],
  [300, 300],
  [3600, 300],
])('after waits of %i s the old fleet stays %i s unless another time is asked for', (waitSeconds, stays) => {
  expect(canary({ waitSeconds }).terminationWaitSeconds).toBe(stays);
  expect(canary({ waitSeconds, terminationWaitSeconds: 7 }).terminationWaitSeconds).toBe(7);
});

test('a canary waits as long as its waits add up to', () => {
  expect(waitsInAll(trafficSteps(canary(), 10))).toBe(30);
});
