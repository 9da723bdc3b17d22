// Waits that events end: events that are lost, late, doubled, overtaken, or there before the token; waits whose execution is gone when
// they come; and requests to stop, which end a wait whatever becomes of events.
import type { Execution } from '../engine/execution.ts';
import type { Account, Interceptor } from '../world/account.ts';
import type { Delivery } from '../world/aws/event-bridge.ts';
import { engineAsItIs } from '../world/engine.ts';
import type { SimulatedStack } from '../world/simulated-stack.ts';
import { isRetirement, type SituationName, situationNames, situations } from '../world/situations.ts';
import { visits } from './aborts.ts';
import { cancel } from './cancels.ts';
import { type Scenario, stage } from './scenario.ts';

const SECOND = 1_000;
/** When somebody acts on what waits: its token is kept by then. */
const ACTS_AFTER_SECONDS = 3;
/** Longer than the shortest wait, so that some waits end by their time where no event ends them. */
const PROVISIONING_MILLISECONDS = 100 * SECOND;

const lost: Delivery = () => [];

/** How events come. Where a wait is there to be ended, the others are told of in 0.5 s. */
const deliveries: Record<string, Delivery> = {
  lost,
  everyOtherLost: (_, nth) => (nth % 2 === 0 ? [] : [500]),
  /** After the wait has ended by its time, and long after its rollout may have ended. */
  late: () => [90 * SECOND],
  hoursLate: () => [3 * 3_600 * SECOND],
  doubled: () => [200, 400, 5 * SECOND],
  /** What happened later comes first. */
  overtaken: (_, nth) => [nth % 2 === 0 ? 45 * SECOND : 100],
  atOnce: () => [0],
};

/** While the function keeps the token: the change comes, and its event, before there is anything to be found. */
const keptLate = (account: Account): Interceptor => {
  const slow = new Set<unknown>();
  return async (call, next) => {
    const { by, operation } = call;
    if (operation === 'PutItem' && isAwaiting(account, by.of.name) && !slow.has(by)) {
      slow.add(by);
      await account.time.sleep(20 * SECOND);
    }
    return next();
  };
};

/** The function of a callback state. */
const isAwaiting = ({ machine }: Account, name: string): boolean =>
  Object.values(machine.states).some(
    (state) => state.type === 'Task' && state.isCallback && state.resource.endsWith(`:${name}`),
  );

interface Course {
  /** Callback states that last, each that is entered often the first, the second and the last time. */
  readonly waits: readonly { readonly state: string; readonly nth: number }[];
  readonly hasEvents: boolean;
}

/** What the situation comes to where all events are lost: then it waits longest. */
async function courseOf(situation: SituationName): Promise<Course> {
  const { stack, begin } = await stage(engineAsItIs(), situation, 1);
  const { account } = stack;
  account.provisioningMilliseconds = PROVISIONING_MILLISECONDS;
  account.endpointEvents!.delivery = lost;
  await begin();
  await stack.settle();
  const { states, enteredAt } = [...account.executions.values()].at(-1)!;
  const waits = states.flatMap((state, index) => {
    const seconds = ((enteredAt[index + 1] ?? 0) - enteredAt[index]!) / SECOND;
    return isCallback(account, state) ? [{ state, isLong: seconds > 2 * ACTS_AFTER_SECONDS }] : [];
  });
  const long = visits(waits.map(({ state }) => state)).filter(
    ({ state, nth }) => waits.filter((wait) => wait.state === state)[nth - 1]!.isLong,
  );
  return { waits: long, hasEvents: account.endpointEvents!.sent > 0 };
}

function isCallback({ machine }: Account, name: string): boolean {
  const state = machine.states[name];
  return state?.type === 'Task' && state.isCallback;
}

export async function wakeScenarios(): Promise<Scenario[]> {
  const all: Scenario[] = [];
  for (const situation of situationNames) {
    const { waits, hasEvents } = await courseOf(situation);
    if (hasEvents) {
      for (const name of Object.keys(deliveries)) all.push(delivered(situation, name));
      all.push(beforeTheToken(situation));
    }
    for (const { state, nth } of waits) {
      for (const name of ['late', 'atOnce'])
        for (const again of Object.keys(afterwards)) all.push(gone(situation, state, nth, name, again));
      all.push(stopped(situation, state, nth));
    }
  }
  return all;
}

