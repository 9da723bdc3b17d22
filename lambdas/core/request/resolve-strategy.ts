// Fills the gaps of a request's strategy and alarms. What fits the endpoint that is there, PlanRollout says.
import {
  ALL_AT_ONCE,
  type ResolvedAlarms,
  type ResolvedStrategy,
} from '../../../state-machine/contract/resolved-request.ts';
import { MAXIMUM_OLDEST_REQUEST_SECONDS } from '../guardrails/queue-alarms.ts';
import { bakes } from '../guardrails/traffic-steps.ts';
import type { CheckedRequest } from './check-request.ts';

/**
 * How long the old fleet stays at the end of a canary or linear update at the most, with no traffic, to take it back at once.
 * Unless it is asked for it is no longer than each of the waits before.
 */
const TERMINATION_WAIT_SECONDS = 300;
/** Of the answers of a minute; one of ten is more. */
const MAXIMUM_ERROR_PERCENT = 5;

/**
 * `latencyMilliseconds`: what the canary allows, which the alarm allows too unless the request says otherwise. `isQueued`: it is of
 * an asynchronous endpoint, whose answers take as long as the queue is full.
 */
export function resolveStrategy(
  { strategy, alarms }: Pick<CheckedRequest, 'strategy' | 'alarms'>,
  latencyMilliseconds: number,
  isQueued = false,
): { strategy: ResolvedStrategy; alarms: ResolvedAlarms | null } {
  const resolved = strategy === undefined ? ALL_AT_ONCE : withoutGaps(strategy);
  // Alarms are watched while an update waits: without a wait none is made, and one that is asked for is a mistake to tell.
  if (alarms === undefined && !bakes(resolved)) return { strategy: resolved, alarms: null };
  return {
    strategy: resolved,
    alarms: {
      maximumErrorPercent: alarms?.maximumErrorPercent ?? MAXIMUM_ERROR_PERCENT,
      ...(isQueued
        ? {
            maximumP99Milliseconds: null,
            maximumOldestRequestSeconds: alarms?.maximumOldestRequestSeconds ?? MAXIMUM_OLDEST_REQUEST_SECONDS,
          }
        : { maximumP99Milliseconds: alarms?.maximumP99Milliseconds ?? latencyMilliseconds }),
      names: [...new Set(alarms?.names ?? [])],
    },
  };
}

function withoutGaps(strategy: NonNullable<CheckedRequest['strategy']>): ResolvedStrategy {
  const maximumExecutionSeconds = strategy.maximumExecutionSeconds ?? null;
  if (strategy.type === 'rolling') {
    const { type, batchPercent, waitSeconds } = strategy;
    return { traffic: { type, batchPercent, waitSeconds }, terminationWaitSeconds: 0, maximumExecutionSeconds };
  }
  const { terminationWaitSeconds, maximumExecutionSeconds: _, ...traffic } = strategy;
  const usual = strategy.type === 'allAtOnce' ? 0 : Math.min(strategy.waitSeconds, TERMINATION_WAIT_SECONDS);
  return { traffic, terminationWaitSeconds: terminationWaitSeconds ?? usual, maximumExecutionSeconds };
}
