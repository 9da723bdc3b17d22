// Two faults in one rollout: drawn, by name, or all that are not the same as another pair or as a single fault.
import { seeded } from '../../local/hosting/seeded.ts';
import { isHosted, type JournalledCall } from '../world/account.ts';
import { engineAsItIs } from '../world/engine.ts';
import {
  type CallFault,
  isOfRollback,
  isPossiblePair,
  nameOfFault,
  operationName,
  passes,
  type Site,
} from '../world/faults.ts';
import { isRead } from '../world/simulated-stack.ts';
import {
  type HostingName,
  hostingNames,
  isLikeAnother,
  type SituationName,
  situationNames,
  situations,
  situationsOf,
} from '../world/situations.ts';
import { faultScenario, faultsIn } from './faults.ts';
import type { Scenario } from './scenario.ts';

/** A pair by its whole name, so that one that was drawn is found again whatever else is drawn; null for any other text. */
export async function pairNamed(name: string): Promise<Scenario | null> {
  const [, situation, one, other, attempts] = /^(\w+): (.+) \+ (.+), ([13]) attempts$/.exec(name) ?? [];
  if (situation === undefined || !(situation in situations)) return null;
  const faults = await faultsIn(situation as SituationName);
  const both = [one, other].map((each) => faults.find((fault) => nameOfFault(fault) === each));
  if (both.includes(undefined)) return null;
  return faultScenario(situation as SituationName, both as CallFault[], Number(attempts));
}

/** What ends a rollout before it made anything shows little. */
const endsEarly = (fault: CallFault) =>
  !passes(fault) && ['ResolveRequest', 'InspectArtifact', 'LeaseEndpoint', 'PlanRollout'].includes(fault.site.function);

/** What is tried again for hours takes as long as thirty others, and goes the same way round all the time. */
const goesOnForHours = ({ site, kind, times }: CallFault) =>
  times === 'forEver' && (isOfRollback(site) || kind === 'throttled');

/** How often a fault is drawn, of the times that it could be. */
const shareOf = (fault: CallFault) => (endsEarly(fault) ? 0.1 : 1) * (goesOnForHours(fault) ? 0.1 : 1);

/** Of each other hosting so many of those that are drawn of the first. */
const SHARE_OF_OTHERS = 0.1;

/** As many distinct pairs as asked for, drawn, and some more of every other hosting: each has its own draw. */
export async function drawnPairs(count: number, seed: number): Promise<Scenario[]> {
  const all: Scenario[] = [];
  for (const hosting of hostingNames)
    all.push(...(await pairsOf(hosting, hosting === 'realtime' ? count : count * SHARE_OF_OTHERS, seed)));
  return all;
}

async function pairsOf(hosting: HostingName, count: number, seed: number): Promise<Scenario[]> {
  const names = situationsOf(hosting);
  const faults = new Map<SituationName, CallFault[]>();
  for (const name of names) faults.set(name, await faultsIn(name));
  const draw = seeded(seed);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(draw() * items.length)]!;
  const drawn = new Map<string, Scenario>();
  while (drawn.size < count) {
    const name = pick(names);
    if (isLikeAnother(name) && draw() < 0.75) continue;
    const pair = [pick(faults.get(name)!), pick(faults.get(name)!)] as const;
    if (pair[0] === pair[1] || !isPossiblePair(...pair) || draw() > shareOf(pair[0]) * shareOf(pair[1])) continue;
    // With one attempt differs only what the SDK tries again.
    const scenario = faultScenario(name, pair, pair.some(passes) && draw() < 0.5 ? 1 : 3);
    drawn.set(scenario.name, scenario);
  }
  return [...drawn.values()];
}

/** A fault that stands for all that take the same course, and how often each function made each call in it. */
interface Course {
  readonly fault: CallFault;
  readonly made: ReadonlyMap<string, number>;
  /** Whether all that was answered is what is answered when nothing fails: what was injected was made again, no more. */
  readonly leavesNoTrace: boolean;
}

const callOf = ({ function: by, operation }: Site) => `${by} ${operation}`;

/** More often than so is often: how many times exactly, the pauses decide. */
const OFTEN = 3;

