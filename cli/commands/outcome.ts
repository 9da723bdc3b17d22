// `outcome`: how a rollout ended, without its story.
import { connect } from '../client.ts';
import { progress as startProgress } from '../progress.ts';
import { Refusal } from '../refusal.ts';
import { progressStream, type Report, reportEnd, reportOutcome } from '../report.ts';
import { rolloutRef } from '../rollout-ref.ts';
import { watchToEnd } from '../watch.ts';

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
