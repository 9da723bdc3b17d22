// Executions that are stopped: before and after every state, and during every call, whose effect may come late; and what follows then.

import type { Interceptor, JournalledCall } from '../world/account.ts';
import { type Archive, archive } from '../world/archives.ts';
import { ENDPOINT } from '../world/bases.ts';
import { engineAsItIs } from '../world/engine.ts';
import { type Site, sitesOf } from '../world/faults.ts';
import { isRead, keyOf, type SimulatedStack } from '../world/simulated-stack.ts';
import { isOwnCall, isRetirement, ownStates, type SituationName, situations } from '../world/situations.ts';
import { type Scenario, stage } from './scenario.ts';
import { situationsAsked } from './situations-asked.ts';

const MINUTE = 60_000;

/** What people do after it. The sweeper comes in any case. */
const followUps: Record<string, (stack: SimulatedStack, again: () => void, newer: Archive) => void> = {
  sweeper: () => {},
  again: (stack, again) => stack.later(1_000, again),
  newer: (stack, _, newer) => stack.later(1_000, () => stack.upload(keyOf(ENDPOINT, 9), newer)),
  redriveSoon: (stack) => stack.later(1_000, () => redrive(stack)),
  redriveAmid: (stack) => stack.later(2.5 * MINUTE, () => redrive(stack)),
  redriveLate: (stack) => stack.later(12 * MINUTE, () => redrive(stack)),
};
export type FollowUp = keyof typeof followUps;

function redrive(stack: SimulatedStack): void {
  const [aborted] = stack.aborted;
  if (aborted !== undefined && aborted.status !== 'RUNNING') aborted.redrive();
}

interface Course {
  readonly states: readonly string[];
  readonly sites: readonly Site[];
}
const courses = new Map<SituationName, Course>();

/** The states and the calls of the situation when nothing fails. */
async function courseOf(situation: SituationName): Promise<Course> {
  const known = courses.get(situation);
  if (known !== undefined) return known;
  const { stack, begin } = await stage(engineAsItIs(), situation, 1);
  await begin();
  await stack.settle();
  const states = [...stack.account.executions.values()].at(-1)!.states;
  const sites = sitesOf(stack.account.calls.filter(({ by }: JournalledCall) => by.executionName !== null));
  const course = { states, sites };
  courses.set(situation, course);
  return course;
}

/** Of a state that is entered often the first, the second and the last time. */
export function visits(states: readonly string[]): { state: string; nth: number }[] {
  const counts = new Map<string, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].flatMap(([state, count]) =>
    [...new Set([1, 2, count])].filter((nth) => nth <= count).map((nth) => ({ state, nth })),
  );
}

/** As it began, once more. */
const repeat = (stack: SimulatedStack, situation: SituationName) => () => {
  const upload = stack.uploads.at(-1);
  if (upload !== undefined && situations[situation].ends !== 'retired') stack.tell(upload.key);
  else stack.start([...stack.account.executions.values()].at(-1)!.input);
};

/** Nobody finishes a retirement that was stopped, and nobody undoes it: it says so. */
const expectationOf = (situation: SituationName) => ({
  mayDelete: isRetirement(situation),
  mayNeedAttention: isRetirement(situation),
});

type Status = 'ABORTED' | 'TIMED_OUT';

export async function stateAborts(asked: { only?: string } = {}): Promise<Scenario[]> {
  const all: Scenario[] = [];
  for (const situation of situationsAsked('abort', asked)) {
    for (const { state, nth } of visits(ownStates(situation, (await courseOf(situation)).states)))
      for (const moment of ['entering', 'left'] as const)
        for (const status of ['ABORTED', 'TIMED_OUT'] as const)
          for (const followUp of Object.keys(followUps)) {
            if (status === 'TIMED_OUT' && !['sweeper', 'redriveLate'].includes(followUp)) continue;
            all.push(stateAbort(situation, state, nth, moment, status, followUp));
          }
  }
  return all;
}

function stateAbort(
  situation: SituationName,
  state: string,
  nth: number,
  moment: 'entering' | 'left',
  status: Status,
  followUp: FollowUp,
): Scenario {
  return {
    suite: 'abort',
    name: `${situation}: ${status} ${moment} ${state} #${nth}, then ${followUp}`,
    run: async (engine, seed) => {
      // Before time begins to pass: archives are packed in real time.
      const newer = await archive('good', 9);
      const { stack, evidence, begin } = await stage(engine, situation, seed);
      let seen = 0;
      stack.account.watch = (execution, at, entered) => {
        if (at !== moment || entered !== state || stack.aborted.length > 0 || ++seen < nth) return;
        stack.aborted.push(execution);
        execution.stop(status);
        followUps[followUp]!(stack, repeat(stack, situation), newer);
      };
      await begin();
      await stack.settle();
      return { evidence, met: stack.aborted.length > 0, expectation: expectationOf(situation) };
    },
  };
}

