// The sweeper's way to a lease: it is taken over from an execution that is over, never because time passed.
import type { Lease, LeasedRollout } from '../../state-machine/contract/lease.ts';
import type { LeaseOutput } from '../../state-machine/contract/outputs.ts';
import type { ExecutionStatus } from '../core/execution-status.ts';
import { leaveLease, takeOver } from '../core/lease.ts';
import { RECOVERY_DELAY_SECONDS } from '../core/recovery-delay.ts';
import type { Clock } from '../ports/clock.ts';
import type { Executions } from '../ports/executions.ts';
import type { Leases } from '../ports/leases.ts';

export interface RecoveryPorts {
  clock: Clock;
  leases: Leases;
  executions: Executions;
}

export async function recoverLease(
  { executions }: RecoveryPorts,
  lease: Lease,
  me: LeasedRollout,
  rolloutId: string,
  asked: LeaseOutput,
  now: Date,
): Promise<{ output: LeaseOutput; next: Lease }> {
  const { owner } = lease;
  if (owner?.rollout.rolloutId === me.rolloutId) return { output: recovering(asked, lease), next: lease };
  const waiting = lease.waiting.find(({ rollout }) => rollout.rolloutId === rolloutId);
  const found = owner?.rollout.rolloutId === rolloutId ? owner.rollout : waiting?.rollout;
  if (found === undefined)
    return { output: refused(asked, `${rolloutId} neither holds nor awaits the lease.`), next: lease };
  const execution = await executions.find(found.executionArn);
  if (execution?.isRunning) return { output: refused(asked, `The execution of ${rolloutId} is running.`), next: lease };
  if (owner === null || found !== owner.rollout) {
    const output: LeaseOutput = {
      ...asked,
      verdict: 'nothingMade',
      recovers: found,
      failure: stopped(found, execution),
    };
    return { output, next: leaveLease(lease, rolloutId, now) };
  }
  const left = secondsUntilQuiet(execution, now);
  if (left > 0)
    return { output: { ...asked, waitSeconds: left, reason: 'Its last function may still be running.' }, next: lease };
  const next = takeOver(lease, owner, me, now);
  return { output: recovering({ ...asked, failure: stopped(next.owner?.recovers ?? found, execution) }, next), next };
}

/** Without a plan the rollout had changed nothing: there is no way back to go, and the lease is all that is left of it. */
function recovering(asked: LeaseOutput, { owner, fencing }: Lease): LeaseOutput {
  const recovers = owner?.recovers ?? null;
  const failure = asked.failure ?? (recovers === null ? null : stopped(recovers, null));
  const held = {
    ...asked,
    holder: owner?.rollout.rolloutId ?? null,
    fencing,
    acquiredAt: owner?.acquiredAt ?? null,
    recovers,
    failure,
  };
  // A retirement has no way back: it is carried on to its end.
  if (recovers?.action === 'retireEndpoint') return { ...held, verdict: 'retire', failure: null };
  return { ...held, verdict: owner?.plan == null ? 'nothingMade' : 'recover' };
}

/** An execution that Step Functions has forgotten ended 90 days ago. */
function secondsUntilQuiet(execution: ExecutionStatus | null, now: Date): number {
  if (execution?.stoppedAt == null) return 0;
  const quietAt = Date.parse(execution.stoppedAt) + RECOVERY_DELAY_SECONDS * 1000;
  return Math.max(0, Math.ceil((quietAt - now.getTime()) / 1000));
}

const stopped = ({ rolloutId }: LeasedRollout, execution: ExecutionStatus | null) => ({
  Error: 'Stopped',
  Cause: `The execution of ${rolloutId} ended ${execution?.status ?? 'long ago'} without an outcome; its way back was finished for it.`,
});

const refused = (asked: LeaseOutput, why: string): LeaseOutput => ({
  ...asked,
  verdict: 'refused',
  failure: { Error: 'RequestRejected', Cause: `There is nothing to recover: ${why}` },
});
