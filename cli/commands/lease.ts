// `lease`: who changes an endpoint now, and who waits for it.

import { connect } from '../../client/client.ts';
import type { Lease, LeasedRollout } from '../../state-machine/contract/lease.ts';
import { type Report, reportDone } from '../terminal/report.ts';

export async function lease(endpointName: string, flags: { stack: string }): Promise<Report> {
  const deployer = await connect(flags.stack);
  return reportLease(endpointName, await deployer.lease(endpointName));
}

export function reportLease(endpointName: string, found: Lease | null): Report {
  const { owner = null, stopRequestedBy = null, waiting = [] } = found ?? {};
  const lines = [
    owner === null ? `Nobody changes ${endpointName}.` : `${named(owner.rollout)} changes ${endpointName}.`,
  ];
  if (owner !== null) lines.push(`  since ${owner.acquiredAt}, last seen ${owner.heartbeatAt}`);
  if (owner?.recovers) lines.push(`  finishes the rollback of ${owner.recovers.rolloutId}, which was stopped`);
  if (stopRequestedBy !== null) lines.push(`  ${stopRequestedBy} has asked it to stop`);
  if (waiting.length > 0) lines.push(`${waiting.length} ${waiting.length === 1 ? 'waits' : 'wait'}, in this order:`);
  for (const { rollout, since } of waiting) lines.push(`  ${named(rollout)}, since ${since}`);
  return reportDone(lines.join('\n'), { owner, stopRequestedBy, waiting });
}

const named = ({ rolloutId, action, startedByKey }: LeasedRollout) =>
  `${rolloutId} (${action}${startedByKey === null ? '' : ` of ${startedByKey}`})`;
