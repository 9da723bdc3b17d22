// The sweeper's way to a lease: it is taken over from an execution that is over, never because time passed.
import type { Lease, LeasedRollout } from '../../../../state-machine/contract/lease.ts';
import type { LeaseOutput } from '../../../../state-machine/contract/outputs.ts';
import { leaveLease, takeOver } from '../../../core/lease/lease.ts';
import { UNKNOWN_ENDPOINT } from '../../../core/naming/rollout-documents.ts';
import type { ExecutionStatus } from '../../../core/recovery/execution-status.ts';
import { endpointOfInput, stoppedRollout } from '../../../core/recovery/stopped-rollout.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Executions } from '../../../ports/executions.ts';
import type { Leases } from '../../../ports/leases.ts';
import type { Ledger } from '../../../ports/ledger.ts';

export interface RecoveryPorts {
  clock: Clock;
  leases: Leases;
  executions: Executions;
  ledger: Ledger;
}

interface Recovery extends RecoveryPorts {
  /** How long after its end an execution's last function may still change something. */
  recoveryDelaySeconds: number;
}

export async function recoverLease(
  ports: Recovery,
  lease: Lease,
  me: LeasedRollout,
  rolloutId: string,
  asked: LeaseOutput,
  now: Date,
): Promise<{ output: LeaseOutput; next: Lease }> {
  const { executions, recoveryDelaySeconds } = ports;
  const { owner } = lease;
  if (owner?.rollout.rolloutId === me.rolloutId) return { output: recovering(asked, lease), next: lease };
  const queued = lease.waiting.find(({ rollout }) => rollout.rolloutId === rolloutId);
  const found = owner?.rollout.rolloutId === rolloutId ? owner.rollout : queued?.rollout;
  if (found === undefined)
    return { output: await recoverUnleased(ports, lease, me, rolloutId, asked, now), next: lease };
  const execution = await executions.find(found.executionArn);
  if (execution?.isRunning) return { output: refused(asked, `The execution of ${rolloutId} is running.`), next: lease };
  if (owner === null || found !== owner.rollout) {
    const output: LeaseOutput = {
      ...asked,
      verdict: 'neverStarted',
      recovers: found,
      failure: notBegun(rolloutId, execution),
    };
    return { output, next: leaveLease(lease, rolloutId, now) };
  }
  const left = secondsUntilQuiet(execution, recoveryDelaySeconds, now);
  if (left > 0) return { output: waiting(asked, left), next: lease };
  const next = takeOver(lease, owner, me, now);
  return { output: recovering({ ...asked, failure: stopped(next.owner?.recovers ?? found, execution) }, next), next };
}

/** It neither holds nor awaits the lease: it was stopped before it asked, or after it gave up, and before it could say so. */
async function recoverUnleased(
  { executions, ledger, recoveryDelaySeconds }: Recovery,
  { endpointName, owner }: Lease,
  me: LeasedRollout,
  rolloutId: string,
  asked: LeaseOutput,
  now: Date,
): Promise<LeaseOutput> {
  if (owner?.recovers?.rolloutId === rolloutId) return refused(asked, `${owner.rollout.rolloutId} recovers it.`);
  const recorded = await ledger.findOutcome(rolloutId);
  if (recorded !== null) return refused(asked, `${rolloutId} has ended ${recorded.outcome} already.`);
  const executionArn = me.executionArn.slice(0, -me.rolloutId.length) + rolloutId;
  const execution = await executions.find(executionArn);
  if (execution === null) return refused(asked, `No execution ${rolloutId} is known.`);
  if (execution.isRunning) return refused(asked, `The execution of ${rolloutId} is running.`);
  const named = endpointOfInput(execution.input, null);
  if (named !== null && named !== endpointName) return refused(asked, `${rolloutId} was about the endpoint ${named}.`);
  // Its last function may be asking for the lease at this moment.
  const left = endpointName === UNKNOWN_ENDPOINT ? 0 : secondsUntilQuiet(execution, recoveryDelaySeconds, now);
  if (left > 0) return waiting(asked, left);
  const recovers = stoppedRollout(rolloutId, executionArn, execution);
  return { ...asked, verdict: 'neverStarted', recovers, failure: notBegun(rolloutId, execution) };
}

/** Without a plan the rollout had changed nothing: there is nothing to roll back, and the lease is all that is left of it. */
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
  // A retirement has no way to roll back: it is carried on to its end.
  if (recovers?.action === 'retireEndpoint') return { ...held, verdict: 'retire', failure: null };
  return { ...held, verdict: owner?.plan == null ? 'neverStarted' : 'recover' };
}

/** An execution that Step Functions has forgotten ended 90 days ago. */
function secondsUntilQuiet(execution: ExecutionStatus | null, delaySeconds: number, now: Date): number {
  if (execution?.stoppedAt == null) return 0;
  const quietAt = Date.parse(execution.stoppedAt) + delaySeconds * 1000;
  return Math.max(0, Math.ceil((quietAt - now.getTime()) / 1000));
}

const stopped = ({ rolloutId }: LeasedRollout, execution: ExecutionStatus | null) => ({
  Error: 'Stopped',
  Cause: `The execution of ${rolloutId} ended ${execution?.status ?? 'long ago'} without an outcome; its rollback was finished for it.`,
});

const notBegun = (rolloutId: string, execution: ExecutionStatus | null) => ({
  Error: 'Stopped',
  Cause: `The execution of ${rolloutId} ended ${execution?.status ?? 'long ago'} without an outcome, and without the lease of an endpoint: nothing was changed.`,
});

const waiting = (asked: LeaseOutput, waitSeconds: number): LeaseOutput => ({
  ...asked,
  waitSeconds,
  reason: 'Its last function may still be running.',
});

const refused = (asked: LeaseOutput, why: string): LeaseOutput => ({
  ...asked,
  verdict: 'refused',
  failure: { Error: 'RequestRejected', Cause: `There is nothing to recover: ${why}` },
});
