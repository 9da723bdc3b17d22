// What a run adds up to, suite by suite; tallies of several processes are added.
import type { Verdict } from '../suites/scenario.ts';
import { type HostingName, hostingNames, type SituationName, situations } from '../world/situations.ts';

export interface SuiteTally {
  scenarios: number;
  /** Distinct scenarios that changed something at SageMaker or aborted an execution. */
  distinct: number;
  executions: number;
  /** Scenarios whose every rollout was rejected: they prove little, and are not counted as distinct. */
  rejected: number;
  /** Scenarios in which what they are about never came to pass. */
  missed: number;
  outcomes: Record<string, number>;
  /** Of those that are distinct, by the hosting of their endpoint. */
  hostings: Partial<Record<HostingName, number>>;
}

export interface Violation {
  readonly suite: string;
  readonly name: string;
  readonly seed: number;
  readonly rule: string;
  readonly what: string;
}

export interface Tally {
  suites: Record<string, SuiteTally>;
  violations: Violation[];
  violationCount: number;
}

const VIOLATIONS_KEPT = 200;
export const emptyTally = (): Tally => ({ suites: {}, violations: [], violationCount: 0 });
const emptySuite = (): SuiteTally => ({
  scenarios: 0,
  distinct: 0,
  executions: 0,
  rejected: 0,
  missed: 0,
  outcomes: {},
  hostings: {},
});

/** Of a scenario that names no situation: a draw on a base, or several at one endpoint of instances. */
function hostingOf(name: string): HostingName {
  const [situation = '', base] = name.split(/[: ]/);
  if (situation in situations) return situations[situation as SituationName].hosting;
  return hostingNames.find((hosting) => hosting === base) ?? 'realtime';
}

export function count(
  tally: Tally,
  { suite, name, seed, executions, counts, met, outcomes, violations }: Verdict,
): void {
  tally.suites[suite] ??= emptySuite();
  const of = tally.suites[suite];
  const isRejected = outcomes.length > 0 && outcomes.every((outcome) => outcome === 'rejected');
  of.scenarios += 1;
  of.executions += executions;
  if (!met) of.missed += 1;
  else if (isRejected) of.rejected += 1;
  else if (counts) {
    of.distinct += 1;
    const hosting = hostingOf(name);
    of.hostings[hosting] = (of.hostings[hosting] ?? 0) + 1;
  }
  for (const outcome of outcomes) of.outcomes[outcome] = (of.outcomes[outcome] ?? 0) + 1;
  tally.violationCount += violations.length;
  for (const { rule, what } of violations)
    if (tally.violations.length < VIOLATIONS_KEPT) tally.violations.push({ suite, name, seed, rule, what });
}

export function add(into: Tally, { suites, violations, violationCount }: Tally): void {
  for (const [suite, from] of Object.entries(suites)) {
    into.suites[suite] ??= emptySuite();
    const to = into.suites[suite];
    for (const key of ['scenarios', 'distinct', 'executions', 'rejected', 'missed'] as const) to[key] += from[key];
    for (const [outcome, times] of Object.entries(from.outcomes))
      to.outcomes[outcome] = (to.outcomes[outcome] ?? 0) + times;
    for (const hosting of hostingNames)
      to.hostings[hosting] = (to.hostings[hosting] ?? 0) + (from.hostings[hosting] ?? 0);
  }
  into.violations.push(...violations.slice(0, Math.max(0, VIOLATIONS_KEPT - into.violations.length)));
  into.violationCount += violationCount;
}

export const total = (tally: Tally, key: 'scenarios' | 'distinct' | 'executions' | 'rejected' | 'missed'): number =>
  Object.values(tally.suites).reduce((sum, suite) => sum + suite[key], 0);
