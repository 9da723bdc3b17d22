// Follows a rollout whose execution was stopped on: to the execution that finishes its rollback, and to the outcome that it tells.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployer } from '../../client/client.ts';
import type { ExecutionEnded } from '../../client/history/state-change.ts';
import { watchToEnd } from '../../client/history/watch.ts';
import { rolloutIdOf } from '../../client/rollout-execution.ts';
import { isRecoveryName } from '../../lambdas/core/recovery/sweep-names.ts';
import type { Progress } from './progress.ts';
import { recoversFrom, recoversUntil, recoveryText } from './recovery-words.ts';

const LOOKS_EVERY_MILLISECONDS = 2000;

/** The end with the outcome that was told for it; as it was where nothing takes it up in the time for that. */
export async function followRecovery(
  deployer: Pick<Deployer, 'stack' | 'recorded' | 'findRecovery' | 'watch'>,
  executionArn: string,
  end: ExecutionEnded,
  progress: Progress,
  pauseMilliseconds = LOOKS_EVERY_MILLISECONDS,
): Promise<ExecutionEnded> {
  const rolloutId = rolloutIdOf(executionArn);
  // Recoveries themselves are never recovered: another one follows.
  if (end.outcome !== null || isRecoveryName(rolloutId)) return end;
  const { stack } = deployer;
  const until = recoversUntil(stack, end.at);
  let isSaid = false;
  let followed: string | null = null;
  for (;;) {
    const outcome = await deployer.recorded(rolloutId);
    if (outcome !== null) return { ...end, outcome };
    if (!isSaid) progress.say(recoveryText(stack, end.status, end.at));
    isSaid = true;
    const recovery = await deployer.findRecovery(rolloutId);
    if (recovery !== null && recovery !== followed) {
      followed = recovery;
      progress.say(`Its rollback is finished by ${recovery}`);
      await watchToEnd(deployer.watch(recovery), (change) => progress.show(change));
      continue;
    }
    if (recovery === null && Date.now() > until.getTime()) return end;
    progress.under(`Waiting for its recovery, from ${recoversFrom(stack, end.at).toISOString()} on`);
    await sleep(pauseMilliseconds);
  }
}
