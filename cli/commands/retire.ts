// `retire`: deletes an endpoint with all that belongs to it, and watches that if asked to.
import { connect } from '../../client/client.ts';
import { Refusal } from '../../client/refusal.ts';
import type { Report } from '../terminal/report.ts';
import { type ActionFlags, startAction } from '../terminal/start-action.ts';

export interface RetireFlags extends ActionFlags {
  yes?: true;
}

export async function retire(endpointName: string, flags: RetireFlags): Promise<Report> {
  if (!flags.yes) {
    throw new Refusal(
      `This deletes the endpoint ${endpointName}, its scaling, its configurations and its models; whoever calls it gets errors from then on. Its uploads and artifacts stay. Say so with --yes.`,
    );
  }
  return startAction('Starting the retirement', flags, async () => {
    const deployer = await connect(flags.stack);
    return { deployer, ...(await deployer.retireEndpoint(endpointName, { name: flags.name })) };
  });
}
