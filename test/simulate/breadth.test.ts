// What the situations are about really happens in them, and the rules see what must not happen there.
import { registerScaling } from '../../lambdas/tasks/register-scaling.ts';
import { catalogue } from '../../simulate/suites/catalogue.ts';
import { releases } from '../../simulate/suites/earlier.ts';
import { play, type Scenario, stage } from '../../simulate/suites/scenario.ts';
import { type Engine, engineAsItIs } from '../../simulate/world/engine.ts';
import { functionsOf, type Tasks, tasks } from '../../simulate/world/functions.ts';
import type { SituationName } from '../../simulate/world/situations.ts';
import { isNightly, runs } from '../setup/runs.ts';

async function played(situation: SituationName, engine: Engine = engineAsItIs()) {
  const { stack, evidence, begin } = await stage(engine, situation, 1);
  await begin();
  await stack.settle();
  return { stack, evidence, outcome: evidence.outcomes()[0]! };
}

const withTasks = (changed: Partial<Tasks>): Engine => ({
  ...engineAsItIs(),
  functions: functionsOf({ ...tasks, ...changed }),
});

describe('linear and rolling updates', () => {
  test.each<[SituationName, string, string | null]>([
    ['updateLinear', 'deployed', null],
    ['updateLinearAlarm', 'rolledBack', 'DeploymentRolledBack'],
    ['updateRolling', 'deployed', null],
    ['updateRollingWrong', 'rolledBack', 'CanaryFailed'],
  ])('%s ends %s, and its traffic moves in three steps of a minute', async (situation, end, error) => {
    const { stack, evidence, outcome } = await played(situation);
    expect(outcome).toMatchObject({ outcome: end, error });
    const [asked] = stack.account.calls.filter(({ operation }) => operation === 'UpdateEndpoint');
    const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = asked!.input.DeploymentConfig as Record<
      string,
      { TrafficRoutingConfiguration?: object }
    >;
    if (situation.startsWith('updateLinear'))
      expect(blueGreen?.TrafficRoutingConfiguration).toMatchObject({ Type: 'LINEAR', WaitIntervalInSeconds: 60 });
    else expect(rolling).toMatchObject({ WaitIntervalInSeconds: 60 });
    // Of both fleets together there are never fewer than before.
    expect(evidence.traffic.lowest.get('iris/primary')).toBe(3);
    const tookMinutes = (Date.parse(outcome.endedAt) - Date.parse(outcome.startedAt)) / 60_000;
    expect(tookMinutes).toBeGreaterThan(situation === 'updateLinearAlarm' ? 1 : 2);
  });
});

describe('schedules of one run', () => {
  const due = async (situation: SituationName, seconds: number): Promise<Scenario> =>
    (
      await catalogue({ seed: 1, pairs: 0, only: `schedule ${situation}: due after ${seconds} s, changes take 12 s` })
    )[0]!;

  test.each<[number, 'told' | 'there']>([
    [1, 'told'],
    [9, 'told'],
    [44, 'there'],
  ])('that come due after %i s are %s', async (seconds, expected) => {
    for (const situation of ['updateScheduled', 'updateScheduledWrong'] as const) {
      const { evidence } = await (await due(situation, seconds)).run(engineAsItIs(), 1);
      const isReported = evidence.outcomes().some(({ warnings }) => warnings.some((text) => text.includes('due, at(')));
      const { scheduledActions } = evidence.stack.account.hosting.snapshot();
      const isThere = Object.keys(scheduledActions).some((key) => key.endsWith(' due'));
      expect({ situation, isReported, isThere }).toEqual({
        ...{ situation, isReported: expected === 'told', isThere: expected === 'there' },
      });
    }
  });

  test('that an update loses, or passes over in silence, break a rule', async () => {
    const scenario = await due('updateScheduled', 44);
    const rules = async (engine: Engine) =>
      (await play(engine, scenario, 1)).violations.map(({ rule, what }) => `${rule}: ${what}`);
    expect(await rules(engineAsItIs())).toEqual([]);
    const losing = withTasks({
      RegisterScaling: (ports) => {
        const restore: typeof ports.scaling.restore = (resourceId, record, tags) =>
          ports.scaling.restore(resourceId, { ...record, scheduledActions: [] }, tags);
        return registerScaling({ ...ports, scaling: { ...ports.scaling, restore } });
      },
    });
    expect(await rules(losing)).toContain('capacityStays: the schedules are not as they were');
    const silent = withTasks({
      RecordOutcome: (ports) => (input) => tasks.RecordOutcome(ports)({ ...input, scaling: null }),
    });
    expect(await rules(silent)).toContain('capacityStays: the schedules are not as they were');
  });
});

const OF_EACH_RELEASE = Math.max(3, runs(12));
const everyNthMoment = isNightly ? 1 : 5;

describe('a stack that is updated in mid-rollout', () => {
  test('goes on with its earlier definition, and ends in order whatever is aborted', async () => {
    const scenarios = await catalogue({ seed: 7, pairs: 0, everyNthMoment, only: 'earlier update' });
    const ofReleases = Map.groupBy(scenarios, ({ name }) => / of (\w+),/.exec(name)?.[1] ?? '');
    expect([...ofReleases.keys()].sort()).toEqual(Object.keys(releases).sort());
    for (const of of ofReleases.values()) {
      expect(of.length).toBeGreaterThan(10);
      for (const scenario of of.filter((_, index) => index % Math.ceil(of.length / OF_EACH_RELEASE) === 0)) {
        const { violations, name } = await play(engineAsItIs(), scenario, 7);
        expect({ name, violations }).toEqual({ name, violations: [] });
      }
    }
  }, 120_000);

  test('refuses to go forward with data of the contract before, and takes it back', async () => {
    const scenarios = await catalogue({ seed: 7, pairs: 0, everyNthMoment, only: 'earlier update' });
    const failing = scenarios
      .filter(({ name }) => /^update(Live)? of contractBefore.* RollBack /.test(name))
      .slice(0, 8);
    expect(failing.length).toBeGreaterThan(0);
    for (const scenario of failing) {
      const { evidence, met } = await scenario.run(engineAsItIs(), 1);
      expect(met).toBe(true);
      const own = evidence.claims.find(({ outcome }) => outcome.rolloutId.startsWith('rollout-'));
      expect(own?.outcome).toMatchObject({ error: 'ContractVersionUnsupported', succeeded: false });
    }
  }, 120_000);
});
