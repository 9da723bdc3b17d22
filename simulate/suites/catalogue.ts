// Every suite of scenarios, in the order in which they are played and told of.

import { isLikeAnother, type SituationName, situations } from '../world/situations.ts';
import { hungCalls, lateTasks, stateAborts } from './aborts.ts';
import { cancelScenarios } from './cancels.ts';
import { commandScenarios } from './commands.ts';
import { earlierReleases } from './earlier.ts';
import { eventScenarios } from './events.ts';
import { singleFaults } from './faults.ts';
import { interference, lifeCycleFaults, staleReads } from './life-cycles.ts';
import { allPairs, drawnPairs, pairNamed } from './pairs.ts';
import { type Scenario, seedOf } from './scenario.ts';
import { dueSchedules } from './schedules.ts';
import { wakeScenarios } from './wakes.ts';

type Scenarios = Iterable<Scenario> | AsyncIterable<Scenario>;
export const suites: Record<
  string,
  { text: string; scenarios: (options: CatalogueOptions) => Promise<Scenarios> | Scenarios }
> = {
  fault: { text: 'one fault at every call site of every task', scenarios: singleFaults },
  pair: { text: 'two faults in one rollout', scenarios: pairs },
  abort: { text: 'an abort before and after every state, and what follows it', scenarios: stateAborts },
  cancel: { text: 'a cancellation before and after every state, alone and with an abort', scenarios: cancelScenarios },
  late: { text: 'an abort during every call that changes something, whose effect comes late', scenarios: lateTasks },
  hung: { text: 'a call that takes effect after its caller gave up', scenarios: hungCalls },
  lifeCycle: { text: 'every fault of an endpoint’s life cycle', scenarios: lifeCycleFaults },
  interference: { text: 'somebody else, or SageMaker itself, between any two states', scenarios: interference },
  stale: { text: 'reads that show the past', scenarios: staleReads },
  schedule: { text: 'a schedule of one run that comes due at any second of an update', scenarios: dueSchedules },
  earlier: {
    text: 'a stack that is updated in mid-rollout, then a fault or an abort',
    scenarios: ({ seed, everyNthMoment }) => earlierReleases(seed, everyNthMoment),
  },
  events: {
    text: 'up to four uploads told in every order, twice or never',
    scenarios: ({ seed }) => eventScenarios(seed),
  },
  wake: {
    text: 'events of endpoints that are lost, late, doubled, overtaken, or come to nobody; requests to stop without them',
    scenarios: wakeScenarios,
  },
  commands: { text: 'drawn commands, against a reference model', scenarios: commandScenarios },
};

export interface CatalogueOptions {
  /** How many pairs of faults to draw; Infinity: all. */
  readonly pairs: number;
  readonly seed: number;
  /** Of the moments at which a stack is updated: all, unless it is given. */
  readonly everyNthMoment?: number;
  /** Only scenarios whose suite and name contain this. */
  readonly only?: string;
}

async function pairs({ pairs: count, seed, only }: CatalogueOptions): Promise<Scenarios> {
  const named = await pairNamed(only?.replace(/^pair /, '') ?? '');
  if (named !== null) return [named];
  if (Number.isFinite(count)) return drawnPairs(count, seed);
  // Finding the courses of a situation takes its time: who asks for one need not wait for the others.
  const asked = /^pair (\w+):/.exec(only ?? '')?.[1] ?? '';
  return allPairs(asked in situations ? [asked as SituationName] : undefined);
}

/** Suites that play each situation at each of its calls or states. */
const OF_EVERY_SITUATION: readonly string[] = ['fault', 'abort', 'cancel', 'late', 'hung'];

/** Of what is like another situation so many are played, by the seed: whatever fails there fails in much the same way. */
const SHARE_OF_LIKE = 0.5;

function isLeftOut({ suite, name }: Scenario, seed: number): boolean {
  const [situation = ''] = name.split(':');
  if (!OF_EVERY_SITUATION.includes(suite) || !(situation in situations)) return false;
  return isLikeAnother(situation as SituationName) && seedOf(seed, name) / 2 ** 32 >= SHARE_OF_LIKE;
}

/** What is asked for by its name is played whole. One after the other: with every pair of faults there are too many to hold. */
export async function* scenariosOf(options: CatalogueOptions): AsyncGenerator<Scenario> {
  for (const [suite, { scenarios }] of Object.entries(suites)) {
    // A name begins with its suite: whoever asks for one need not wait for the others.
    const asked = options.only?.split(' ')[0] ?? '';
    if (asked in suites && asked !== suite) continue;
    for await (const scenario of await scenarios(options))
      if (options.only === undefined ? !isLeftOut(scenario, options.seed) : nameIn(scenario).includes(options.only))
        yield scenario;
  }
}

const nameIn = ({ suite, name }: Scenario) => `${suite} ${name}`;

export async function catalogue(options: CatalogueOptions): Promise<Scenario[]> {
  const all: Scenario[] = [];
  for await (const scenario of scenariosOf(options)) all.push(scenario);
  return all;
}
