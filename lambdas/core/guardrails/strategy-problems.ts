// What is wrong with an update's strategy for the endpoint that is there: told before anything is made, with the reason.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { ResolvedAlarms, ResolvedStrategy } from '../../../state-machine/contract/resolved-request.ts';
import { problem } from '../problems/problems.ts';
import { MAXIMUM_ALARMS } from './fleet-alarms.ts';
import { isGuarded, LONGEST_EXECUTION_SECONDS, SHORTEST_EXECUTION_SECONDS } from './guardrails.ts';
import { bakes, trafficSteps, waitsInAll } from './traffic-steps.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface StrategyFacts {
  strategy: ResolvedStrategy;
  alarms: ResolvedAlarms | null;
  /** Of the smallest new fleet: those that serve now, or more. */
  instances: number;
  instanceTypes: readonly string[];
  /** Names of the production variants that serve now. */
  liveVariants: string[];
  /** Of the new configuration. */
  variantNames: readonly string[];
  /** Of the author's own alarms, by name; one that is not there is missing. */
  alarmStates: Record<string, AlarmState>;
}

const DG = 'https://docs.aws.amazon.com/sagemaker/latest/dg';

/** [] where the update may begin; also for updates all at once without a bake, which need nothing. */
export function strategyProblems(facts: StrategyFacts): Problem[] {
  return [...trafficProblems(facts), ...timeProblems(facts), ...alarmProblems(facts)];
}

/** What is wrong whatever endpoint is there: told together with the request's other problems. */
export function lastingStrategyProblems({
  strategy,
  alarms,
  instanceTypes,
}: Pick<StrategyFacts, 'strategy' | 'alarms' | 'instanceTypes'>): Problem[] {
  return strategyProblems({
    ...{ strategy, alarms, instanceTypes, liveVariants: [], variantNames: [] },
    // So many that each step is as large as its percentage: fewer instances may need more steps.
    instances: 10_000,
    alarmStates: Object.fromEntries((alarms?.names ?? []).map((name) => [name, 'OK'])),
  });
}

/** Exclusions: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html */
function trafficProblems({ strategy, instances, instanceTypes, liveVariants, variantNames }: StrategyFacts): Problem[] {
  if (!isGuarded(strategy)) return [];
  const { type } = strategy.traffic;
  const problems: Problem[] = [];
  const refuse = (message: string) => problems.push(problem('strategy.type', message));
  for (const instanceType of instanceTypes.filter((type) => /^ml\.inf1\./.test(type))) {
    refuse(
      `SageMaker silently updates ${instanceType} all at once and without a bake (${DG}/deployment-guardrails-exclusions.html). Use "allAtOnce" without waits, or another instance type.`,
    );
  }
  if (type !== 'allAtOnce' && instances < 2) {
    const who = variantNames.length > 1 ? 'one of its variants' : 'the endpoint';
    refuse(
      `"${type}" moves at most half of the traffic in its first step, which takes at least 2 instances; ${who} has ${instances}. Use "allAtOnce", or hosting.instanceCount of 2 or more.`,
    );
  }
  if (liveVariants.length > 0 && variantNames.some((name) => !liveVariants.includes(name))) {
    refuse(
      `The endpoint serves the variant ${liveVariants.join(', ')}, and the new configuration has "${variantNames.join(', ')}". Guardrails need the same name in both.`,
    );
  }
  if (type === 'rolling' && liveVariants.length > 1) {
    refuse(`A rolling update takes one production variant; the endpoint has ${liveVariants.length}.`);
  }
  return problems;
}

function timeProblems({ strategy, instances }: StrategyFacts): Problem[] {
  const waits = waitsInAll(trafficSteps(strategy, Math.max(1, instances)));
  const { maximumExecutionSeconds } = strategy;
  if (maximumExecutionSeconds !== null) {
    if (waits < maximumExecutionSeconds) return [];
    const message = `All waits together take ${waits} s, and the update would be taken back after ${maximumExecutionSeconds} s. Allowed: more than all waits, and time for the instances to come.`;
    return [problem('strategy.maximumExecutionSeconds', message)];
  }
  const longest = LONGEST_EXECUTION_SECONDS - SHORTEST_EXECUTION_SECONDS;
  if (waits <= longest) return [];
  const message = `All waits together take ${waits} s. SageMaker allows an update ${LONGEST_EXECUTION_SECONDS} s, and its instances need ${SHORTEST_EXECUTION_SECONDS} s of them. Wait less, or in fewer steps.`;
  return [problem('strategy.waitSeconds', message)];
}

function alarmProblems({ strategy, alarms, variantNames, alarmStates }: StrategyFacts): Problem[] {
  if (alarms === null) return [];
  if (!bakes(strategy)) {
    const message = `Alarms are watched while an update waits, and this strategy never does (${DG}/deployment-guardrails-configuration.html). Give strategy.terminationWaitSeconds, or leave the alarms out.`;
    return [problem('alarms', message)];
  }
  // Of a queue: failures, expired requests, and the oldest one.
  const isQueued = alarms.maximumOldestRequestSeconds !== undefined;
  const ofFleet = isQueued
    ? (alarms.maximumErrorPercent === null ? 0 : 1) + 2
    : (alarms.maximumErrorPercent === null ? 0 : 2) + (alarms.maximumP99Milliseconds === null ? 0 : 1);
  const made = ofFleet * Math.max(1, variantNames.length);
  const problems: Problem[] = [];
  if (alarms.names.length + made > MAXIMUM_ALARMS) {
    const message = `Found ${alarms.names.length}. SageMaker watches at most ${MAXIMUM_ALARMS}, and ${made} are made by the rollout.`;
    problems.push(problem('alarms.names', message));
  }
  for (const [index, name] of alarms.names.entries()) {
    const where = `alarms.names.${index}`;
    const state = alarmStates[name];
    if (state === undefined) problems.push(problem(where, `There is no alarm "${name}" in this account and region.`));
    else if (state === 'ALARM') {
      problems.push(problem(where, `The alarm "${name}" is in ALARM already: the update would be taken back at once.`));
    }
  }
  return problems;
}