const expectationOf = (situation: SituationName) => ({
  ends: situations[situation].ends,
  mayDelete: isRetirement(situation),
});

function delivered(situation: SituationName, name: string): Scenario {
  return {
    suite: 'wake',
    name: `${situation}: events come ${name}`,
    run: async (engine, seed) => {
      const { stack, evidence, begin } = await stage(engine, situation, seed);
      const { account } = stack;
      account.provisioningMilliseconds = PROVISIONING_MILLISECONDS;
      account.endpointEvents!.delivery = deliveries[name]!;
      await begin();
      await stack.settle({ least: name === 'hoursLate' ? 4 * 3_600 * SECOND : 0 });
      return { evidence, met: account.endpointEvents!.sent > 0, expectation: expectationOf(situation) };
    },
  };
}

function beforeTheToken(situation: SituationName): Scenario {
  return {
    suite: 'wake',
    name: `${situation}: an event before the token is kept`,
    run: async (engine, seed) => {
      const { stack, evidence, begin } = await stage(engine, situation, seed);
      const { account } = stack;
      // The change comes while the token is on its way.
      account.provisioningMilliseconds = 10 * SECOND;
      account.endpointEvents!.delivery = deliveries.atOnce!;
      account.interceptor = keptLate(account);
      await begin();
      await stack.settle();
      return { evidence, met: account.endpointEvents!.delivered > 0, expectation: expectationOf(situation) };
    },
  };
}

/** What becomes of the execution. The sweeper comes in any case. */
const afterwards: Record<string, (stack: SimulatedStack, execution: Execution) => void> = {
  sweeper: () => {},
  redrive: (stack, execution) =>
    stack.later(150 * SECOND, () => {
      if (execution.status !== 'RUNNING') execution.redrive();
    }),
};

/** The execution is stopped while it waits: its token is answered all the same, or kept once more by the one that is driven again. */
function gone(situation: SituationName, state: string, nth: number, name: string, again: string): Scenario {
  return {
    suite: 'wake',
    name: `${situation}: stopped in ${state} #${nth}, events come ${name}, then ${again}`,
    run: async (engine, seed) => {
      const { stack, evidence, begin } = await stage(engine, situation, seed);
      const { account } = stack;
      account.provisioningMilliseconds = PROVISIONING_MILLISECONDS;
      account.endpointEvents!.delivery = deliveries[name]!;
      whileWaiting(stack, state, nth, (execution) => {
        stack.aborted.push(execution);
        execution.stop();
        afterwards[again]!(stack, execution);
      });
      await begin();
      await stack.settle();
      const expectation = { mayDelete: isRetirement(situation), mayNeedAttention: isRetirement(situation) };
      return { evidence, met: stack.aborted.length > 0, expectation };
    },
  };
}

/** Somebody asks it to stop while it waits, and no event comes. */
function stopped(situation: SituationName, state: string, nth: number): Scenario {
  return {
    suite: 'wake',
    name: `${situation}: cancelled while it waits in ${state} #${nth}, every event lost`,
    run: async (engine, seed) => {
      const { stack, evidence, begin } = await stage(engine, situation, seed);
      const { account } = stack;
      account.provisioningMilliseconds = PROVISIONING_MILLISECONDS;
      account.endpointEvents!.delivery = lost;
      let met = false;
      whileWaiting(stack, state, nth, (execution) => {
        met = true;
        cancel(stack, execution);
      });
      await begin();
      await stack.settle();
      return { evidence, met, expectation: { mayDelete: isRetirement(situation) } };
    },
  };
}

/** Acts once, a few seconds after the state is entered for the n-th time, if it still waits there. */
function whileWaiting(stack: SimulatedStack, state: string, nth: number, act: (execution: Execution) => void): void {
  let seen = 0;
  let isDone = false;
  stack.account.watch = (execution, moment, entered) => {
    if (moment !== 'entering' || entered !== state || isDone || ++seen < nth) return;
    isDone = true;
    stack.later(ACTS_AFTER_SECONDS * SECOND, () => {
      if (execution.status === 'RUNNING' && execution.position.state === state) act(execution);
    });
  };
}
