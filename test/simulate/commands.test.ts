// Drawn commands agree with their reference model; a seeded defect does not, and is told by few commands, the same each time.
import { compile } from '../../simulate/engine/asl.ts';
import { seededDefects } from '../../simulate/seeded-defects/defects.ts';
import { commandScenarios } from '../../simulate/suites/commands.ts';
import { contradictions, type Model, type ModelUpload, type Seen } from '../../simulate/suites/commands-model.ts';
import { play, type Verdict } from '../../simulate/suites/scenario.ts';
import { definition, type Engine, engineAsItIs } from '../../simulate/world/engine.ts';
import { functionsOf, tasks } from '../../simulate/world/functions.ts';
import type { OutcomeName } from '../../state-machine/contract/outcome.ts';

const SEED = 20260101;
const all = commandScenarios();

/** The first of the scenarios from one on that the engine breaks, at most so many later. */
async function firstBroken(engine: Engine, most: number, from = 0): Promise<Verdict | undefined> {
  for (const scenario of all.slice(from, from + most)) {
    const verdict = await play(engine, scenario, SEED);
    if (verdict.violations.length > 0) return verdict;
  }
  return undefined;
}
const saidOf = (verdict: Verdict | undefined) => verdict?.violations.map(({ rule, what }) => `${rule}: ${what}`) ?? [];

test('a sample of them agrees with the model, on every base', async () => {
  const step = Math.floor(all.length / 60);
  const broken: string[] = [];
  let executions = 0;
  for (let index = 0; index < all.length; index += step) {
    const verdict = await play(engineAsItIs(), all[index]!, SEED);
    broken.push(...saidOf(verdict));
    executions += verdict.executions;
  }
  expect(broken).toEqual([]);
  expect(executions).toBeGreaterThan(100);
}, 120_000);

test('the model catches rollouts that are all granted the lease, by few commands, and the same ones again', async () => {
  const { plant } = seededDefects.find(({ name }) => name === 'every rollout is granted the lease')!;
  const verdict = await firstBroken(plant(), 60);
  const said = saidOf(verdict);
  expect(said.length).toBeGreaterThan(0);
  const commands = said[0]!
    .split('\n')
    .slice(1)
    .filter((line) => !line.includes('event of'));
  expect(commands.length).toBeLessThan(6);
  const scenario = all.find(({ name }) => name === verdict!.name)!;
  expect(saidOf(await play(plant(), scenario, SEED))).toEqual(said);
}, 120_000);

test('the model catches a lease that forgets how uploads ended', async () => {
  const LeaseEndpoint: typeof tasks.LeaseEndpoint = (ports) =>
    tasks.LeaseEndpoint({ ...ports, ledger: { ...ports.ledger, findUpload: async () => null } });
  const engine = { machine: compile(definition()), functions: functionsOf({ ...tasks, LeaseEndpoint }) };
  expect(saidOf(await firstBroken(engine, 100, 300)).join('\n')).toContain('referenceModel');
}, 120_000);

describe('the model', () => {
  const upload = (name: string, second: number, more: Partial<ModelUpload> = {}): ModelUpload => ({
    ...{ key: `u${name}`, versionId: name, archive: { kind: 'good', sha256: name } },
    ...{ at: second * 1_000, lastModified: second * 1_000, injected: false },
    ...more,
  });
  const [a, b] = [upload('a', 1), upload('b', 2)];
  const wrong = upload('b', 2, { archive: { kind: 'wrong', sha256: 'b' } });
  function said(
    uploads: ModelUpload[],
    ends: Record<string, OutcomeName[]>,
    serves: string | null,
    more: { model?: Partial<Model>; seen?: Partial<Seen>; successor?: ModelUpload } = {},
  ): string[] {
    const outcomesOf = ({ versionId }: ModelUpload) =>
      (ends[versionId] ?? []).map((outcome) => ({ outcome, successor: more.successor ?? null }));
    return contradictions(
      { uploads, cancelledKeys: new Set(), requests: 0, rollbacks: 0, retirements: 0, ...more.model },
      { outcomesOf, serves, claimed: serves, before: ['base'], actionsEndedAt: 0, ...more.seen },
    );
  }

  test.each<[string, string[]]>([
    ['the newest is deployed, the older one before it', said([a, b], { a: ['deployed'], b: ['deployed'] }, 'b')],
    ['the older one is superseded', said([a, b], { a: ['superseded'], b: ['deployed', 'unchanged'] }, 'b')],
    ['the newest is wrong, the older one serves', said([a, wrong], { a: ['deployed'], b: ['rolledBack'] }, 'a')],
    ['the newest is wrong, the older one made way', said([a, wrong], { a: ['superseded'], b: ['rolledBack'] }, 'base')],
    ['of one second either may serve', said([b, upload('c', 2)], { b: ['deployed'], c: ['superseded'] }, 'b')],
    [
      'a retirement came last',
      said([a], { a: ['deployed'] }, null, { model: { retirements: 1 }, seen: { actionsEndedAt: 5_000 } }),
    ],
    ['nothing was uploaded', said([], {}, 'base')],
  ])('allows: %s', (_name, found) => expect(found).toEqual([]));

  test.each<[string, string[], string]>([
    ['the older one serves', said([a, b], { a: ['deployed'], b: ['deployed'] }, 'a'), 'a serves, not b'],
    [
      'the newest is superseded',
      said([a, b], { a: ['deployed'], b: ['superseded'] }, 'b'),
      'not deployed or unchanged',
    ],
    ['one has no outcome', said([a, b], { b: ['deployed'] }, 'b'), 'good ua a has no outcome'],
    ['one is deployed twice', said([a], { a: ['deployed', 'deployed'] }, 'a'), 'deployed more than once'],
    ['a good one fails', said([a], { a: ['rolledBack'] }, 'base'), 'ended rolledBack'],
    ['a wrong one is deployed', said([wrong], { b: ['deployed'] }, 'b'), 'ended deployed'],
    [
      'it makes way for an older one',
      said([a, b], { a: ['deployed'], b: ['deployed', 'superseded'] }, 'b', { successor: a }),
      'which is older',
    ],
    [
      'something else serves than was said',
      said([a], { a: ['deployed'] }, 'a', { seen: { claimed: 'base' } }),
      'base was claimed last',
    ],
    [
      'of one key the older version serves',
      said([a, upload('c', 1, { key: 'ua' })], { a: ['deployed'], c: ['deployed'] }, 'a'),
      'a serves, not c',
    ],
  ])('refuses: %s', (_name, found, expected) => expect(found.join('\n')).toContain(expected));
});
