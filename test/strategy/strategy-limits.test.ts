// At the limits of what SageMaker guards and watches, and what is said before anybody knows the endpoint.
import { guardrails, isGuarded } from '../../lambdas/core/guardrails/guardrails.ts';
import {
  lastingStrategyProblems,
  type StrategyFacts,
  strategyProblems,
} from '../../lambdas/core/guardrails/strategy-problems.ts';
import { bakes } from '../../lambdas/core/guardrails/traffic-steps.ts';
import { ALL_AT_ONCE, type ResolvedStrategy } from '../../state-machine/contract/resolved-request.ts';

const strategy = (traffic: ResolvedStrategy['traffic'], terminationWaitSeconds = 0): ResolvedStrategy => ({
  ...{ traffic, terminationWaitSeconds, maximumExecutionSeconds: null },
});
const canary = (waitSeconds: number, termination = 0) =>
  strategy({ type: 'canary', canaryPercent: 50, waitSeconds }, termination);
const rolling = (waitSeconds: number) => strategy({ type: 'rolling', batchPercent: 50, waitSeconds });
const alarms = { maximumErrorPercent: 5, maximumP99Milliseconds: 1000, names: [] as string[] };
const facts: StrategyFacts = {
  ...{ strategy: canary(300), alarms, instances: 2, instanceTypes: ['ml.m5.large'] },
  ...{ liveVariants: ['primary'], variantNames: ['primary'], alarmStates: {} },
};
const places = (change: Partial<StrategyFacts>) => strategyProblems({ ...facts, ...change }).map(({ where }) => where);

test.each<[string, ResolvedStrategy, boolean, boolean]>([
  ['all at once', ALL_AT_ONCE, false, false],
  ['all at once, limited', { ...ALL_AT_ONCE, maximumExecutionSeconds: 900 }, false, true],
  ['all at once, and the old fleet waits', { ...ALL_AT_ONCE, terminationWaitSeconds: 1 }, true, true],
  ['canary without any wait', canary(0), false, true],
  ['canary with a wait', canary(1), true, true],
  ['rolling without any wait', rolling(0), false, true],
  ['rolling with a wait', rolling(1), true, true],
])('%s: watched %#, and guarded', (_name, of, isWatched, guarded) => {
  expect([bakes(of), isGuarded(of)]).toEqual([isWatched, guarded]);
  expect(guardrails({ strategy: of, patienceSeconds: 1 }, 2, []) !== null).toBe(guarded);
});

test('waits may take all of the eight hours but ten minutes', () => {
  expect(places({ strategy: canary(28_000, 200) })).toEqual([]);
  expect(places({ strategy: canary(28_000, 201) })).toEqual(['strategy.waitSeconds']);
});

test('ten alarms are watched, those that the rollout makes included', () => {
  const named = (count: number, made: Partial<typeof alarms> | { maximumErrorPercent: null }) => {
    const names = Array.from({ length: count }, (_, index) => `alarm-${index}`);
    const alarmStates = Object.fromEntries(names.map((name) => [name, 'OK' as const]));
    return places({ alarms: { ...alarms, ...made, names } as StrategyFacts['alarms'], alarmStates });
  };
  const [withoutErrors, withoutLatency] = [{ maximumErrorPercent: null }, { maximumP99Milliseconds: null as never }];
  expect([named(7, {}), named(9, withoutErrors), named(8, withoutLatency)]).toEqual([[], [], []]);
  for (const tooMany of [named(8, {}), named(10, withoutErrors), named(9, withoutLatency)]) {
    expect(tooMany).toEqual(['alarms.names']);
  }
});

test('several variants hinder a rolling update alone', () => {
  const liveVariants = ['primary', 'second'];
  expect(places({ liveVariants })).toEqual([]);
  expect(places({ liveVariants, strategy: rolling(300) })).toEqual(['strategy.type']);
  const [other] = strategyProblems({ ...facts, liveVariants, variantNames: ['third'] });
  for (const name of [...liveVariants, 'third']) expect(other?.message).toContain(name);
});

test('before anybody knows the endpoint, only what is wrong of every endpoint is told', () => {
  const asked = { strategy: canary(300), alarms: { ...alarms, names: ['orders'] }, instanceTypes: ['ml.m5.large'] };
  expect(lastingStrategyProblems(asked)).toEqual([]);
  const wrong = { ...asked, strategy: ALL_AT_ONCE };
  expect(lastingStrategyProblems(wrong).map(({ where }) => where)).toEqual(['alarms']);
  const forEver = { ...asked, strategy: canary(28_201) };
  expect(lastingStrategyProblems(forEver).map(({ where }) => where)).toEqual(['strategy.waitSeconds']);
});
