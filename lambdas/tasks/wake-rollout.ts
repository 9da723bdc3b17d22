// WakeRollout: on an event of an endpoint, ends the wait of the rollout that waits for a change of it. What has changed, the rollout asks.
import type { Woken } from '../core/waiting/wait-results.ts';
import { type WakePorts, wakeOne } from './parts/waiting/wake.ts';

/**
 * Events come late, twice, in another order, or for endpoints that nobody waits for: an answer too many is one look too many.
 *
 * @throws RolloutError where ledger or Step Functions do not answer: the event comes again
 */
export const wakeRollout =
  (ports: WakePorts) =>
  async (event: unknown): Promise<Woken> => {
    const endpointName = endpointOf(event);
    const rolloutId = endpointName === null ? null : await ports.wakeTokens.rolloutAwaiting(endpointName);
    if (rolloutId === null) return { endpointName, rolloutId };
    return { endpointName, rolloutId: (await wakeOne(ports, rolloutId)) ? rolloutId : null };
  };

/** https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html */
function endpointOf(event: unknown): string | null {
  const { detail } = (event ?? {}) as { detail?: { EndpointName?: unknown } | null };
  return typeof detail?.EndpointName === 'string' ? detail.EndpointName : null;
}
