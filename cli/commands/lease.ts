// `lease`: who changes an endpoint now, who waits for it, and whose execution was stopped.
import { connect, type Deployer } from '../../client/client.ts';
import type { DeployedStack } from '../../client/deployed-stack.ts';
import type { RolloutExecution } from '../../client/rollout-execution.ts';
import { leaseRollouts } from '../../lambdas/core/lease/lease-rollouts.ts';
import type { Lease, LeasedRollout } from '../../state-machine/contract/lease.ts';
import { recoveryText } from '../terminal/recovery-words.ts';
import { type Report, reportDone } from '../terminal/report.ts';

export async function lease(endpointName: string, flags: { stack: string }): Promise<Report> {
  return leaseReport(await connect(flags.stack), endpointName);
}

export async function leaseReport(
  deployer: Pick<Deployer, 'stack' | 'lease' | 'execution' | 'findRecovery'>,
  endpointName: string,
): Promise<Report> {
  const found = await deployer.lease(endpointName);
  const stopped = new Map<string, Stopped>();
  for (const { rolloutId, executionArn } of leaseRollouts(found).slice(0, MAXIMUM_DESCRIBED)) {
    const execution = await deployer.execution(executionArn);
    if (execution === null || execution.status === 'RUNNING' || execution.stoppedAt === null) continue;
    stopped.set(rolloutId, { ...execution, recovery: await deployer.findRecovery(rolloutId) });
  }
  return reportLease(endpointName, found, deployer.stack, stopped);
}

/** A hundred may wait: those that are next are asked for. */
const MAXIMUM_DESCRIBED = 10;

/** One whose execution is over, with the execution that finishes its rollback, if there is one already. */
export type Stopped = Pick<RolloutExecution, 'status' | 'stoppedAt'> & { recovery: string | null };

/** `stopped`: by their rollouts. */
export function reportLease(
  endpointName: string,
  found: Lease | null,
  stack: DeployedStack,
  stopped: ReadonlyMap<string, Stopped> = new Map(),
): Report {
  const { owner = null, stopRequestedBy = null, waiting = [], cancellations = [] } = found ?? {};
  const lines = [
    owner === null ? `Nobody changes ${endpointName}.` : `${named(owner.rollout)} changes ${endpointName}.`,
  ];
  const about = ({ rolloutId }: LeasedRollout) => {
    const by = cancellations.find((each) => each.rolloutId === rolloutId)?.by;
    if (by !== undefined) lines.push(`  ${by} cancels it`);
    const { status, stoppedAt = null, recovery = null } = stopped.get(rolloutId) ?? {};
    if (status === undefined || stoppedAt === null) return;
    lines.push(`  ${recoveryText(stack, status, stoppedAt)}`);
    if (recovery !== null) lines.push(`  To follow that: npm run cli -- watch ${recovery}`);
  };
  if (owner !== null) {
    lines.push(`  since ${owner.acquiredAt}, last seen ${owner.heartbeatAt}`);
    if (owner.recovers) lines.push(`  finishes the rollback of ${owner.recovers.rolloutId}, which was stopped`);
    if (stopRequestedBy !== null) lines.push(`  ${stopRequestedBy} has asked it to stop`);
    about(owner.rollout);
  }
  if (waiting.length > 0) lines.push(`${waiting.length} ${waiting.length === 1 ? 'waits' : 'wait'}, in this order:`);
  for (const { rollout, since } of waiting) {
    lines.push(`  ${named(rollout)}, since ${since}`);
    about(rollout);
  }
  const json = { owner, stopRequestedBy, waiting, cancellations, stopped: Object.fromEntries(stopped) };
  return reportDone(lines.join('\n'), json);
}

const named = ({ rolloutId, action, startedByKey }: LeasedRollout) =>
  `${rolloutId} (${action}${startedByKey === null ? '' : ` of ${startedByKey}`})`;
