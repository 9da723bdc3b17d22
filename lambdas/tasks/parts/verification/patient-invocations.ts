// Invocations that wait where an endpoint answers as many requests as its concurrency allows: that says nothing of the model.
import { RolloutError } from '../../../core/rollout-error.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Invocations } from '../../../ports/invocations.ts';

/** Then the machine's own retries begin. */
const PAUSES_MILLISECONDS = [500, 1_000, 2_000, 4_000, 8_000];

export const patientInvocations = (clock: Clock, invocations: Invocations): Invocations => ({
  async invoke(endpointName, request) {
    for (let attempt = 0; ; attempt++) {
      try {
        return await invocations.invoke(endpointName, request);
      } catch (error) {
        const pause = PAUSES_MILLISECONDS[attempt];
        if (pause === undefined || !(error instanceof RolloutError) || error.name !== 'Throttled') throw error;
        await clock.sleep(pause);
      }
    }
  },
});
