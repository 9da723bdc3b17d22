// One scenario: its name says all that sets it apart, and with the seed it is replayed exactly.

import type { Execution } from '../engine/execution.ts';
import { Evidence } from '../judging/evidence.ts';
import type { Expectation } from '../judging/rule.ts';
import { rules } from '../judging/rules.ts';
import { ENDPOINT, stackWith } from '../world/bases.ts';
import { Customers } from '../world/customers.ts';
import type { Engine } from '../world/engine.ts';
import type { SimulatedStack, SimulatedStackOptions } from '../world/simulated-stack.ts';
import { type Situation, type SituationName, situations } from '../world/situations.ts';

export interface Scenario {
  readonly suite: string;
  /** Unique in its suite. */
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
  /** Whether it came to what it is about: a fault injected, an abort hit. */
  readonly met: boolean;
  /** Where it was judged already. */
  readonly violations?: readonly Broken[];
}

export interface Verdict {
  readonly suite: string;
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
  const own = seedOf(seed, `${scenario.suite} ${scenario.name}`);
  const ran = await scenario.run(engine, own);
  const { evidence, met } = ran;
  const violations = ran.violations ?? (await judge(evidence, ran.expectation));
  const { stack, claims, mutations } = evidence;
  return {
    ...{ suite: scenario.suite, name: scenario.name, seed, met, violations },
    executions: stack.started,
    counts: mutations > 0 || stack.aborted.length > 0,
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
  options: Partial<SimulatedStackOptions> = {},
): Promise<{
  stack: SimulatedStack;
  evidence: Evidence;
  begin: () => Promise<Execution | null>;
  situation: Situation;
}> {
  const situation = situations[name];
  const stack = await stackWith(situation.base, { ...engine, seed, ...options });
  const evidence = new Evidence(stack);
  if (situation.hosting === 'async') evidence.customers = new Customers(stack, ENDPOINT in evidence.before.endpoints);
  const begin = async () => {
    await evidence.customers?.begin();
    return situation.begin(stack);
  };
  return { stack, situation, evidence, begin };
}
