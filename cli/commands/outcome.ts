// `outcome`: how a rollout ended, without its story.
import { connect, type Deployer } from '../../client/client.ts';
import type { UploadRef } from '../../client/find-execution.ts';
import { watchToEnd } from '../../client/history/watch.ts';
import { Refusal } from '../../client/refusal.ts';
import { type RolloutRef, rolloutRef } from '../../client/rollout-ref.ts';
import { followRecovery } from '../terminal/follow-recovery.ts';
import { type Progress, progress as startProgress } from '../terminal/progress.ts';
import { progressStream, type Report, reportEnd, reportOutcome } from '../terminal/report.ts';

/** Waits for the end of an execution that still runs, and for the recovery of one that was stopped. */
export async function outcome(rollout: string, flags: { stack: string; json?: true }): Promise<Report> {
  const progress = startProgress(progressStream(flags));
  try {
    progress.under('Reading the outcome');
    const deployer = await connect(flags.stack);
    return await outcomeReport(deployer, rolloutRef(rollout, deployer.stack), progress);
  } finally {
    progress.stop();
  }
}

export async function outcomeReport(deployer: Deployer, ref: RolloutRef, progress: Progress): Promise<Report> {
  const ended = ref.upload === null ? null : await deployer.outcome(ref.upload);
  if (ended !== null) return reportOutcome(ended);
  const executionArn = ref.executionArn ?? (await stoppedExecution(deployer, ref.upload));
  if (executionArn === null) {
    const { key } = ref.upload!;
    throw new Refusal(`No rollout of ${key} has ended yet. To follow it: npm run cli -- watch ${key}`);
  }
  const end = await watchToEnd(deployer.watch(executionArn));
  const withoutStory: Progress = { ...progress, show: () => {} };
  return reportEnd(executionArn, await followRecovery(deployer, executionArn, end, withoutStory));
}

/** The execution of an upload without an outcome, if it does not run any more; null too for whoever may not see executions. */
async function stoppedExecution(deployer: Deployer, upload: UploadRef): Promise<string | null> {
  try {
    const executionArn = await deployer.findExecution(upload, { waitSeconds: 0 });
    const execution = executionArn === null ? null : await deployer.execution(executionArn);
    return execution === null || execution.status === 'RUNNING' ? null : execution.executionArn;
  } catch (error) {
    if ((error as Error).name !== 'AccessDeniedException') throw error;
    return null;
  }
}
