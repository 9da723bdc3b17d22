// One scenario: its name says all that sets it apart, and with the seed it is replayed exactly.

import type { Execution } from '../engine/execution.ts';
import { Evidence } from '../judging/evidence.ts';
import { type Expectation, rules } from '../judging/rules.ts';
import type { Engine } from '../world/engine.ts';
import type { Town, TownOptions } from '../world/simulated-stack.ts';
import { type Situation, type SituationName, situations, townWith } from '../world/situations.ts';

export interface Scenario {
  readonly family: string;
  /** Unique in its family. */
  readonly name: string;
  readonly run: (engine: Engine, seed: number) => Promise<Ran>;
}

export interface Broken {
  readonly rule: string;
  readonly what: string;
}

/** A scenario that was played. */
export interface Ran {
  readonly evidence: Evidence;
  readonly expectation: Expectation;
  /** Whether it came to what it is about: a fault struck, an abort hit. */
  readonly met: boolean;
  /** Where it was judged already. */
  readonly violations?: readonly Broken[];
}

export interface Verdict {
  readonly family: string;
  readonly name: string;
  readonly seed: number;
  readonly executions: number;
  /** Whether it changed something at SageMaker, or aborted an execution. */
  readonly counts: boolean;
  readonly met: boolean;
  readonly outcomes: readonly string[];
  readonly violations: readonly Broken[];
}

/** Its own stream of random numbers, from the run's seed and its name. */
export function seedOf(seed: number, name: string): number {
  let hash = 2_166_136_261 ^ seed;
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 16_777_619);
  return hash >>> 0;
}

export async function play(engine: Engine, scenario: Scenario, seed: number): Promise<Verdict> {
  const own = seedOf(seed, `${scenario.family} ${scenario.name}`);
  const ran = await scenario.run(engine, own);
  const { evidence, met } = ran;
  const violations = ran.violations ?? (await judge(evidence, ran.expectation));
  const { town, claims, mutations } = evidence;
  return {
    ...{ family: scenario.family, name: scenario.name, seed, met, violations },
    executions: town.started,
    counts: mutations > 0 || town.aborted.length > 0,
    outcomes: claims.map(({ outcome }) => outcome.outcome),
  };
}

/** Lets all come to its end, and holds it against the rules. */
export async function judge(evidence: Evidence, expectation: Expectation): Promise<Broken[]> {
  await evidence.close();
  return rules.flatMap((rule) => rule.broken(evidence, expectation).map((what) => ({ rule: rule.name, what })));
}

/** The situation, about to begin. */
export async function stage(
  engine: Engine,
  name: SituationName,
  seed: number,
  options: Partial<TownOptions> = {},
): Promise<{ town: Town; evidence: Evidence; begin: () => Promise<Execution | null>; situation: Situation }> {
  const situation: Situation = situations[name];
  const town = await townWith(situation.base, { ...engine, seed, ...options });
  return { town, situation, evidence: new Evidence(town), begin: () => situation.begin(town) };
}
