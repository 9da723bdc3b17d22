// Starts an execution of the machine, and follows it to its end if asked to.
import type { Deployer } from '../../client/client.ts';
import { followRollout } from './follow-rollout.ts';
import { type Progress, progress as startProgress } from './progress.ts';
import { progressStream, type Report, reportDone } from './report.ts';

export interface ActionFlags {
  stack: string;
  name?: string;
  watch?: true;
  json?: true;
}

/** @param doing told while `start` works */
export async function startAction(
  doing: string,
  flags: ActionFlags,
  start: (progress: Progress) => Promise<{ deployer: Deployer; executionArn: string }>,
): Promise<Report> {
  const progress = startProgress(progressStream(flags));
  try {
    progress.under(doing);
    const { deployer, executionArn } = await start(progress);
    progress.under(null);
    if (flags.watch) return await followRollout(deployer, { executionArn, upload: null }, progress);
    return reportDone(`${executionArn}\nTo follow it: npm run cli -- watch ${executionArn}`, { executionArn });
  } finally {
    progress.stop();
  }
}