/** How long after the abort the call has its effect; the last one just before the end of its function. */
const delays = { atOnce: 0, soon: 20_000, atTheEnd: Number.POSITIVE_INFINITY } as const;

/** An abort during each call that changes something: the function goes on, and the call takes effect now or late. */
export async function lateTasks(asked: { only?: string } = {}): Promise<Scenario[]> {
  const all: Scenario[] = [];
  for (const situation of situationsAsked('late', asked)) {
    for (const site of (await courseOf(situation)).sites) {
      if (isRead(site.operation.split(':')[1]!) || !isOwnCall(situation, site.function)) continue;
      for (const delay of Object.keys(delays) as (keyof typeof delays)[])
        for (const followUp of Object.keys(followUps)) {
          // Who drives it again while its last function still runs meets that function: the handbook asks for two minutes.
          if (followUp === 'redriveSoon' && delay !== 'atOnce') continue;
          all.push(lateTask(situation, site, delay, followUp));
        }
    }
  }
  return all;
}

function lateTask(situation: SituationName, site: Site, delay: keyof typeof delays, followUp: FollowUp): Scenario {
  return {
    suite: 'late',
    name: `${situation}: aborted in ${site.function} ${site.operation} #${site.nth}, which takes effect ${delay}, then ${followUp}`,
    run: async (engine, seed) => {
      const newer = await archive('good', 9);
      const { stack, evidence, begin } = await stage(engine, situation, seed);
      const { account } = stack;
      // A deployment takes longer than a function may run on.
      account.provisioningMilliseconds = 70_000;
      let seen = 0;
      account.interceptor = (async (call, next) => {
        const isHere = call.by.of.name === site.function && `${call.service}:${call.operation}` === site.operation;
        if (!isHere || ++seen !== site.nth) return next();
        const execution = [...account.executions.values()].find(({ name }) => name === call.by.executionName)!;
        stack.aborted.push(execution);
        execution.stop();
        followUps[followUp]!(stack, repeat(stack, situation), newer);
        const least = Math.min(delays[delay], call.by.endsAt - account.time.now - 10);
        await account.time.sleep(least);
        return next();
      }) satisfies Interceptor;
      await begin();
      await stack.settle();
      return { evidence, met: stack.aborted.length > 0, expectation: expectationOf(situation) };
    },
  };
}

/** A call that hangs longer than its client waits, and takes effect all the same: the client has tried again meanwhile. */
export async function hungCalls(asked: { only?: string } = {}): Promise<Scenario[]> {
  const all: Scenario[] = [];
  for (const situation of situationsAsked('hung', asked))
    for (const site of (await courseOf(situation)).sites) {
      if (isRead(site.operation.split(':')[1]!) || !isOwnCall(situation, site.function)) continue;
      // What takes effect after its client gave up may come after all that a rollout did that had no deployment to wait for.
      for (const seconds of situations[situation].change === 'settings' ? [5] : [5, 16, 50])
        for (const sdkAttempts of [1, 3]) all.push(hungCall(situation, site, seconds, sdkAttempts));
    }
  return all;
}

/** What `aws/clients.ts` waits for an answer. */
const PATIENCE_MILLISECONDS = 15_000;

function hungCall(situation: SituationName, site: Site, seconds: number, sdkAttempts: number): Scenario {
  return {
    suite: 'hung',
    name: `${situation}: ${site.function} ${site.operation} #${site.nth} hangs ${seconds} s, ${sdkAttempts} attempts`,
    run: async (engine, seed) => {
      const { stack, evidence, begin, situation: about } = await stage(engine, situation, seed, { sdkAttempts });
      const { account } = stack;
      account.provisioningMilliseconds = 70_000;
      let seen = 0;
      account.interceptor = async (call, next) => {
        const isHere = call.by.of.name === site.function && `${call.service}:${call.operation}` === site.operation;
        if (!isHere || ++seen !== site.nth) return next();
        const effect = account.time.sleep(Math.min(seconds * 1000, call.by.endsAt - account.time.now - 10)).then(next);
        effect.catch(() => {});
        if (seconds * 1000 < PATIENCE_MILLISECONDS) return effect;
        await account.time.sleep(PATIENCE_MILLISECONDS);
        throw Object.assign(new Error('Connection timed out'), { name: 'TimeoutError' });
      };
      await begin();
      await stack.settle();
      const met = seen >= site.nth;
      return { evidence, met, expectation: { ends: about.ends, mayDelete: isRetirement(situation) } };
    },
  };
}
