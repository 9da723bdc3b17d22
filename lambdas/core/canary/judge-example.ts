// The verdict where there are no golden cases: on the answer to the example row that the model gives of itself.
import type { ModelDescription } from '../../../state-machine/contract/model-description.ts';
import type { CanaryInvocationThresholds } from '../../../state-machine/contract/resolved-request.ts';
import { shown } from './golden-match.ts';
import { ADD_GOLDEN_CASES, type CanaryVerdict, healthOnly, NOTHING_JUDGED, passedUnless } from './judge-canary.ts';
import { measured, measurementFaults, type Sample } from './measurement.ts';

/** In a mail a line of somebody else's must not look like one of ours. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

interface ExampleAnswer {
  status: number;
  body: string;
}

/**
 * - `answered`: 200, one prediction of the form that the description announces
 * - `refused`: the caller's mistake, says the model, of a row that it made itself
 * - `failed`: the server's own error, or no answer at all
 * - `odd`: anything else
 */
export type ExampleEnd = 'answered' | 'refused' | 'failed' | 'odd';

export function exampleEnd(description: ModelDescription, { status, body }: ExampleAnswer): ExampleEnd {
  if (status === 0 || status >= 500) return 'failed';
  if (status >= 400) return 'refused';
  return status === 200 && isAnnounced(description, body) ? 'answered' : 'odd';
}

/** @param samples the example again, measured; empty unless it was answered */
export function judgeExample(
  description: ModelDescription,
  answer: ExampleAnswer,
  samples: readonly Sample[],
  thresholds: CanaryInvocationThresholds,
): CanaryVerdict {
  const said = `status ${answer.status}: ${shown(answer.body).replace(UNPRINTABLE, ' ')}`;
  const only = "only SageMaker's own health check was passed";
  switch (exampleEnd(description, answer)) {
    case 'answered':
      return {
        ...NOTHING_JUDGED,
        ...measured(samples),
        ...passedUnless(measurementFaults(samples, thresholds), 'answered'),
      };
    case 'failed':
      return {
        ...NOTHING_JUDGED,
        ...passedUnless([`The model answered the example row that it makes itself with ${said}.`], 'answered'),
      };
    case 'refused':
      return healthOnly(
        `No golden cases, and the model refuses the example row that it makes itself, with ${said}. So ${only}; that it answers any row was not seen. ${ADD_GOLDEN_CASES} One row that it answers will do.`,
      );
    case 'odd':
      return healthOnly(
        `No golden cases, and the model answered the example row that it makes itself otherwise than it announces, with ${said}. So ${only}. ${ADD_GOLDEN_CASES}`,
      );
  }
}

/** One prediction, with what its task has: of several outputs a list with one of them for each. */
function isAnnounced({ task, outputs }: ModelDescription, body: string): boolean {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return false;
  }
  const { predictions } = (json ?? {}) as { predictions?: unknown };
  if (!Array.isArray(predictions) || predictions.length !== 1) return false;
  const { predicted_class, prediction } = (predictions[0] ?? {}) as Record<string, unknown>;
  const isOne = (one: unknown) => (task === 'classification' ? typeof one === 'string' : (one ?? null) !== null);
  const predicted = task === 'classification' ? predicted_class : prediction;
  if (outputs === undefined) return isOne(predicted);
  return Array.isArray(predicted) && predicted.length === outputs.length && predicted.every(isOne);
}
