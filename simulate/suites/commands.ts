// Drawn commands, one after the other: uploads of every kind, their events in any order, requests, rollbacks, retirements,
// aborts, sweeps and time that passes; the end is compared with a small reference model, and what contradicts it is shrunk.
import fc from 'fast-check';
import { mainVariant, type Variant } from '../../state-machine/contract/variant.ts';
import type { Json } from '../engine/asl.ts';
import type { Execution } from '../engine/execution.ts';
import { liveOf, servedBy } from '../judging/served.ts';
import { archive, DRAWN_KINDS } from '../world/archives.ts';
import { CHALLENGER, CHAMPION, ENDPOINT, weighted } from '../world/bases.ts';
import type { Engine } from '../world/engine.ts';
import { keyOf } from '../world/simulated-stack.ts';
import type { SituationName } from '../world/situations.ts';
import { SWEEPER } from '../world/stack-names.ts';
import { contradictions, type Model, type ModelUpload, type Seen } from './commands-model.ts';
import { type Broken, judge, type Ran, type Scenario, stage } from './scenario.ts';

type Staged = Awaited<ReturnType<typeof stage>>;
/** The simulated stack, and what a run of commands remembers of it. */
interface Real extends Pick<Staged, 'stack' | 'evidence'> {
  /**
   * Orders the events alone: it holds promises back, and what happens inside the stack has its order from virtual time.
   */
  readonly events: fc.Scheduler;
  readonly actions: Execution[];
  /** Of the uploads' keys, by number. */
  readonly places: readonly string[];
  /** What was done, for people. */
  readonly log: string[];
}
type Command = fc.AsyncCommand<Model, Real>;
type Commands = Parameters<typeof fc.asyncModelRun<Model, Real, false, Model>>[1];

const MAXIMUM_UPLOADS = 4;
const MAXIMUM_COMMANDS = 16;
const SCENARIOS_OF_EACH = 600;
const BASES = {
  nothing: 'create',
  serving: 'again',
  twoReleases: 'rollback',
  twoVariants: 'againOfTwo',
} as const satisfies Record<string, SituationName>;
const PLACES = ['u0', 'u1', 'u2', 'u3'];
/** Two of each variant. */
const PLACES_OF_TWO = [`${CHAMPION}/u0`, `${CHAMPION}/u1`, `${CHALLENGER}/u2`, `${CHALLENGER}/u3`];

function command(name: string, run: Command['run'], check: Command['check'] = () => true): Command {
  const logged: Command['run'] = async (model, real) => {
    real.log.push(name);
    await run(model, real);
  };
  return { check, run: logged, toString: () => name };
}

const pass = ({ stack }: Pick<Real, 'stack'>, milliseconds: number) =>
  stack.account.time.run(() => false, stack.account.time.now + milliseconds);

function announce({ stack, events, log }: Real, key: string): void {
  void events.schedule(Promise.resolve(), key).then(() => {
    log.push(`  event of ${key}`);
    stack.tell(key);
  });
}

async function deliver({ events }: Real): Promise<void> {
  if (events.count() > 0) await events.waitNext(1);
}

const uploading = fc
  .record({
    kind: fc.constantFrom(...DRAWN_KINDS),
    number: fc.integer({ min: 20, max: 23 }),
    key: fc.nat({ max: 3 }),
    told: fc.constantFrom(1, 1, 1, 2, 0),
    inNextSecond: fc.boolean(),
  })
  .map(({ kind, number, key, told, inNextSecond }) =>
    command(
      `upload ${kind} ${number} under u${key} in the ${inNextSecond ? 'next' : 'same'} second, told ${told} times`,
      async (model, real) => {
        const { stack, places } = real;
        if (inNextSecond) await pass(real, 1_000 - (stack.account.time.now % 1_000));
        const uploaded = stack.upload(keyOf(ENDPOINT, places[key]!), await archive(kind, number), []);
        model.uploads.push({ ...uploaded, injected: false });
        for (let event = 0; event < told; event++) announce(real, uploaded.key);
      },
      ({ uploads }) => uploads.length < MAXIMUM_UPLOADS,
    ),
  );
const tellingAgain = fc.nat({ max: MAXIMUM_UPLOADS - 1 }).map((index) =>
  command(
    `tell of upload ${index} once more`,
    async ({ uploads }, real) => announce(real, uploads[index]!.key),
    ({ uploads }) => index < uploads.length,
  ),
);
const delivering = fc.constant(command('an event arrives', async (_model, real) => deliver(real)));
const passing = fc
  .constantFrom(100, 700, 2_500, 7_000, 30_000, 600_000, 2_400_000)
  .map((milliseconds) => command(`${milliseconds / 1000} s pass`, async (_model, real) => pass(real, milliseconds)));
