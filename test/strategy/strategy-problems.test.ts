// What is refused before anything is made, and what is not.
import { type StrategyFacts, strategyProblems } from '../../lambdas/core/guardrails/strategy-problems.ts';
import { ALL_AT_ONCE, type ResolvedStrategy } from '../../state-machine/contract/resolved-request.ts';

const canary: ResolvedStrategy = {
  traffic: { type: 'canary', canaryPercent: 50, waitSeconds: 300 },
  terminationWaitSeconds: 300,
  maximumExecutionSeconds: null,
};
const linear = (stepPercent: number, waitSeconds = 600): ResolvedStrategy => ({
  ...canary,
  traffic: { type: 'linear', stepPercent, waitSeconds },
});
const rolling: ResolvedStrategy = {
  ...canary,
  traffic: { type: 'rolling', batchPercent: 50, waitSeconds: 300 },
  terminationWaitSeconds: 0,
};
const alarms = { maximumErrorPercent: 5, maximumP99Milliseconds: 1000, names: [] as string[] };
const facts: StrategyFacts = {
  strategy: canary,
  alarms,
  instances: 2,
  instanceTypes: ['ml.m5.large'],
  liveVariants: ['primary'],
  variantNames: ['primary'],
  alarmStates: {},
};

test.each<[string, Partial<StrategyFacts>]>([
  ['half of two instances', {}],
  ['all at once on one instance', { strategy: ALL_AT_ONCE, alarms: null, instances: 1 }],
  [
    'all at once on Inf1, which is what it does anyway',
    { strategy: ALL_AT_ONCE, alarms: null, instanceTypes: ['ml.inf1.xlarge'] },
  ],
  ['a bake on one instance', { strategy: { ...ALL_AT_ONCE, terminationWaitSeconds: 300 }, instances: 1 }],
  ['Inf2', { instanceTypes: ['ml.inf2.xlarge'] }],
  ['an own alarm that is OK', { alarms: { ...alarms, names: ['p'] }, alarmStates: { p: 'OK' } }],
  ['an own alarm without data yet', { alarms: { ...alarms, names: ['p'] }, alarmStates: { p: 'INSUFFICIENT_DATA' } }],
])('%s: no problem', (_name, change) => {
  expect(strategyProblems({ ...facts, ...change })).toEqual([]);
});

const many = Array.from({ length: 8 }, (_, index) => `alarm-${index}`);

test.each<[string, Partial<StrategyFacts>, string, RegExp]>([
  ['canary on one instance', { instances: 1 }, 'strategy.type', /takes at least 2 instances; the endpoint has 1/],
  [
    'canary on two variants, one of which has one instance',
    { instances: 1, liveVariants: ['primary', 'b'], variantNames: ['primary', 'b'] },
    'strategy.type',
    /2 instances; one of its variants has 1/,
  ],
  ['linear on one instance', { instances: 1, strategy: linear(50) }, 'strategy.type', /at least 2 instances/],
  ['rolling on one instance', { instances: 1, strategy: rolling }, 'strategy.type', /at least 2 instances/],
  ['Inf1', { instanceTypes: ['ml.inf1.xlarge'] }, 'strategy.type', /silently updates ml\.inf1\.xlarge all at once/],
  [
    'another variant name',
    { variantNames: ['AllTraffic'] },
    'strategy.type',
    /serves the variant primary.*"AllTraffic"/,
  ],
  ['rolling over two variants', { strategy: rolling, liveVariants: ['primary', 'b'] }, 'strategy.type', /has 2/],
  [
    'waits that are as long as the time allowed',
    { strategy: { ...canary, maximumExecutionSeconds: 600 } },
    'strategy.maximumExecutionSeconds',
    /together take 600 s.* after 600 s/,
  ],
  [
    'ten waits of an hour',
    { strategy: linear(10, 3600), instances: 10 },
    'strategy.waitSeconds',
    /together take 32700 s/,
  ],
  [
    'more steps on few instances than the percentage says',
    { strategy: { ...linear(40, 1000), maximumExecutionSeconds: 3000 }, instances: 4 },
    'strategy.maximumExecutionSeconds',
    /together take 3300 s/,
  ],
  ['alarms that nothing waits for', { strategy: ALL_AT_ONCE }, 'alarms', /this strategy never does/],
  [
    'too many alarms',
    { alarms: { ...alarms, names: many }, alarmStates: Object.fromEntries(many.map((name) => [name, 'OK' as const])) },
    'alarms.names',
    /Found 8.*at most 10, and 3/,
  ],
  ['an alarm that is not there', { alarms: { ...alarms, names: ['p'] } }, 'alarms.names.0', /no alarm "p"/],
  [
    'an alarm in ALARM',
    { alarms: { ...alarms, names: ['q', 'p'] }, alarmStates: { q: 'OK', p: 'ALARM' } },
    'alarms.names.1',
    /in ALARM already/,
  ],
])('%s: refused', (_name, change, where, message) => {
  expect(strategyProblems({ ...facts, ...change })).toEqual([{ where, message: expect.stringMatching(message) }]);
});
