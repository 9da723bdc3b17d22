// Starts the telling of executions that ended without an outcome, and that no lease knows: they changed nothing, but somebody waits to hear of it.
import type { Lease } from '../../../../state-machine/contract/lease.ts';
import type { RecoverRequest } from '../../../../state-machine/contract/other-requests.ts';
import { leaseRollouts } from '../../../core/lease/lease-rollouts.ts';
import type { EndedExecution } from '../../../core/recovery/execution-status.ts';
import { rotateStart } from '../../../core/recovery/rotate-start.ts';
import { endpointOfInput, isRecovery } from '../../../core/recovery/stopped-rollout.ts';
import { isRecoveryName, unreportedName } from '../../../core/recovery/sweep-names.ts';
import type { SweepPorts } from '../../../ports/sweep-ports.ts';

/** @returns the rollouts for which it was started, and how many were left for want of time */
export async function recoverUnreported(
  { clock, executions, sweeperLedger }: Pick<SweepPorts, 'clock' | 'executions' | 'sweeperLedger'>,
  { defaultEndpointName }: { defaultEndpointName: string | null },
  leases: readonly Lease[],
  found: readonly EndedExecution[],
  hasTime: () => boolean,
): Promise<{ started: string[]; left: number }> {
  const now = clock.now();
  const leased = new Set(
    leases.flatMap((lease) => [...leaseRollouts(lease), lease.owner?.recovers].map((rollout) => rollout?.rolloutId)),
  );
  const ended = new Map(
    found
      .filter(({ name }) => !isRecoveryName(name) && !leased.has(name))
      .map((execution) => [execution.name, execution]),
  );
  const unreported = rotateStart(await sweeperLedger.withoutOutcome([...ended.keys()]), now);
  const started: string[] = [];
  for (const [index, rolloutId] of unreported.entries()) {
    if (!hasTime()) return { started, left: unreported.length - index };
    const { executionArn, stoppedAt } = ended.get(rolloutId)!;
    const execution = await executions.find(executionArn);
    if (execution === null || execution.isRunning || isRecovery(execution.input)) continue;
    const endpointName = endpointOfInput(execution.input, defaultEndpointName) ?? undefined;
    const request: RecoverRequest = { action: 'recover', endpointName, rolloutId };
    if (await executions.start(unreportedName(rolloutId, stoppedAt, now), request)) started.push(rolloutId);
  }
  return { started, left: 0 };
}
