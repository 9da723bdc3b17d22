// Events of up to four uploads to one endpoint: in every order, told twice or never, by archives of every kind, within one second or not.
import { seeded } from '../../local/hosting/seeded.ts';
import { type ArchiveKind, archive, DRAWN_KINDS } from '../world/archives.ts';
import { asynchronous, CHALLENGER, CHAMPION, ENDPOINT, keyOfVariant, serverless, twoVariants } from '../world/bases.ts';
import { type SituationName, situations } from '../world/situations.ts';
import { type Scenario, stage } from './scenario.ts';

interface Told {
  readonly kind: ArchiveKind;
  /** Which key it is put under: two may share one. */
  readonly key: number;
  /** For which of several variants it is; of another one than there are it adds none. */
  readonly variantName?: string;
  /** When it is put, and when each of its events arrives after that. */
  readonly at: number;
  readonly delays: readonly number[];
}

const SPACINGS: Record<string, number> = { withinASecond: 150, seconds: 4_000, minutes: 45_000 };

const nameOf = (base: SituationName, uploads: readonly Told[]) =>
  `${base}: ${uploads.map(({ kind, key, variantName, at, delays }) => `${kind} under ${variantName === undefined ? '' : `${variantName}/`}${key} at ${at} told after ${delays.join('+') || 'never'}`).join(', ')}`;

const canaryInvocations = { requests: 1 };
const ofTwo = { ...twoVariants, canaryInvocations };
const MANIFESTS = {
  ...{ create: { canaryInvocations }, again: { canaryInvocations }, createTwo: ofTwo, againOfTwo: ofTwo },
  createServerless: { ...serverless, canaryInvocations },
  againServerless: { ...serverless, canaryInvocations },
  ...{ createAsync: asynchronous, againAsync: asynchronous },
} as const satisfies Partial<Record<SituationName, object>>;

function told(base: keyof typeof MANIFESTS, uploads: readonly Told[]): Scenario {
  return {
    suite: 'events',
    name: nameOf(base, uploads),
    run: async (engine, seed) => {
      const { stack, evidence } = await stage(engine, base, seed);
      stack.manifest(ENDPOINT, MANIFESTS[base]);
      const archives = await Promise.all(uploads.map(({ kind }, index) => archive(kind, 20 + index)));
      for (const [index, { key, variantName, at, delays }] of uploads.entries())
        stack.later(at, () => stack.upload(keyOfVariant(variantName, `u${key}`), archives[index]!, delays));
      await stack.settle();
      return { evidence, met: true, expectation: {} };
    },
  };
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

/** All orders in which the events of good uploads can arrive, each of them told once or twice. */
function allOrders(): Scenario[] {
  const all: Scenario[] = [];
  for (const base of ['create', 'again'] as const)
    for (const count of [2, 3, 4])
      for (const [, spacing] of Object.entries(SPACINGS))
        for (const order of permutations(Array.from({ length: count }, (_, index) => index)))
          for (let twice = 0; twice < 2 ** count; twice++) {
            const uploads = order.map((place, index): Told => {
              const at = index * spacing;
              const arrives = (count - 1) * spacing + 500 + place * 300;
              const delays = [arrives - at, ...((twice >> index) & 1 ? [arrives - at + 3_000 + place * 700] : [])];
              return { kind: 'good', key: index, at, delays };
            });
            all.push(told(base, uploads));
          }
  return all;
}

/** One in eight is for a variant that is not there. */
const VARIANTS = [...[CHAMPION, CHAMPION, CHAMPION], ...[CHALLENGER, CHALLENGER, CHALLENGER, CHALLENGER], 'newcomer'];

/** Of every kind, drawn. */
function drawn(count: number, seed: number, bases: readonly (keyof typeof MANIFESTS)[]): Scenario[] {
  const draw = seeded(seed);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(draw() * items.length)]!;
  const scenarios = new Map<string, Scenario>();
  while (scenarios.size < count) {
    const number = 1 + Math.floor(draw() * 4);
    const spacing = pick(Object.values(SPACINGS));
    const uploads = Array.from({ length: number }, (_, index): Told => {
      const events = pick([0, 1, 1, 1, 2, 3]);
      const delays = Array.from({ length: events }, () => Math.round(draw() * pick([2_000, 30_000, 600_000])));
      const kind = pick(DRAWN_KINDS);
      return { kind, key: pick([index, index, 0]), at: Math.round(index * spacing * (0.5 + draw())), delays };
    });
    const base = pick(bases);
    const isOfTwo = situations[base].hosting === 'twoVariants';
    const scenario = told(
      base,
      isOfTwo ? uploads.map((upload) => ({ ...upload, variantName: pick(VARIANTS) })) : uploads,
    );
    scenarios.set(scenario.name, scenario);
  }
  return [...scenarios.values()];
}

export const eventScenarios = (seed: number): Scenario[] => [
  ...allOrders(),
  ...drawn(4_000, seed, ['create', 'again']),
  ...drawn(1_000, seed, ['createTwo', 'againOfTwo']),
  ...drawn(500, seed, ['createServerless', 'againServerless']),
  ...drawn(500, seed, ['createAsync', 'againAsync']),
];
