// What an execution is told that is to cancel a rollout: whether it still can, and at last whether the rollout has ended by it.
import type { Lease, LeasedRollout } from '../../../state-machine/contract/lease.ts';
import type { Outcome } from '../../../state-machine/contract/outcome.ts';
import type { LeaseOutput } from '../../../state-machine/contract/outputs.ts';
import { LEASE_WAIT_SECONDS } from '../../../state-machine/contract/time-budgets.ts';
import { MAXIMUM_CANCELLATIONS, withCancellation } from '../lease/cancellation.ts';
import { leaveLease } from '../lease/lease.ts';
import type { LeaseReply } from '../lease/lease-reply.ts';
import { leaseRollouts } from '../lease/lease-rollouts.ts';
import { leaseWaitSeconds } from '../lease/lease-wait.ts';
import type { ExecutionStatus } from './execution-status.ts';
import { endpointOfInput, stoppedRollout } from './stopped-rollout.ts';

/** The execution that cancels, and the rollout that it is to cancel. */
export interface AskingCancellation {
  me: LeasedRollout;
  rolloutId: string;
  asked: LeaseOutput;
  /** Whether it was told to wait before: the rollout was to be cancelled then. */
  hasWaited: boolean;
  now: Date;
}

/** What had to be looked up of the rollout. */
export interface CancellationFacts {
  /** How it ended; null while it has not. */
  recorded: Pick<Outcome, 'outcome' | 'error'> | null;
  /** Null where the lease knows it, where it has ended, and where there is none. */
  execution: ExecutionStatus | null;
}

/** Whether it neither holds nor awaits the lease, so that its execution has to be asked for. */
export const isUnleased = ({ owner, ...lease }: Lease, { rolloutId }: AskingCancellation): boolean =>
  ![...leaseRollouts({ ...lease, owner }), owner?.recovers].some((rollout) => rollout?.rolloutId === rolloutId);

export function judgeCancellation(lease: Lease, facts: CancellationFacts, asking: AskingCancellation): LeaseReply {
  const { me, rolloutId, asked, hasWaited, now } = asking;
  const ended = (output: LeaseOutput): LeaseReply => ({ output, next: leaveLease(lease, me.rolloutId, now) });
  if (facts.recorded !== null) return ended(judgeEnd(facts.recorded, asking));

  const why = whyNot(lease, facts.execution, asking);
  if (why !== null) return ended(refused(asked, why));
  const waited = now.getTime() - Date.parse(asked.startedAt);
  if (waited > LEASE_WAIT_SECONDS * 1000)
    return ended(refused(asked, `${rolloutId} has not come to its end for ${LEASE_WAIT_SECONDS / 3600} hours.`));
  const output: LeaseOutput = {
    ...asked,
    waitSeconds: leaseWaitSeconds(waited, true),
    reason: `${rolloutId} is cancelled, and has not come to its end.`,
  };
  const cancellation = { rolloutId, by: me.rolloutId, at: now.toISOString() };
  return { output, next: hasWaited ? lease : withCancellation(lease, cancellation) };
}

/** After which the model of the cancelled rollout does not serve, and nothing of it is left. */
const undone: readonly Outcome['outcome'][] = ['rejected', 'rolledBack', 'superseded'];

function judgeEnd({ outcome, error }: Pick<Outcome, 'outcome' | 'error'>, asking: AskingCancellation): LeaseOutput {
  const { rolloutId, asked, hasWaited } = asking;
  if (error === 'Cancelled' || (hasWaited && undone.includes(outcome))) return { ...asked, verdict: 'cancelled' };
  if (hasWaited && outcome === 'needsAttention') {
    const Cause = `${rolloutId} was cancelled, and its rollback did not come to its end: see its outcome.`;
    return { ...asked, verdict: 'refused', repeats: outcome, failure: { Error: 'Cancelled', Cause } };
  }
  return refused(asked, `${rolloutId} has ended ${outcome}.`);
}

/** Null where it is cancelled, or may be. */
function whyNot(lease: Lease, execution: ExecutionStatus | null, asking: AskingCancellation): string | null {
  const { rolloutId, hasWaited } = asking;
  const { owner, endpointName, cancellations } = lease;
  if (owner?.rollout.rolloutId === rolloutId) {
    if (owner.rollout.action === 'recover') return `${rolloutId} finishes the rollback of another rollout.`;
    if (owner.rollout.action === 'retireEndpoint') return `${rolloutId} deletes the endpoint already.`;
    if (owner.verifiedAt !== undefined && !hasWaited)
      return `Its model is verified and live since ${owner.verifiedAt}, and what it replaced is being removed. To go back: {"action": "rollback", "endpointName": "${endpointName}"}`;
  } else if (isUnleased(lease, asking)) {
    const unknown = execution === null ? `No execution ${rolloutId} is known.` : null;
    const other = unknown ?? whyNotUnleased(execution!, endpointName, rolloutId);
    if (other !== null) return other;
  }
  const isFull = !hasWaited && cancellations.length >= MAXIMUM_CANCELLATIONS;
  return isFull ? `${MAXIMUM_CANCELLATIONS} rollouts are cancelled, and have not come to their end.` : null;
}

function whyNotUnleased(execution: ExecutionStatus, endpointName: string, rolloutId: string): string | null {
  const { action } = stoppedRollout(rolloutId, '', execution);
  if (action === 'cancel' || action === 'recover') return `${rolloutId} is no rollout, but an action of its own.`;
  const named = endpointOfInput(execution.input, null);
  return named !== null && named !== endpointName ? `${rolloutId} is about the endpoint ${named}.` : null;
}

const refused = (asked: LeaseOutput, why: string): LeaseOutput => ({
  ...asked,
  verdict: 'refused',
  failure: { Error: 'RequestRejected', Cause: `There is nothing to cancel: ${why}` },
});
