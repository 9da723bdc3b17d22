// A sample of the simulation: no scenario breaks a rule, each planted bug is caught, and a seed gives the same run again.
import { seeded } from '../../local/hosting/seeded.ts';
import { catalogue, families } from '../../simulate/catalogue.ts';
import { engineAsItIs } from '../../simulate/engine.ts';
import { tasks } from '../../simulate/functions.ts';
import { plantedBugs } from '../../simulate/planted-bugs/bugs.ts';
import { playPlantedBugs } from '../../simulate/planted-bugs/play.ts';
import { rules } from '../../simulate/rules.ts';
import { play, type Scenario } from '../../simulate/scenario.ts';
import { stepNames, steps } from '../../state-machine/contract/steps.ts';

const SEED = 20260101;
const SAMPLE_OF_EACH = 12;

/** Some of each family, drawn. */
async function sample(): Promise<Scenario[]> {
  const draw = seeded(SEED);
  const all = await catalogue({ seed: SEED, pairs: 200 });
  return Object.keys(families).flatMap((family) => {
    const of = all.filter((scenario) => scenario.family === family);
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
      broken.push(`${rule}: ${scenario.family} ${scenario.name}: ${what}`);
  }
  expect(broken).toEqual([]);
  expect(executions).toBeGreaterThan(100);
}, 300_000);

test('each rule has a planted bug, and catches it', async () => {
  expect([...new Set(plantedBugs.map(({ rule }) => rule))]).toEqual(rules.map(({ name }) => name));
  const results = await playPlantedBugs(SEED);
  expect(results.filter(({ caught }) => !caught)).toEqual([]);
}, 300_000);

test('the same seed is the same run, another one is not', async () => {
  const [scenario] = await catalogue({ seed: SEED, pairs: 0, only: 'abort update: ABORTED entering DeployEndpoint' });
  const course = async (seed: number) => {
    const { evidence } = await scenario!.run(engineAsItIs(), seed);
    return evidence.town.account.calls.map(({ at, operation }) => `${at} ${operation}`);
  };
  expect(await course(1)).toEqual(await course(1));
  expect(await course(1)).not.toEqual(await course(2));
}, 60_000);

test('every task of the machine is simulated, with the time of its function', () => {
  expect(Object.keys(tasks).sort()).toEqual([...stepNames].sort());
  const { functions } = engineAsItIs();
  for (const step of stepNames) expect(functions[step]?.timeoutSeconds).toBe(steps[step].functionTimeoutSeconds);
});
