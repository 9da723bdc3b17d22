// Rollouts that began before the stack was updated: the machine's earlier definition goes on, with today's functions.
import { seeded } from '../../local/hosting/seeded.ts';
import { steps } from '../../state-machine/contract/steps.ts';
import { CONTRACT_VERSION } from '../../state-machine/contract/version.ts';
import type { Machine } from '../engine/asl.ts';
import type { Execution } from '../engine/execution.ts';
import { earlierMachine, updateAfter } from '../world/earlier-release.ts';
import { type Engine, engineAsItIs } from '../world/engine.ts';
import { type CallFault, faultsAt, injecting, nameOfFault, passes, sitesOf } from '../world/faults.ts';
import type { SimulatedStack } from '../world/simulated-stack.ts';
import { isRetirement, type Situation, type SituationName, situationsOf } from '../world/situations.ts';
import { type Scenario, stage } from './scenario.ts';

/** What the release before wrote: today's contract, by a definition that knows less of it; or the contract before. */
export const releases = { sameContract: CONTRACT_VERSION, contractBefore: CONTRACT_VERSION - 1 } as const;
type ReleaseName = keyof typeof releases;

/** It knew one variant; and its RecordOutcome is not given what RegisterScaling says of schedules that have passed. */
const possible = situationsOf('realtime').filter((name) => name !== 'updateScheduled');

const machines = new Map<ReleaseName, Machine>();
function machineOf(release: ReleaseName): Machine {
  const machine = machines.get(release) ?? earlierMachine(releases[release]);
  machines.set(release, machine);
  return machine;
}

/** A rollout of an earlier release, and when the stack is updated: after how many of its functions' invocations. */
interface Moment {
  readonly release: ReleaseName;
  readonly situation: SituationName;
  readonly updatedAfter: number;
}
const nameOfMoment = ({ release, situation, updatedAfter }: Moment) =>
  `${situation} of ${release}, updated after ${updatedAfter} tasks`;

/** The situation, about to begin; `first` is its rollout, once that is there. */
export async function stageEarlier(engine: Engine, { release, situation, updatedAfter }: Moment, seed: number) {
  const update = updateAfter(updatedAfter, engine.functions, releases[release]);
  const staged = await stage({ machine: machineOf(release), functions: update.functions }, situation, seed);
  const { account } = staged.stack;
  let first: Execution | undefined;
  account.watch = (execution) => {
    first ??= execution;
    // All that begin later follow today's definition.
    account.machine = engine.machine;
  };
  return { ...staged, update, first: () => first };
}

interface Course {
  readonly ends: string | undefined;
  readonly states: readonly string[];
  readonly faults: readonly CallFault[];
  readonly invoked: number;
}
const courses = new Map<string, Course>();

/** What happens when nothing fails. */
async function courseOf(moment: Moment): Promise<Course> {
  const known = courses.get(nameOfMoment(moment));
  if (known !== undefined) return known;
  const { stack, evidence, begin, update, first } = await stageEarlier(engineAsItIs(), moment, 1);
  await begin();
  await stack.settle();
  const byTasks = stack.account.calls.filter(({ by }) => by.of.name in steps && by.executionName === first()?.name);
  const course = {
    ends: evidence.claims[0]?.outcome.outcome,
    states: first()?.states ?? [],
    faults: faultsAt(sitesOf(byTasks)),
    invoked: update.invoked(),
  };
  courses.set(nameOfMoment(moment), course);
  return course;
}

/** Of data that are today's the moment of the update does not matter: the functions are the same before and after. */
export async function moments(): Promise<Moment[]> {
  const all: Moment[] = possible.map((situation) => ({ release: 'sameContract', situation, updatedAfter: 0 }));
  for (const situation of possible) {
    const release = 'contractBefore';
    const { invoked } = await courseOf({ release, situation, updatedAfter: Number.MAX_SAFE_INTEGER });
    for (let updatedAfter = 0; updatedAfter <= invoked; updatedAfter++) all.push({ release, situation, updatedAfter });
  }
  return all;
}

function faultOf(moment: Moment, fault: CallFault, ends: string | undefined): Scenario {
  return {
    suite: 'earlier',
    name: `${nameOfMoment(moment)}: ${nameOfFault(fault)}`,
    run: async (engine, seed) => {
      const { stack, evidence, begin } = await stageEarlier(engine, moment, seed);
      const interceptor = injecting([fault], () => stack.account.time.now);
      stack.account.interceptor = interceptor;
      await begin();
      await stack.settle();
      const expectation = {
        ends: passes(fault) ? (ends as Situation['ends']) : null,
        // A retirement that is refused half-way is asked for again.
        mayNeedAttention: !passes(fault) || isRetirement(moment.situation),
        mayBeUnreported: fault.site.function === 'RecordOutcome' && !passes(fault),
        mayDelete: isRetirement(moment.situation),
      };
      return { evidence, met: interceptor.injected() > 0, expectation };
    },
  };
}

const followUps: Record<string, (stack: SimulatedStack, aborted: Execution) => void> = {
  sweeper: () => {},
  // With the definition that it began with.
  redrive: (stack, aborted) => stack.later(12 * 60_000, () => aborted.status !== 'RUNNING' && aborted.redrive()),
};

function abortOf(moment: Moment, state: string, followUp: string): Scenario {
  return {
    suite: 'earlier',
    name: `${nameOfMoment(moment)}: ABORTED entering ${state}, then ${followUp}`,
    run: async (engine, seed) => {
      const { stack, evidence, begin, first, update } = await stageEarlier(engine, moment, seed);
      const { watch } = stack.account;
      stack.account.watch = (execution, at, entered) => {
        watch(execution, at, entered);
        if (execution !== first() || at !== 'entering' || entered !== state || stack.aborted.length > 0) return;
        stack.aborted.push(execution);
        execution.stop();
        update.happen();
        followUps[followUp]!(stack, execution);
      };
      await begin();
      await stack.settle();
      const isToGo = isRetirement(moment.situation);
      const expectation = { mayDelete: isToGo, mayNeedAttention: isToGo };
      return { evidence, met: stack.aborted.length > 0, expectation };
    },
  };
}

/** Of each release so many faults and so many aborts, drawn, and one of each for every moment at the least. */
const DRAWN = 400;

/** `everyNth`: only each nth moment, for each costs a run in which nothing fails. */
export async function earlierReleases(seed: number, everyNth = 1): Promise<Scenario[]> {
  const all = (await moments()).filter((_, index) => index % everyNth === 0);
  const scenarios = new Map<string, Scenario>();
  for (const release of Object.keys(releases) as ReleaseName[]) {
    const draw = seeded(seed);
    const pick = <Item>(items: readonly Item[]) => items[Math.floor(draw() * items.length)]!;
    const own = all.filter((moment) => moment.release === release);
    for (let drawn = 0; drawn < Math.max(DRAWN / everyNth, own.length); drawn++) {
      const moment = own[drawn % own.length]!;
      const { faults, states, ends } = await courseOf(moment);
      for (const scenario of [
        faultOf(moment, pick(faults), ends),
        abortOf(moment, pick(states), pick(Object.keys(followUps))),
      ])
        scenarios.set(scenario.name, scenario);
    }
  }
  return [...scenarios.values()];
}
