// What the event of one execution's end asks for: that execution's lease, or the telling of its end.
import { leaseRollouts } from '../../../core/lease/lease-rollouts.ts';
import { endpointOfInput } from '../../../core/recovery/stopped-rollout.ts';
import type { SweepResult } from '../../../core/recovery/sweep-result.ts';
import type { SweepPorts } from '../../../ports/sweep-ports.ts';
import { recoverEnded } from './recover-ended.ts';
import { recoverUnreported } from './recover-unreported.ts';

/**
 * Four calls at most, however many leases there are: where a fleet is stopped, these events come by the thousand at once, and
 * a list for each of them would use up the account's rate of ListExecutions. Judged by what is there, as in a whole sweep,
 * which finds by itself whatever is missed here.
 */
export async function sweepStopped(
  ports: SweepPorts,
  platform: { defaultEndpointName: string | null },
  executionArn: string,
): Promise<SweepResult> {
  const swept: SweepResult = { recovered: [], restarted: [], left: 0 };
  const execution = await ports.executions.find(executionArn);
  if (execution === null || execution.stoppedAt === null || execution.isRunning) return swept;
  const endpointName = endpointOfInput(execution.input, platform.defaultEndpointName);
  const lease = endpointName === null ? null : await ports.leases.read(endpointName);
  const rollout = leaseRollouts(lease).find((held) => held.executionArn === executionArn);
  if (lease !== null && rollout !== undefined) {
    if (await recoverEnded(ports, lease, rollout, execution)) swept.recovered.push(rollout.rolloutId);
    return swept;
  }
  const name = executionArn.slice(executionArn.lastIndexOf(':') + 1);
  const ended = { name, executionArn, stoppedAt: execution.stoppedAt };
  // Described already: its rate is the account's, and the recovery itself asks again.
  const executions = { ...ports.executions, find: async () => execution };
  const leases = lease === null ? [] : [lease];
  const { started } = await recoverUnreported({ ...ports, executions }, platform, leases, [ended], () => true);
  return { ...swept, recovered: started };
}
