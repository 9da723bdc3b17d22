// `rollback`: puts an earlier release back, and watches that if asked to.
import { connect } from '../../client/client.ts';
import { Refusal } from '../../client/refusal.ts';
import type { Report } from '../terminal/report.ts';
import { type ActionFlags, startAction } from '../terminal/start-action.ts';

export interface RollbackFlags extends ActionFlags {
  to?: string;
  verification?: string;
}

export async function rollback(endpointName: string, flags: RollbackFlags): Promise<Report> {
  const { to, verification, name } = flags;
  if (verification !== undefined && verification !== 'candidate' && verification !== 'live')
    throw new Refusal(`--verification is candidate or live, not "${verification}".`);
  return startAction('Starting the rollback', flags, async () => {
    const deployer = await connect(flags.stack);
    return { deployer, ...(await deployer.rollBack(endpointName, { to, verification, name })) };
  });
}
