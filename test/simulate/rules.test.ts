// A sample of the simulation: no scenario breaks a rule, each seeded defect is caught, and a seed gives the same run again.
import { seeded } from '../../local/hosting/seeded.ts';
import { rules } from '../../simulate/judging/rules.ts';
import { seededDefects } from '../../simulate/seeded-defects/defects.ts';
import { playSeededDefects } from '../../simulate/seeded-defects/play.ts';
import { catalogue, suites } from '../../simulate/suites/catalogue.ts';
import { play, type Scenario } from '../../simulate/suites/scenario.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import { tasks } from '../../simulate/world/functions.ts';
import { stepNames, steps } from '../../state-machine/contract/steps.ts';
import { isNightly, runs } from '../setup/runs.ts';

const SEED = 20260101;
const SAMPLE_OF_EACH = runs(40);
const everyNthMoment = isNightly ? 1 : 5;

/** Some of each suite, drawn. */
async function sample(): Promise<Scenario[]> {
  const draw = seeded(SEED);
  const all = await catalogue({ seed: SEED, pairs: 200, everyNthMoment });
  return Object.keys(suites).flatMap((suite) => {
    const of = all.filter((scenario) => scenario.suite === suite);
    return Array.from({ length: SAMPLE_OF_EACH }, () => of[Math.floor(draw() * of.length)]!);
  });
}

test('whatever fails, the ten rules hold', async () => {
  const broken: string[] = [];
  let executions = 0;
  for (const scenario of await sample()) {
    const verdict = await play(engineAsItIs(), scenario, SEED);
    executions += verdict.executions;
    for (const { rule, what } of verdict.violations)
      broken.push(`${rule}: ${scenario.suite} ${scenario.name}: ${what}`);
  }
  expect(broken).toEqual([]);
  expect(executions).toBeGreaterThan(runs(300));
}, 300_000);

test('each rule has a seeded defect, and catches it', async () => {
  expect([...new Set(seededDefects.map(({ rule }) => rule))]).toEqual(rules.map(({ name }) => name));
  const results = await playSeededDefects(SEED);
  expect(results.filter(({ caught }) => !caught)).toEqual([]);
}, 300_000);

/** Every call with its moment. */
async function callsOf(scenario: Scenario, seed: number): Promise<string[]> {
  const { evidence } = await scenario.run(engineAsItIs(), seed);
  return evidence.stack.account.calls.map(
    ({ at, by, operation, error }) => `${at} ${by.of.name} ${operation} ${error}`,
  );
}

test.each(Object.keys(suites))(
  'the same seed is the same run, call for call: %s',
  async (suite) => {
    const scenarios: Scenario[] = [];
    for await (const scenario of await suites[suite]!.scenarios({ seed: SEED, pairs: 20, everyNthMoment }))
      scenarios.push(scenario);
    for (const part of [0.2, 0.5, 0.8]) {
      const scenario = scenarios[Math.floor(part * scenarios.length)]!;
      expect(await callsOf(scenario, 1)).toEqual(await callsOf(scenario, 1));
    }
  },
  60_000,
);

test('another seed is another run', async () => {
  const [scenario] = await catalogue({ seed: SEED, pairs: 0, only: 'abort update: ABORTED entering DeployEndpoint' });
  expect(await callsOf(scenario!, 1)).not.toEqual(await callsOf(scenario!, 2));
}, 60_000);

test('every task of the machine is simulated, with the time of its function', () => {
  expect(Object.keys(tasks).sort()).toEqual([...stepNames].sort());
  const { functions } = engineAsItIs();
  for (const step of stepNames) expect(functions[step]?.timeoutSeconds).toBe(steps[step].functionTimeoutSeconds);
});
