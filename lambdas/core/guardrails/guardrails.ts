// From the strategy of a plan to the guardrails that SageMaker is asked to keep.
import type { Plan } from '../../../state-machine/contract/plan.ts';
import type { ResolvedStrategy } from '../../../state-machine/contract/resolved-request.ts';
import { bakes, trafficSteps, waitsInAll } from './traffic-steps.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_BlueGreenUpdatePolicy.html: 600 to 28,800. */
export const SHORTEST_EXECUTION_SECONDS = 600;
export const LONGEST_EXECUTION_SECONDS = 28_800;

/** A DeploymentConfig, in our words. */
export interface Guardrails {
  traffic: ResolvedStrategy['traffic'];
  terminationWaitSeconds: number;
  maximumExecutionSeconds: number;
  /** Any of these in ALARM takes the update back. */
  alarmNames: string[];
}

/** Null: all at once, without bake or limit, which is what SageMaker does unasked. */
export function guardrails(
  { strategy, patienceSeconds }: Pick<Plan, 'strategy' | 'patienceSeconds'>,
  instances: number,
  alarmNames: string[],
): Guardrails | null {
  if (!isGuarded(strategy)) return null;
  const { traffic, terminationWaitSeconds } = strategy;
  return {
    ...{ traffic, terminationWaitSeconds, alarmNames },
    maximumExecutionSeconds: executionSeconds(strategy, instances, patienceSeconds),
  };
}

export const isGuarded = (strategy: ResolvedStrategy): boolean =>
  strategy.traffic.type !== 'allAtOnce' || bakes(strategy) || strategy.maximumExecutionSeconds !== null;

/**
 * What was asked for; or all waits, and time for instances to come: once, in a rolling update for each batch.
 */
export function executionSeconds(strategy: ResolvedStrategy, instances: number, patienceSeconds: number): number {
  if (strategy.maximumExecutionSeconds !== null) return strategy.maximumExecutionSeconds;
  const steps = trafficSteps(strategy, instances);
  const arrivals = strategy.traffic.type === 'rolling' ? steps.length : 1;
  const wanted = waitsInAll(steps) + arrivals * patienceSeconds;
  return Math.min(LONGEST_EXECUTION_SECONDS, Math.max(SHORTEST_EXECUTION_SECONDS, wanted));
}

/** How long polling an update goes on: SageMaker's own time for it, and as long again as a fleet may take to come. */
export const updateSeconds = (
  { strategy, patienceSeconds }: Pick<Plan, 'strategy' | 'patienceSeconds'>,
  instances: number,
): number => patienceSeconds + (isGuarded(strategy) ? executionSeconds(strategy, instances, patienceSeconds) : 0);
