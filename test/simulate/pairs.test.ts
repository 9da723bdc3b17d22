// Pairs of faults: one is found by its name, all that differ come one at a time, and what is left out is the same as something else.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { faultScenario, faultsIn } from '../../simulate/suites/faults.ts';
import { allPairs, coursesOf, drawnPairs, pairNamed, traceOf } from '../../simulate/suites/pairs.ts';
import { play, type Scenario } from '../../simulate/suites/scenario.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import { type CallFault, nameOfFault } from '../../simulate/world/faults.ts';
import { runs } from '../setup/runs.ts';

const SITUATION = 'retire';
const SAMPLE = Math.max(10, runs(40));

/** Every call with its moment: two runs of one seed that differ in anything differ here. */
async function callsOf(scenario: Scenario): Promise<string[]> {
  const { evidence } = await scenario.run(engineAsItIs(), 1);
  return evidence.stack.account.calls.map(
    ({ at, by, operation, error, tookEffect }) => `${at} ${by.of.name} ${operation} ${error} ${tookEffect}`,
  );
}

test('a pair is found by its name, whatever else is drawn', async () => {
  const [drawn] = await drawnPairs(1, 5);
  const found = await pairNamed(drawn!.name);
  expect(found?.name).toBe(drawn!.name);
  expect(await callsOf(found!)).toEqual(await callsOf(drawn!));
  expect(await pairNamed(drawn!.name.slice(0, -3))).toBeNull();
  expect(await pairNamed('retire: no fault + another, 3 attempts')).toBeNull();
}, 60_000);

describe('all pairs of a situation', () => {
  const names = new Set<string>();
  const nameOf = (one: CallFault, other: CallFault) => faultScenario(SITUATION, [one, other], 3).name;
  let all: CallFault[] = [];
  let standing: CallFault[] = [];

  beforeAll(async () => {
    for await (const { name } of allPairs([SITUATION])) names.add(name);
    all = await faultsIn(SITUATION);
    standing = (await coursesOf(SITUATION)).map(({ fault }) => fault);
  }, 300_000);

  test('are far fewer than there are, and each is of two faults that stand for themselves', () => {
    expect(names.size).toBeGreaterThan(10_000);
    expect(names.size).toBeLessThan((all.length * (all.length - 1)) / 2 / 5);
    const known = new Set(standing.map(nameOfFault));
    for (const name of names)
      for (const part of name.replace(/^retire: |, 3 attempts$/g, '').split(' + ')) expect(known).toContain(part);
  });

  test('leave out what never meets, call for call, and what left no trace for the other', async () => {
    const leftOut = standing.flatMap((one, index) =>
      standing.slice(index + 1).flatMap((other) => (names.has(nameOf(one, other)) ? [] : [[one, other] as const])),
    );
    expect(leftOut.length).toBeGreaterThan(1_000);
    const different: string[] = [];
    const sampled = leftOut.filter((_, index) => index % Math.ceil(leftOut.length / SAMPLE) === 0);
    for (const [one, other] of sampled) {
      const both = await callsOf(faultScenario(SITUATION, [one, other], 3));
      const alone = await Promise.all([[one], [other]].map((faults) => callsOf(faultScenario(SITUATION, faults, 3))));
      if (alone.some((calls) => JSON.stringify(calls) === JSON.stringify(both))) continue;
      const traces = await Promise.all([[one], [other]].map((faults) => traceOf(SITUATION, faults)));
      if (!traces.includes(await traceOf(SITUATION, [one, other]))) different.push(nameOf(one, other));
    }
    // Pauses differ in length, so that now and then something is met in another order.
    expect(different.length).toBeLessThanOrEqual(1);
  }, 300_000);

  test('hold the rules, some of them drawn', async () => {
    const drawn = [...names].filter((_, index) => index % Math.ceil(names.size / 20) === 0);
    for (const name of drawn) {
      const { violations, met } = await play(engineAsItIs(), (await pairNamed(name))!, 1);
      expect({ name, met, violations }).toEqual({ name, met: true, violations: [] });
    }
  }, 300_000);
});

test('the parts of a run are the whole run', () => {
  const played = (share: string): number => {
    const only = ['--only', 'fault retire: LeaseEndpoint dynamodb:PutItem', '--processes', '1', '--share', share];
    const main = path.join(import.meta.dirname, '../../simulate/main.ts');
    return JSON.parse(execFileSync(process.execPath, [main, '--json', ...only], { encoding: 'utf8' })).scenarios;
  };
  const whole = played('1/1');
  const parts = ['1/2', '2/2'].map(played);
  expect(whole).toBeGreaterThan(30);
  expect(parts.reduce((sum, part) => sum + part)).toBe(whole);
  expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(8);
}, 300_000);
