// Rollouts that began before the stack was updated: the machine's earlier definition goes on, with today's functions.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { seeded } from '../../local/hosting/seeded.ts';
import { steps } from '../../state-machine/contract/steps.ts';
import { compile, type Machine } from '../engine/asl.ts';
import type { Execution } from '../engine/execution.ts';
import { type Engine, engineAsItIs } from '../world/engine.ts';
import { type CallFault, faultsAt, injecting, isOfRollback, nameOfFault, passes, sitesOf } from '../world/faults.ts';
import type { SimulatedStack } from '../world/simulated-stack.ts';
import { ENDPOINT, type SituationName, situations } from '../world/situations.ts';
import { updateAfter } from './first-release.ts';
import { type Scenario, stage } from './scenario.ts';

interface Release {
  readonly definition: string;
  /** What its requests could ask for. */
  readonly situations: readonly SituationName[];
  /** Whether its data are older than today's, so that the moment of the update matters. */
  readonly isOlderContract: boolean;
}

const releases: Record<string, Release> = {
  first: {
    definition: 'contract-1',
    // Without a candidate, a strategy, a rollback on request or a retirement.
    situations: ['create', 'createWrong', 'updateLive', 'updateLiveWrong', 'settings', 'settingsWrong', 'again'],
    isOlderContract: true,
  },
  second: {
    definition: 'contract-2',
    // Its RecordOutcome is not given what RegisterScaling says of schedules that have passed.
    situations: (Object.keys(situations) as SituationName[]).filter((name) => name !== 'updateScheduled'),
    isOlderContract: false,
  },
};

const machines = new Map<string, Machine>();
function machineOf({ definition }: Release): Machine {
  const file = path.join(import.meta.dirname, `../../state-machine/earlier/${definition}.asl.json`);
  const machine = machines.get(definition) ?? compile(JSON.parse(readFileSync(file, 'utf8')));
  machines.set(definition, machine);
  return machine;
}

/** A rollout of an earlier release, and when the stack is updated: after how many of its functions' invocations. */
interface Moment {
  readonly release: string;
  readonly situation: SituationName;
  readonly updatedAfter: number;
}
const nameOfMoment = ({ release, situation, updatedAfter }: Moment) =>
  `${situation} by the ${release} release, updated after ${updatedAfter} tasks`;

/** The situation, about to begin; `first` is its rollout, once that is there. */
export async function stageEarlier(engine: Engine, { release: name, situation, updatedAfter }: Moment, seed: number) {
  const release = releases[name]!;
  const update = updateAfter(release.isOlderContract ? updatedAfter : 0, engine.functions, ENDPOINT);
  const staged = await stage({ machine: machineOf(release), functions: update.functions }, situation, seed);
  const { account } = staged.stack;
  let first: Execution | undefined;
  account.watch = (execution) => {
    first ??= execution;
    // All that begin later follow today's definition.
    account.machine = engine.machine;
  };
  /**
   * The first contract knew no lease: what its rollout changes without one breaks no rule, and if it comes to no outcome,
   * nobody knows of it who could finish its way back.
   */
  const forgive = (): { unknown: string | null } => {
    const { outsideLease } = staged.evidence;
    if (!release.isOlderContract || first === undefined) return { unknown: null };
    const { name } = first;
    const others = outsideLease.filter((what) => !what.includes(` of ${name}: `));
    outsideLease.splice(0, outsideLease.length, ...others);
    return { unknown: staged.evidence.outcomes().some(({ rolloutId }) => rolloutId === name) ? null : name };
  };
  return { ...staged, update, first: () => first, forgive };
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

async function moments(): Promise<Moment[]> {
  const all: Moment[] = [];
  for (const [release, { situations: possible, isOlderContract }] of Object.entries(releases))
    for (const situation of possible) {
      const last = { release, situation, updatedAfter: Number.MAX_SAFE_INTEGER };
      const count = isOlderContract ? (await courseOf(last)).invoked : 0;
      for (let updatedAfter = 0; updatedAfter <= count; updatedAfter++) all.push({ release, situation, updatedAfter });
    }
  return all;
}

function faultOf(moment: Moment, fault: CallFault, ends: string | undefined): Scenario {
  return {
    suite: 'earlier',
    name: `${nameOfMoment(moment)}: ${nameOfFault(fault)}`,
    run: async (engine, seed) => {
      const { stack, evidence, begin, forgive } = await stageEarlier(engine, moment, seed);
      const interceptor = injecting([fault], () => stack.account.time.now);
      stack.account.interceptor = interceptor;
      await begin();
      await stack.settle();
      const expectation = {
        ...forgive(),
        // While it hangs, the sweeper starts the upload anew beside it, and to that one it is somebody else.
        outsider: releases[moment.release]!.isOlderContract && isOfRollback(fault.site) && fault.times === 'forEver',
        ends: passes(fault) ? (ends as (typeof situations)[SituationName]['ends']) : null,
        mayNeedAttention: !passes(fault),
        mayBeUnreported: fault.site.function === 'RecordOutcome' && !passes(fault),
        mayDelete: moment.situation === 'retire',
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
      const { stack, evidence, begin, first, update, forgive } = await stageEarlier(engine, moment, seed);
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
      const isRetirement = moment.situation === 'retire';
      const mayNeedAttention = isRetirement || releases[moment.release]!.isOlderContract;
      const expectation = { ...forgive(), mayDelete: isRetirement, mayNeedAttention };
      return { evidence, met: stack.aborted.length > 0, expectation };
    },
  };
}

/** Of each release so many faults and so many aborts, drawn. */
const DRAWN = 400;

export async function earlierReleases(seed: number): Promise<Scenario[]> {
  const all = await moments();
  const scenarios = new Map<string, Scenario>();
  for (const release of Object.keys(releases)) {
    const draw = seeded(seed);
    const pick = <Item>(items: readonly Item[]) => items[Math.floor(draw() * items.length)]!;
    const own = all.filter((moment) => moment.release === release);
    for (let drawn = 0; drawn < DRAWN; drawn++) {
      const moment = pick(own);
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
