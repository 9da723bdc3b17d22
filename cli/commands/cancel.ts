// `cancel`: ends a rollout that is not live yet, and watches that if asked to.
import { connect, type Deployer } from '../../client/client.ts';
import { notTakenUp } from '../../client/find-execution.ts';
import { Refusal } from '../../client/refusal.ts';
import { rolloutIdOf } from '../../client/rollout-execution.ts';
import { rolloutRef } from '../../client/rollout-ref.ts';
import type { Report } from '../terminal/report.ts';
import { type ActionFlags, startAction } from '../terminal/start-action.ts';

export interface CancelFlags extends ActionFlags {
  endpoint?: string;
}

export async function cancel(rollout: string, flags: CancelFlags): Promise<Report> {
  return startAction('Looking up the rollout', flags, async (progress) => {
    const deployer = await connect(flags.stack);
    const { rolloutId, endpointName } = await whatToCancel(deployer, rollout, flags.endpoint);
    progress.say(`Cancels ${rolloutId} of ${endpointName}: it ends rejected if it waits, and rolls back if it runs.`);
    return { deployer, ...(await deployer.cancel(endpointName, rolloutId, { name: flags.name })) };
  });
}

/** `endpoint`: as it was given; else as the execution says. */
export async function whatToCancel(
  deployer: Pick<Deployer, 'stack' | 'findExecution' | 'execution'>,
  rollout: string,
  endpoint?: string,
): Promise<{ rolloutId: string; endpointName: string }> {
  const { executionArn, upload } = rolloutRef(rollout, deployer.stack);
  const arn = executionArn ?? (await deployer.findExecution(upload, { waitSeconds: 0 }));
  if (arn === null) throw notTakenUp(upload!);
  const rolloutId = rolloutIdOf(arn);
  if (endpoint !== undefined) return { rolloutId, endpointName: endpoint };
  const execution = await deployer.execution(arn);
  if (execution === null) throw new Refusal(`There is no rollout ${rolloutId}.`);
  if (execution.endpointName === null) throw new Refusal(`${rolloutId} names no endpoint. Name it: --endpoint <name>.`);
  return { rolloutId, endpointName: execution.endpointName };
}
