// The exit status of a command, so that a pipeline can tell the outcomes apart.
import type { ExecutionEnded } from '../../client/history/state-change.ts';
import { isDone } from '../../client/is-done.ts';

export const exitStatus = {
  /** Deployed, or unchanged: the endpoint serves this model; or retired. Also a command that only asks, and got its answer. */
  ok: 0,
  /** Rejected, rolled back, needs attention, aborted or timed out: the endpoint does not serve this model. */
  failed: 1,
  /** The command itself could not be carried out: wrong usage, a bad file, no credentials, no stack. */
  refused: 2,
  /** A newer rollout took its place, however its execution ended. */
  superseded: 3,
} as const;

export function exitStatusOf({ status, outcome }: Pick<ExecutionEnded, 'status' | 'outcome'>): number {
  if (outcome?.outcome === 'superseded') return exitStatus.superseded;
  return status === 'SUCCEEDED' && isDone(outcome) ? exitStatus.ok : exitStatus.failed;
}
