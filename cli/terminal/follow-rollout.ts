// Follows a rollout on the screen to its end, however it was named.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployer } from '../../client/client.ts';
import { notTakenUp, type UploadRef } from '../../client/find-execution.ts';
import { watchToEnd } from '../../client/history/watch.ts';
import { rolloutIdOf } from '../../client/rollout-execution.ts';
import type { RolloutRef } from '../../client/rollout-ref.ts';
import { followRecovery } from './follow-recovery.ts';
import type { Progress } from './progress.ts';
import { type Report, reportEnd, reportOutcome } from './report.ts';

export async function followRollout(deployer: Deployer, ref: RolloutRef, progress: Progress): Promise<Report> {
  const executionArn = ref.executionArn ?? (await executionOf(deployer, ref.upload, progress));
  if (executionArn === null) return await awaitOutcome(deployer, ref.upload!, progress);
  progress.say(executionArn);
  const stopTelling = tellWhenLeft(executionArn, progress);
  try {
    const end = await watchToEnd(deployer.watch(executionArn), (change) => progress.show(change));
    return reportEnd(executionArn, await followRecovery(deployer, executionArn, end, progress));
  } finally {
    stopTelling();
  }
}

/** Who stops watching stops nothing else, and should know it. */
function tellWhenLeft(executionArn: string, progress: Progress): () => void {
  const tell = () => {
    const rolloutId = rolloutIdOf(executionArn);
    progress.say(
      `It goes on. To follow it: npm run cli -- watch ${rolloutId}; to end it: npm run cli -- cancel ${rolloutId}`,
    );
    progress.stop();
    process.exit(INTERRUPTED);
  };
  process.once('SIGINT', tell);
  return () => process.off('SIGINT', tell);
}

/** 128 and the number of SIGINT, as shells have it. */
const INTERRUPTED = 130;

/** Null where the caller may not list executions: people who upload need not be operators. */
async function executionOf(deployer: Deployer, upload: UploadRef, progress: Progress): Promise<string | null> {
  progress.under(`Waiting for the rollout of ${upload.key}`);
  try {
    // An upload of just now is taken up soon; of an older one the execution is there, or never will be.
    const found = await deployer.findExecution(upload, { waitSeconds: upload.startedAt ? 120 : 0 });
    if (found !== null) return found;
    throw notTakenUp(upload);
  } catch (error) {
    if ((error as Error).name !== 'AccessDeniedException') throw error;
    progress.say('You may not see executions: waiting for the outcome only.');
    return null;
  } finally {
    progress.under(null);
  }
}

async function awaitOutcome(deployer: Deployer, upload: UploadRef, progress: Progress): Promise<Report> {
  progress.under(`Waiting for the outcome of ${upload.key}`);
  for (;;) {
    const outcome = await deployer.outcome(upload);
    if (outcome !== null) {
      progress.under(null);
      return reportOutcome(outcome);
    }
    await sleep(5000);
  }
}
