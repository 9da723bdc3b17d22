// `start`: starts a rollout from a request, and watches it if asked to.
import { connect } from '../../client/client.ts';
import { problemsText, validateRequest } from '../../client/validate-request.ts';
import { exitStatus } from '../terminal/exit-status.ts';
import type { Report } from '../terminal/report.ts';
import { type ActionFlags, startAction } from '../terminal/start-action.ts';

export async function start(file: string, flags: ActionFlags): Promise<Report> {
  const { request, problems } = await validateRequest(file, 'request');
  if (request === null) return { status: exitStatus.refused, text: problemsText(file, problems), json: { problems } };
  return startAction('Starting the rollout', flags, async () => {
    const deployer = await connect(flags.stack);
    return { deployer, ...(await deployer.startRollout(request, { name: flags.name })) };
  });
}
