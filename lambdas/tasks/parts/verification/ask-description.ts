// Asks a model what it takes. Whatever comes of it fails nothing: a model need not know the question.
import {
  DESCRIBE,
  MAXIMUM_DESCRIPTION_CHARACTERS,
  type ModelDescription,
} from '../../../../state-machine/contract/model-description.ts';
import { readDescription } from '../../../core/canary/model-description.ts';
import { RolloutError } from '../../../core/rollout-error.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Invocations } from '../../../ports/invocations.ts';
import { asked } from './ask-model.ts';
import type { Verified } from './confirm-serving.ts';

/** Between the attempts, where the question did not reach the model; what does not pass within them is no description. */
const PAUSES_MILLISECONDS = [1_000, 2_000, 4_000, 8_000];
const PASSES_BY_ITSELF = ['Throttled', 'ServiceUnavailable', 'NotReady'];

/** No rows: an image that does not know the question has nothing to compute. */
const NO_ROWS = { contentType: 'application/json', body: '{"instances":[]}' };

/** `unasked`: why the question did not reach the model; null where the model answered, whatever it said. */
export type Described = { description: ModelDescription | null; unasked: RolloutError | null };

export async function askDescription(
  { clock, invocations }: { clock: Clock; invocations: Invocations },
  { endpointName, targetVariant }: Verified,
  inferenceId: string,
): Promise<Described> {
  const request = { ...NO_ROWS, inferenceId, customAttributes: DESCRIBE };
  for (let attempt = 0; ; attempt++) {
    try {
      // One character more, so that a description that is too large does not look like one that was cut.
      const maximumCharacters = MAXIMUM_DESCRIPTION_CHARACTERS + 1;
      const answer = await invocations.invoke(endpointName, asked({ ...request, maximumCharacters }, targetVariant));
      return { description: readDescription(answer), unasked: null };
    } catch (error) {
      if (!(error instanceof RolloutError)) throw error;
      const pause = PAUSES_MILLISECONDS[attempt];
      if (pause === undefined || !PASSES_BY_ITSELF.includes(error.name)) return { description: null, unasked: error };
      await clock.sleep(pause);
    }
  }
}
