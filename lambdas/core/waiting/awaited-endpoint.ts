// Which endpoint's change a wait is for.
import type { AnyWait } from '../../../state-machine/contract/waits.ts';
import { rolledBackEndpoint } from '../rollback/rolled-back-endpoint.ts';

/** Null where it is for the lease, or for answers of a queue. */
export function awaitedEndpoint(given: AnyWait): string | null {
  switch (given.wait) {
    case 'WaitForLease':
    case 'WaitForCandidateAnswers':
    case 'WaitForCanary':
      return null;
    case 'WaitForIdleEndpoint':
    case 'WaitForRetirement':
      return given.lease.endpointName;
    case 'WaitForCandidate':
    case 'WaitForCandidateDeletion':
      return given.plan.candidate?.endpointName ?? null;
    case 'WaitForEndpoint':
    case 'WaitForWeights':
      return given.plan.endpointName;
    case 'WaitForRollback':
      return rolledBackEndpoint(given.plan, given.rollback);
  }
}
