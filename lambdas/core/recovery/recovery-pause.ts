// When a rollback that could not be finished is tried again.
import type { ExecutionStatus } from './execution-status.ts';

/** What kept a recovery from its end, a ledger that cannot be written for example, is seldom over within minutes. */
const PAUSE_MILLISECONDS = 60 * 60_000;

/** A recovery that FAILED waits; one that was stopped by a person, or by the machine's timeout, does not. */
export function isTooSoon(recovery: Pick<ExecutionStatus, 'status' | 'stoppedAt'> | null, now: Date): boolean {
  if (recovery?.status !== 'FAILED' || recovery.stoppedAt === null) return false;
  return now.getTime() - Date.parse(recovery.stoppedAt) < PAUSE_MILLISECONDS;
}
