// What is said of a rollout whose execution was stopped: that it is taken up, by whom, and from when on.
import type { DeployedStack } from '../../client/deployed-stack.ts';
import { RECOVERY_DELAY_SECONDS } from '../../lambdas/core/recovery/recovery-delay.ts';
import { SWEEP_MINUTES } from '../../lambdas/core/recovery/rotate-start.ts';

/** When its recovery acts: a function of the stopped execution may run on until then. */
export const recoversFrom = ({ recoveryDelaySeconds = RECOVERY_DELAY_SECONDS }: DeployedStack, stoppedAt: Date): Date =>
  new Date(stoppedAt.getTime() + recoveryDelaySeconds * 1000);

/** After that it is not to be expected any more: the sweeper has come around twice. */
export const recoversUntil = (stack: DeployedStack, stoppedAt: Date): Date =>
  new Date(recoversFrom(stack, stoppedAt).getTime() + 2 * SWEEP_MINUTES * 60_000);

/** Sentences. `status`: ABORTED, TIMED_OUT, FAILED. */
export function recoveryText(stack: DeployedStack, status: string, stoppedAt: Date): string {
  const from = recoversFrom(stack, stoppedAt).toISOString();
  return `Its execution ended ${status} at ${stoppedAt.toISOString()} and left no outcome. What it had begun is rolled back all the same: a sweep finds it within ${SWEEP_MINUTES} minutes and starts an execution recover-..., which acts from ${from} on and tells the outcome.`;
}
