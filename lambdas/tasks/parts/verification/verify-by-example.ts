// Verifies an endpoint without golden cases: the model is asked to describe itself, and then the row that its description holds.
import { MAXIMUM_DESCRIPTION_CHARACTERS } from '../../../../state-machine/contract/model-description.ts';
import type { ModelErrorSeen } from '../../../../state-machine/contract/outputs.ts';
import { type CanaryVerdict, judgeCanaryInvocations } from '../../../core/canary/judge-canary.ts';
import { exampleEnd, judgeExample } from '../../../core/canary/judge-example.ts';
import { shortened } from '../../../core/problems/shortened.ts';
import type { RolloutError } from '../../../core/rollout-error.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Invocations } from '../../../ports/invocations.ts';
import { askDescription } from './ask-description.ts';
import { askModel } from './ask-model.ts';
import type { Verified } from './confirm-serving.ts';
import { type Measuring, measure } from './measure.ts';

/** Ours, in captured data too, where whoever watches the data leaves made rows out. */
export const EXAMPLE_INFERENCE_ID_PREFIX = 'sagemaker-deployer-example-';
/** An answer holds the names and the row again, and the classes. */
export const MAXIMUM_ANSWER_CHARACTERS = 2 * MAXIMUM_DESCRIPTION_CHARACTERS;

export async function verifyByExample(
  { clock, invocations }: { clock: Clock; invocations: Invocations },
  target: Verified,
  measuring: Measuring,
): Promise<CanaryVerdict> {
  const { thresholds } = measuring;
  const run = `${EXAMPLE_INFERENCE_ID_PREFIX}${clock.now().getTime()}`;
  const { description, unasked } = await askDescription({ clock, invocations }, target, `${run}-describe`);
  if (description === null) {
    const verdict = judgeCanaryInvocations([], [], thresholds);
    return unasked === null ? verdict : { ...verdict, warnings: [...verdict.warnings, notAsked(unasked)] };
  }
  const { contentType, body } = description.example;
  const request = { contentType, body: JSON.stringify(body), maximumCharacters: MAXIMUM_ANSWER_CHARACTERS };
  const errors: ModelErrorSeen[] = [];
  const ask = (number: number) =>
    askModel(invocations, target, { ...request, inferenceId: `${run}-${number}` }, 200, errors);

  const answer = await ask(0);
  const isAnswered = exampleEnd(description, answer) === 'answered';
  const before = [answer.latencyMilliseconds];
  let number = 0;
  const { samples, warnings } = await measure(clock, isAnswered ? measuring : null, before, async () => {
    number += 1;
    const { status, latencyMilliseconds } = await ask(number);
    return { ok: status === 200, milliseconds: latencyMilliseconds };
  });
  const verdict = judgeExample(description, answer, samples, thresholds);
  return {
    ...verdict,
    warnings: [...verdict.warnings, ...warnings],
    modelSha256: answer.modelSha256,
    // A row that is refused fails nothing, and needs no explanation.
    modelErrors: verdict.verdict === 'failed' ? errors.slice(0, 3) : [],
  };
}

const notAsked = ({ name, message }: RolloutError) =>
  shortened(`Nor could the model be asked for a row of its own: ${name}: ${message}`, 300);
