// Measures an endpoint: as many requests as are wanted, once it is warm.
import type { CanaryInvocationThresholds } from '../../../../state-machine/contract/resolved-request.ts';
import { coldStartWarnings, MAXIMUM_WARM_UPS } from '../../../core/canary/cold-starts.ts';
import type { Sample } from '../../../core/canary/measurement.ts';
import type { Clock } from '../../../ports/clock.ts';

export interface Measuring {
  thresholds: CanaryInvocationThresholds;
  /** Whether the endpoint starts as it is asked: then it is measured once an answer came in time. */
  startsCold: boolean;
  /** When to stop, in milliseconds since 1970. */
  until: number;
}

/**
 * @param measuring null where nothing is to be measured
 * @param before how long the requests took that came before, which are not measured
 * @returns as many samples as are wanted, or as there is time for
 */
export async function measure(
  clock: Clock,
  measuring: Measuring | null,
  before: readonly number[],
  send: (sent: number) => Promise<Sample>,
): Promise<{ samples: Sample[]; warnings: string[] }> {
  if (measuring === null) return { samples: [], warnings: [] };
  const { thresholds, startsCold, until } = measuring;
  const { requests, maximumP99Milliseconds } = thresholds;
  const isInTime = () => clock.now().getTime() < until;
  const unmeasured = [...before];
  for (let sent = 0; startsCold && sent < MAXIMUM_WARM_UPS && isInTime(); sent++) {
    const { milliseconds } = await send(sent);
    unmeasured.push(milliseconds);
    if (milliseconds <= maximumP99Milliseconds) break;
  }
  const samples: Sample[] = [];
  for (let sent = 0; sent < requests && isInTime(); sent++) samples.push(await send(sent));
  return { samples, warnings: startsCold ? coldStartWarnings(unmeasured, maximumP99Milliseconds) : [] };
}
