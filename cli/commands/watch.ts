// `watch`: follows a rollout that was started elsewhere.
import { connect } from '../../client/client.ts';
import { rolloutRef } from '../../client/rollout-ref.ts';
import { followRollout } from '../terminal/follow-rollout.ts';
import { progress as startProgress } from '../terminal/progress.ts';
import { progressStream, type Report } from '../terminal/report.ts';

export async function watch(rollout: string, flags: { stack: string; json?: true }): Promise<Report> {
  const progress = startProgress(progressStream(flags));
  try {
    progress.under('Looking up the stack');
    const deployer = await connect(flags.stack);
    return await followRollout(deployer, rolloutRef(rollout, deployer.stack), progress);
  } finally {
    progress.stop();
  }
}
