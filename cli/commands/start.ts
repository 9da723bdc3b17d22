// `start`: starts a rollout from a request, and watches it if asked to.
import { connect } from '../client.ts';
import { exitStatus } from '../exit-status.ts';
import { followRollout } from '../follow-rollout.ts';
import { progress as startProgress } from '../progress.ts';
import { progressStream, type Report, reportDone } from '../report.ts';
import { problemsText, validateRequest } from '../validate-request.ts';

export interface StartFlags {
  stack: string;
  name?: string;
  watch?: true;
  json?: true;
}

export async function start(file: string, flags: StartFlags): Promise<Report> {
  const { request, problems } = await validateRequest(file);
  if (request === null) return { status: exitStatus.refused, text: problemsText(file, problems), json: { problems } };
  const progress = startProgress(progressStream(flags));
  try {
    progress.under('Starting the rollout');
    const deployer = await connect(flags.stack);
    const { executionArn } = await deployer.startRollout(request, { name: flags.name });
    progress.under(null);
    if (flags.watch) return await followRollout(deployer, { executionArn, upload: null }, progress);
    return reportDone(`${executionArn}\nTo follow it: npm run cli -- watch ${executionArn}`, { executionArn });
  } finally {
    progress.stop();
  }
}
