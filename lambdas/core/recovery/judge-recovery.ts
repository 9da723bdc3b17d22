// What the recovery of a rollout is told about its lease: it is taken over from an execution that is over, never because time passed.
import type { Lease, LeasedRollout } from '../../../state-machine/contract/lease.ts';
import type { Outcome } from '../../../state-machine/contract/outcome.ts';
import type { LeaseOutput } from '../../../state-machine/contract/outputs.ts';
import { leaveLease, takeOver } from '../lease/lease.ts';
import type { LeaseReply } from '../lease/lease-reply.ts';
import { UNKNOWN_ENDPOINT } from '../naming/rollout-documents.ts';
import type { ExecutionStatus } from './execution-status.ts';
import { endpointOfInput, stoppedRollout } from './stopped-rollout.ts';

/** The recovery that asks, and the rollout that it is to recover. */
export interface AskingRecovery {
  me: LeasedRollout;
  rolloutId: string;
  asked: LeaseOutput;
  now: Date;
  /** How long after its end an execution's last function may still change something. */
  recoveryDelaySeconds: number;
}

/** Whose lease this recovery has already. */
export const isMine = ({ owner }: Lease, { me }: AskingRecovery): boolean => owner?.rollout.rolloutId === me.rolloutId;

/** The rollout as the lease knows it; null where it neither holds nor awaits it. */
export function leasedAs({ owner, waiting }: Lease, rolloutId: string): LeasedRollout | null {
  if (owner?.rollout.rolloutId === rolloutId) return owner.rollout;
  return waiting.find(({ rollout }) => rollout.rolloutId === rolloutId)?.rollout ?? null;
}

/** `execution`: of the rollout, which holds or awaits the lease. */
export function judgeLeased(
  lease: Lease,
  found: LeasedRollout,
  execution: ExecutionStatus | null,
  asking: AskingRecovery,
): LeaseReply {
  const { me, rolloutId, asked, now } = asking;
  const { owner } = lease;
  if (execution?.isRunning) return { output: refused(asked, `The execution of ${rolloutId} is running.`), next: lease };
  if (owner === null || found !== owner.rollout) {
    const failure = notBegun(rolloutId, execution);
    const output: LeaseOutput = { ...asked, verdict: 'neverStarted', recovers: found, failure };
    return { output, next: leaveLease(lease, rolloutId, now) };
  }
  const left = secondsUntilQuiet(execution, asking);
  if (left > 0) return { output: waiting(asked, left), next: lease };
  const next = takeOver(lease, owner, me, now);
  return { output: recovering({ ...asked, failure: stopped(next.owner?.recovers ?? found, execution) }, next), next };
}

/**
 * It neither holds nor awaits the lease: it was stopped before it asked, or after it gave up, and before it could say so.
 * `recorded`: the outcome that it came to all the same; the execution is of no interest then.
 */
export function judgeUnleased(
  { endpointName, owner }: Lease,
  recorded: Pick<Outcome, 'outcome'> | null,
  execution: ExecutionStatus | null,
  executionArn: string,
  asking: AskingRecovery,
): LeaseOutput {
  const { rolloutId, asked } = asking;
  if (owner?.recovers?.rolloutId === rolloutId) return refused(asked, `${owner.rollout.rolloutId} recovers it.`);
  if (recorded !== null) return refused(asked, `${rolloutId} has ended ${recorded.outcome} already.`);
  if (execution === null) return refused(asked, `No execution ${rolloutId} is known.`);
  if (execution.isRunning) return refused(asked, `The execution of ${rolloutId} is running.`);
  const named = endpointOfInput(execution.input, null);
  if (named !== null && named !== endpointName) return refused(asked, `${rolloutId} was about the endpoint ${named}.`);
  // Its last function may be asking for the lease at this moment.
  const left = endpointName === UNKNOWN_ENDPOINT ? 0 : secondsUntilQuiet(execution, asking);
  if (left > 0) return waiting(asked, left);
  const recovers = stoppedRollout(rolloutId, executionArn, execution);
  return { ...asked, verdict: 'neverStarted', recovers, failure: notBegun(rolloutId, execution) };
}

/** Without a plan the rollout had changed nothing: there is nothing to roll back, and the lease is all that is left of it. */
export function recovering(asked: LeaseOutput, { owner, fencing }: Lease): LeaseOutput {
  const recovers = owner?.recovers ?? null;
  const held = {
    ...asked,
    holder: owner?.rollout.rolloutId ?? null,
    fencing,
    acquiredAt: owner?.acquiredAt ?? null,
    recovers,
    failure: asked.failure ?? (recovers === null ? null : stopped(recovers, null)),
  };
  // A retirement has no way to roll back: it is carried on to its end.
  if (recovers?.action === 'retireEndpoint') return { ...held, verdict: 'retire', failure: null };
  return { ...held, verdict: owner?.plan == null ? 'neverStarted' : 'recover' };
}

/** An execution that Step Functions has forgotten ended 90 days ago. */
function secondsUntilQuiet(
  execution: ExecutionStatus | null,
  { recoveryDelaySeconds, now }: Pick<AskingRecovery, 'recoveryDelaySeconds' | 'now'>,
): number {
  if (execution?.stoppedAt == null) return 0;
  const quietAt = Date.parse(execution.stoppedAt) + recoveryDelaySeconds * 1000;
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
