// Rollouts that are cancelled: before and after every state, alone, twice, and with an abort of either execution soon after.
import type { Execution } from '../engine/execution.ts';
import { ENDPOINT } from '../world/bases.ts';
import { engineAsItIs } from '../world/engine.ts';
import type { SimulatedStack } from '../world/simulated-stack.ts';
import { isRetirement, ownStates, type SituationName } from '../world/situations.ts';
import { visits } from './aborts.ts';
import { type Scenario, stage } from './scenario.ts';
import { situationsAsked } from './situations-asked.ts';

/** What happens beside it. */
const companions: Record<string, (stack: SimulatedStack, target: Execution, cancels: Execution) => void> = {
  nothing: () => {},
  /** Two people, one wish. */
  again: (stack, target) => stack.later(1_500, () => void cancel(stack, target)),
  targetAborted: (stack, target) => stack.later(2_500, () => abort(stack, target)),
  cancelAborted: (stack, _, cancels) => stack.later(2_500, () => abort(stack, cancels)),
};
export type Companion = keyof typeof companions;

export const cancel = (stack: SimulatedStack, { name }: Execution): Execution =>
  stack.request({ action: 'cancel', endpointName: ENDPOINT, rolloutId: name });

function abort(stack: SimulatedStack, execution: Execution): void {
  if (execution.status !== 'RUNNING') return;
  stack.aborted.push(execution);
  execution.stop();
}

/** The states of the situation when nobody cancels it. */
async function statesOf(situation: SituationName): Promise<readonly string[]> {
  const { stack, begin } = await stage(engineAsItIs(), situation, 1);
  await begin();
  await stack.settle();
  const { states } = [...stack.account.executions.values()].at(-1)!;
  // Of what is like another no more than what differs: whether a rollout is cancelled is asked at the same places.
  return ownStates(situation, states);
}

export async function cancelScenarios(asked: { only?: string } = {}): Promise<Scenario[]> {
  const all: Scenario[] = [];
  for (const situation of situationsAsked('cancel', asked))
    for (const { state, nth } of visits(await statesOf(situation)))
      for (const moment of ['entering', 'left'] as const) {
        // Nothing is left of an execution that has ended.
        if (moment === 'left' && (state === 'Succeeded' || state === 'Failed')) continue;
        for (const companion of Object.keys(companions)) all.push(cancelled(situation, state, nth, moment, companion));
      }
  return [...all, ...Object.keys(companions).map(waiting), ...inLongWaits()];
}

const expectationOf = (situation: SituationName, companion: Companion) => ({
  mayDelete: isRetirement(situation),
  // Nobody finishes a retirement that was stopped.
  mayNeedAttention: isRetirement(situation) && companion === 'targetAborted',
});

function cancelled(
  situation: SituationName,
  state: string,
  nth: number,
  moment: 'entering' | 'left',
  companion: Companion,
): Scenario {
  return {
    suite: 'cancel',
    name: `${situation}: cancelled ${moment} ${state} #${nth}, with ${companion}`,
    run: async (engine, seed) => {
      const { stack, evidence, begin } = await stage(engine, situation, seed);
      let seen = 0;
      let met = false;
      stack.account.watch = (execution, at, entered) => {
        if (at !== moment || entered !== state || met || ++seen < nth) return;
        met = true;
        companions[companion]!(stack, execution, cancel(stack, execution));
      };
      await begin();
      await stack.settle();
      return { evidence, met, expectation: expectationOf(situation, companion) };
    },
  };
}

/** Slow endpoints, whose rollouts are cancelled in the middle of a wait: with the events of before, and without any. */
const LONG_WAITS = [
  ['create', 'WaitForEndpoint'],
  ['update', 'WaitForCandidate'],
  ['updateLive', 'WaitForEndpoint'],
] as const satisfies readonly (readonly [SituationName, string])[];
const SLOW_MILLISECONDS = 240_000;

const inLongWaits = (): Scenario[] =>
  LONG_WAITS.flatMap(([situation, state]) =>
    [20, 100].flatMap((seconds) => [true, false].map((told) => inLongWait(situation, state, seconds, told))),
  );

function inLongWait(situation: SituationName, state: string, seconds: number, told: boolean): Scenario {
  return {
    suite: 'cancel',
    name: `${situation}: cancelled ${seconds} s into a long ${state}, ${told ? 'with' : 'without'} events`,
    run: async (engine, seed) => {
      const { stack, evidence, begin } = await stage(engine, situation, seed);
      const { account } = stack;
      account.provisioningMilliseconds = SLOW_MILLISECONDS;
      if (!told && account.endpointEvents !== null) account.endpointEvents.delivery = () => [];
      let met = false;
      account.watch = (execution, at, entered) => {
        if (at !== 'entering' || entered !== state || met) return;
        met = true;
        stack.later(seconds * 1000, () => void cancel(stack, execution));
      };
      await begin();
      await stack.settle();
      return { evidence, met, expectation: { ends: null } };
    },
  };
}

/** A request that waits behind an update is cancelled; the update goes on as if it had never been there. */
function waiting(companion: Companion): Scenario {
  return {
    suite: 'cancel',
    name: `of one that waits, with ${companion}`,
    run: async (engine, seed) => {
      const { stack, evidence, begin } = await stage(engine, 'update', seed);
      await begin();
      stack.later(20_000, () => {
        const target = stack.request({ endpointName: ENDPOINT, tags: { waits: 'yes' } });
        stack.later(15_000, () => companions[companion]!(stack, target, cancel(stack, target)));
      });
      await stack.settle();
      const target = evidence.outcomes().find(({ error }) => error === 'Cancelled');
      return { evidence, met: target?.outcome === 'rejected' || companion === 'targetAborted', expectation: {} };
    },
  };
}