/**
 * What calls are known by: which were made, refused and carried out by whom, in the order in which each first was, and those
 * that change something at SageMaker by their number too.
 */
function marksOf(calls: readonly JournalledCall[]): string[] {
  const marks = new Map<string, number>();
  for (const { by, service, operation, error, tookEffect } of calls) {
    const changes = !isRead(operation);
    const text = `${by.of.name} ${service}:${operation} ${error === null ? 'answered' : 'failed'} ${changes && tookEffect}`;
    marks.set(text, changes && isHosted(service) ? Math.min(OFTEN, (marks.get(text) ?? 0) + 1) : 1);
  }
  return [...marks].map(([text, times]) => `${text} ${times}`);
}

/** One seed for all: what differs is the faults' doing. `trace`: what was answered and how all ended, whatever failed meanwhile. */
async function played(situation: SituationName, faults: readonly CallFault[]) {
  const { evidence } = await faultScenario(situation, faults, 3).run(engineAsItIs(), 1);
  const { calls } = evidence.stack.account;
  const executions = [...evidence.stack.account.executions.values()];
  const ends = new Set([
    ...executions.flatMap(({ caught, status }) => [...caught, status]),
    ...evidence.claims.map(({ outcome }) => outcome.outcome),
  ]);
  const retried = new Set(executions.flatMap((execution) => execution.retried));
  return {
    calls,
    trace: JSON.stringify([marksOf(calls.filter(({ error }) => error === null)), [...ends]]),
    marks: JSON.stringify([marksOf(calls), [...retried], [...ends]]),
  };
}

export const traceOf = async (situation: SituationName, faults: readonly CallFault[]): Promise<string> =>
  (await played(situation, faults)).trace;

const known = new Map<SituationName, Course[]>();

/** The faults of a situation that differ in what follows from them: of those at one call, or at a later one of the same, the first. */
export async function coursesOf(situation: SituationName): Promise<readonly Course[]> {
  const before = known.get(situation);
  if (before !== undefined) return before;
  const courses = new Map<string, Course>();
  const traceWithout = await traceOf(situation, []);
  for (const fault of await faultsIn(situation)) {
    const { calls, trace, marks } = await played(situation, [fault]);
    const course = `${callOf(fault.site)} ${marks}`;
    if (courses.has(course)) continue;
    const made = new Map<string, number>();
    for (const call of calls) {
      const key = `${call.by.of.name} ${operationName(call)}`;
      made.set(key, (made.get(key) ?? 0) + 1);
    }
    courses.set(course, { fault, made, leavesNoTrace: trace === traceWithout });
  }
  const found = [...courses.values()];
  known.set(situation, found);
  return found;
}

/**
 * Whether the call at which a fault is injected is made in the course of the other, and not injected by the other alone: of two at
 * one call the first interceptors before the second.
 */
function isReached({ site }: CallFault, { fault: other, made }: Course, isFirst: boolean): boolean {
  const isStruck = callOf(site) === callOf(other.site) && other.times === 'forEver' && other.site.nth <= site.nth;
  return (isFirst || !isStruck) && (made.get(callOf(site)) ?? 0) >= site.nth;
}

/** Whether a pair is more than its two faults alone: they meet in one rollout, and each leaves something for the other to meet. */
const differs = (one: Course, other: Course): boolean =>
  isPossiblePair(one.fault, other.fault) &&
  isReached(one.fault, other, true) &&
  isReached(other.fault, one, false) &&
  (!(one.leavesNoTrace || other.leavesNoTrace) || one.fault.site.function === other.fault.site.function);

/** Every pair of faults that differs from each of its two alone. One at a time, for they are too many to hold. */
export async function* allPairs(of: readonly SituationName[] = situationNames): AsyncGenerator<Scenario> {
  for (const situation of of) {
    if (isLikeAnother(situation)) continue;
    const courses = await coursesOf(situation);
    for (const [index, one] of courses.entries())
      for (const other of courses.slice(index + 1))
        if (differs(one, other)) yield faultScenario(situation, [one.fault, other.fault], 3);
  }
}