const sweeping = fc.constant(
  command('a sweep', async (_model, { stack }) => {
    stack.account.invoke(SWEEPER, {}).catch(() => {});
  }),
);
/** What is not named must stay, whatever comes after; one of them changes nothing but this. */
const settings: readonly { [key: string]: Json }[] = [
  { tags: { number: '0' } },
  { tags: { number: '1' }, environment: { LEVEL: 'info' } },
  { hosting: { type: 'realtime', instanceType: 'ml.c5.large' } },
  { scaling: { maximum: 3, target: 50 }, network: { isolation: false } },
  { reset: ['tags', 'scaling'] },
];
/** Of two variants shares may move, and nothing may reset the counts that make room for them. */
const settingsOfTwo: readonly { [key: string]: Json }[] = [
  { tags: { number: '0' } },
  { tags: { number: '1' }, environment: { LEVEL: 'info' } },
  { variants: weighted(50, 50) },
  { variants: weighted(20, 80) },
  { variants: weighted(90, 10), canaryInvocations: { requests: 2 } },
];
const requesting = (of: typeof settings) =>
  fc.constantFrom(...of).map((named) =>
    command(`request ${JSON.stringify(named)}`, async (model, { stack }) => {
      model.requests += 1;
      stack.request({ endpointName: ENDPOINT, ...named });
    }),
  );
const rollingBack = fc.constant(
  command('request a rollback', async (model, { stack, actions }) => {
    model.rollbacks += 1;
    actions.push(stack.request({ endpointName: ENDPOINT, action: 'rollback' }));
  }),
);
const retiring = fc.constant(
  command('request the retirement', async (model, { stack, actions }) => {
    model.retirements += 1;
    actions.push(stack.request({ endpointName: ENDPOINT, action: 'retireEndpoint' }));
  }),
);
const aborting = fc.nat({ max: 2 }).map((which) =>
  command(`abort running execution ${which}`, async ({ uploads }, { stack }) => {
    const running = [...stack.account.executions.values()].filter(({ status }) => status === 'RUNNING');
    const execution = running[which];
    if (execution === undefined) return;
    stack.aborted.push(execution);
    execution.stop();
    const key = keyOfEvent(execution);
    for (const upload of uploads) if (upload.key === key) upload.injected = true;
  }),
);

const cancelling = fc.nat({ max: 2 }).map((which) =>
  command(`cancel running execution ${which}`, async ({ cancelledKeys }, { stack }) => {
    const running = [...stack.account.executions.values()].filter(({ status }) => status === 'RUNNING');
    const execution = running[which];
    if (execution === undefined) return;
    stack.request({ endpointName: ENDPOINT, action: 'cancel', rolloutId: execution.name });
    const key = keyOfEvent(execution);
    // Whichever version its rollout comes to look at.
    if (key !== undefined) cancelledKeys.add(key);
  }),
);

const keyOfEvent = ({ input }: Execution): string | undefined =>
  (input as { detail?: { object?: { key?: string } } } | null)?.detail?.object?.key;

/** Uploads and their events are the most of it. */
const commandsWith = (...others: fc.Arbitrary<Command>[]) =>
  fc.commands<Model, Real, false>(
    [
      ...[uploading, uploading, uploading, delivering, delivering, delivering, passing, passing, passing],
      ...[tellingAgain, aborting, cancelling, sweeping, ...others],
    ],
    { maxCommands: MAXIMUM_COMMANDS, size: 'max' },
  );
const commands = commandsWith(requesting(settings), rollingBack, retiring);
/** Of an endpoint that is retired nobody knows any more which variants it had: an upload for one of them is rejected. */
const commandsOfTwo = commandsWith(requesting(settingsOfTwo), rollingBack);

