// AwaitChange: keeps the token of a wait, then looks once more, and ends the wait itself where its change has come already.
import type { LeaseOutput } from '../../state-machine/contract/outputs.ts';
import type { AnyWait, WaitInput } from '../../state-machine/contract/waits.ts';
import { stopOf } from '../core/lease/cancellation.ts';
import { neverLeased } from '../core/lease/lease.ts';
import { RolloutError } from '../core/rollout-error.ts';
import { awaitedEndpoint } from '../core/waiting/awaited-endpoint.ts';
import { hasChanged } from '../core/waiting/has-changed.ts';
import { hasTurn } from '../core/waiting/has-turn.ts';
import type { BegunWait } from '../core/waiting/wait-results.ts';
import type { DeploymentTarget } from '../ports/deployment-target.ts';
import type { Ledger } from '../ports/ledger.ts';
import { heldLease, type LeasePorts } from './parts/lease/under-lease.ts';
import type { WakePorts } from './parts/waiting/wake.ts';

interface Ports extends LeasePorts, WakePorts {
  deploymentTarget: Pick<DeploymentTarget, 'describe'>;
  ledger: Pick<Ledger, 'findOutcome'>;
}

/** No wait is longer; what is kept longer is of no use to anybody. */
const KEPT_MILLISECONDS = 60 * 60_000;

/** The token first: whatever comes after the look finds it. Never rejects for what AWS answers: the end of its time ends the wait too. */
export const awaitChange =
  (ports: Ports) =>
  async (given: AnyWait): Promise<BegunWait> => {
    const now = ports.clock.now();
    try {
      await ports.wakeTokens.keep({
        ...{ rolloutId: given.execution.name, endpointName: awaitedEndpoint(given), taskToken: given.taskToken },
        expiresAt: new Date(now.getTime() + KEPT_MILLISECONDS),
      });
    } catch (error) {
      return { verdict: 'unkept', error: known(error) };
    }
    try {
      if (!(await isOver(ports, given))) return { verdict: 'waits', error: null };
      await ports.taskAnswers.answer(given.taskToken);
      return { verdict: 'changed', error: null };
    } catch (error) {
      return { verdict: 'waits', error: known(error) };
    }
  };

function known(error: unknown): RolloutError {
  if (error instanceof RolloutError) return error;
  throw error;
}

async function isOver(ports: Ports, given: AnyWait): Promise<boolean> {
  if (given.wait === 'WaitForLease') return isLeaseAnswered(ports, given);
  if (await isStopped(ports, given.lease, isOnWayForward(given))) return true;
  const endpointName = awaitedEndpoint(given);
  if (endpointName === null) return false;
  return hasChanged(given, await ports.deploymentTarget.describe(endpointName), ports.clock.now());
}

/** A rollback and a retirement go on, whoever asks. */
const isOnWayForward = ({ wait }: AnyWait): boolean => wait !== 'WaitForRollback' && wait !== 'WaitForRetirement';

async function isStopped(ports: Ports, lease: LeaseOutput, isForward: boolean): Promise<boolean> {
  try {
    return stopOf(await heldLease(ports, lease)) !== null && isForward;
  } catch (error) {
    if (error instanceof RolloutError && error.name === 'LeaseLost') return true;
    throw error;
  }
}

async function isLeaseAnswered(
  { clock, ledger, leases }: Ports,
  { execution, request, lease }: WaitInput<'WaitForLease'>,
): Promise<boolean> {
  // Until the last function of what it recovers has ended: time alone tells.
  if (request.action === 'recover') return false;
  if (request.action === 'cancel') return (await ledger.findOutcome(request.cancels ?? '')) !== null;
  const record = (await leases.read(lease.endpointName)) ?? neverLeased(lease.endpointName);
  return hasTurn(record, execution.name, clock.now());
}
