// Reads what there is to read of a failure, and explains it.
import type { Failure } from '../../../../state-machine/contract/errors.ts';
import type { Explanation } from '../../../../state-machine/contract/explanation.ts';
import { explainFailure } from '../../../core/diagnosis/explain-failure.ts';
import { failedEndpoint } from '../../../core/diagnosis/failed-endpoint.ts';
import { seenByCustomers } from '../../../core/diagnosis/seen-by-customers.ts';
import type { RolloutEnd } from '../../../core/outcome/outcome.ts';
import type { ContainerLogs } from '../../../ports/container-logs.ts';

const LINES = 300;

/** Never rejects: an outcome is worth more than its explanation, and what could not be read is said in the evidence. */
export async function explainEnd(logs: ContainerLogs, end: RolloutEnd, failure: Failure): Promise<Explanation> {
  const { endpointName, since, status, failureReason, modelErrors } = failedEndpoint(end);
  let unread: string | null = null;
  let logLines: string[] = [];
  if (endpointName !== null) {
    try {
      logLines = await logs.tail(endpointName, { since: new Date(since), limit: LINES });
    } catch (error) {
      unread = String(error);
    }
  }
  const seen = seenByCustomers(end, failure);
  return explainFailure({ failure, endpointStatus: status, failureReason, logLines, modelErrors, unread, seen });
}