/** `variantName`: of which of several variants. */
function seenIn(
  { stack, evidence, actions }: Real,
  { uploads }: Model,
  before: readonly string[],
  variantName?: string,
): Seen {
  const outcomes = evidence.outcomes();
  const uploadOf = (rolloutId: string | null): ModelUpload | null => {
    const of = outcomes.find((outcome) => outcome.rolloutId === rolloutId);
    const execution = [...stack.account.executions.values()].find(({ name }) => name === rolloutId);
    if (of?.upload == null || execution === undefined || keyOfEvent(execution) !== of.upload.key) return null;
    return uploads.find(({ key, versionId }) => of.upload?.key === key && of.upload.versionId === versionId) ?? null;
  };
  const serves = servedBy(evidence.after!, liveOf(evidence.after!, ENDPOINT), variantName).artifactSha256;
  const [last] = outcomes
    .filter(({ outcome }) => outcome === 'deployed' || outcome === 'unchanged' || outcome === 'retired')
    .sort((one, other) => other.endedAt.localeCompare(one.endedAt));
  return {
    outcomesOf: ({ key, versionId }) =>
      outcomes
        .filter(({ upload }) => upload?.key === key && upload.versionId === versionId)
        .filter(({ rolloutId }) => uploadOf(rolloutId) !== null)
        .map(({ outcome, successor }) => ({ outcome, successor: uploadOf(successor) })),
    serves,
    // An outcome names what the main variant serves.
    claimed: variantName === undefined ? (last?.serving?.artifactSha256 ?? null) : serves,
    before,
    actionsEndedAt: Math.max(0, ...actions.map(({ stoppedAt }) => stoppedAt ?? Number.POSITIVE_INFINITY)),
  };
}

const variantOf = (variants: readonly Variant[], variantName: string | undefined): Variant =>
  (variantName === undefined ? mainVariant(variants) : variants.find(({ name }) => name === variantName))!;

interface Course extends Ran {
  readonly violations: Broken[];
  readonly log: readonly string[];
}

async function follow(
  engine: Engine,
  seed: number,
  base: keyof typeof BASES,
  drawn: { phase: number; all: Commands; events: fc.Scheduler },
): Promise<Course> {
  const { stack, evidence } = await stage(engine, BASES[base], seed);
  stack.manifest(ENDPOINT, { canaryInvocations: { requests: 1 } });
  const model: Model = { uploads: [], cancelledKeys: new Set(), requests: 0, rollbacks: 0, retirements: 0 };
  const isOfTwo = base === 'twoVariants';
  const places = isOfTwo ? PLACES_OF_TWO : PLACES;
  const real: Real = { stack, evidence, events: drawn.events, actions: [], places, log: [] };
  const released = evidence.releases().map(({ variants }) => variants);
  await pass(real, 1_000 - (stack.account.time.now % 1_000) + drawn.phase);
  await fc.asyncModelRun(() => ({ model, real }), drawn.all);
  for (; drawn.events.count() > 0; await pass(real, 300)) await deliver(real);
  await stack.settle();
  const expectation = {
    mayDelete: model.retirements > 0,
    // Nobody finishes a retirement that was stopped.
    mayNeedAttention: model.retirements > 0 && stack.aborted.length > 0,
  };
  const violations = await judge(evidence, expectation);
  for (const variantName of isOfTwo ? [CHAMPION, CHALLENGER] : [undefined]) {
    const before = released.map((variants) => variantOf(variants, variantName).artifactSha256).reverse();
    const uploads = model.uploads.filter(({ key }) => variantName === undefined || key.includes(`/${variantName}/`));
    for (const what of contradictions({ ...model, uploads }, seenIn(real, model, before, variantName)))
      violations.push({ rule: 'referenceModel', what });
  }
  return { evidence, expectation, violations, met: model.uploads.length > 0, log: real.log };
}

function drawnCommands(base: keyof typeof BASES, number: number): Scenario {
  return {
    suite: 'commands',
    name: `on ${base} ${number}`,
    run: async (engine, seed) => {
      let last: Course | undefined;
      let smallest: Course | undefined;
      const property = fc.asyncProperty(
        fc.nat({ max: 999 }),
        base === 'twoVariants' ? commandsOfTwo : commands,
        fc.scheduler(),
        async (phase, all, events) => {
          last = await follow(engine, seed, base, { phase, all, events });
          if (last.violations.length === 0) return;
          smallest = last;
          throw new Error(last.violations[0]!.what);
        },
      );
      await fc.check(property, { seed, numRuns: 1, unbiased: true });
      if (smallest === undefined) return last!;
      const how = smallest.log.join('\n  ');
      return {
        ...smallest,
        violations: smallest.violations.map(({ rule, what }) => ({ rule, what: `${what}\n  ${how}` })),
      };
    },
  };
}

export const commandScenarios = (): Scenario[] =>
  (Object.keys(BASES) as (keyof typeof BASES)[]).flatMap((base) =>
    Array.from({ length: SCENARIOS_OF_EACH }, (_, number) => drawnCommands(base, number)),
  );
