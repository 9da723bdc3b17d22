// Shows that each seeded defect is caught by the rule that it breaks.
import { catalogue } from '../suites/catalogue.ts';
import { play } from '../suites/scenario.ts';
import { seededDefects } from './defects.ts';

export interface DefectResult {
  readonly name: string;
  readonly rule: string;
  readonly caught: boolean;
  /** How many scenarios it took, and what the rule said first. */
  readonly scenarios: number;
  readonly said: string | null;
}

/** Of each part of the catalogue that reaches a bug. */
const MOST_SCENARIOS = 150;

export async function playSeededDefects(seed: number): Promise<DefectResult[]> {
  const results: DefectResult[] = [];
  for (const { name, rule, among, plant } of seededDefects) {
    const engine = plant();
    let scenarios = 0;
    let said: string | null = null;
    for (const only of among) {
      const all = await catalogue({ seed, pairs: 0, only });
      const step = Math.max(1, all.length / MOST_SCENARIOS);
      for (let at = 0; at < all.length && said === null; at += step) {
        const { violations } = await play(engine, all[Math.floor(at)]!, seed);
        scenarios += 1;
        said = violations.find((violation) => violation.rule === rule)?.what ?? null;
      }
    }
    results.push({ name, rule, caught: said !== null, scenarios, said });
  }
  return results;
}
