// `outcome`: how a rollout ended, without its story.
import { connect } from '../../client/client.ts';
import { watchToEnd } from '../../client/history/watch.ts';
import { Refusal } from '../../client/refusal.ts';
import { rolloutRef } from '../../client/rollout-ref.ts';
import { progress as startProgress } from '../terminal/progress.ts';
import { progressStream, type Report, reportEnd, reportOutcome } from '../terminal/report.ts';

/** Waits for the end of an execution that still runs. */
export async function outcome(rollout: string, flags: { stack: string; json?: true }): Promise<Report> {
  const progress = startProgress(progressStream(flags));
  try {
    progress.under('Reading the outcome');
    const deployer = await connect(flags.stack);
    const { executionArn, upload } = rolloutRef(rollout, deployer.stack);
    if (executionArn !== null) {
      const end = await watchToEnd(deployer.watch(executionArn));
      // Stopped: the sweeper has its outcome told by another execution.
      return reportEnd(executionArn, { ...end, outcome: end.outcome ?? (await deployer.outcome(executionArn)) });
    }
    const ended = await deployer.outcome(upload);
    if (ended !== null) return reportOutcome(ended);
    throw new Refusal(`No rollout of ${upload.key} has ended yet. To follow it: npm run cli -- watch ${upload.key}`);
  } finally {
    progress.stop();
  }
}
