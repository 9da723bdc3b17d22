// The verdict on what came of asynchronous requests. How long an answer took says how full the queue was, and is not judged.
import type { GoldenCase } from '../../../state-machine/contract/golden-cases.ts';
import type { ModelDescription } from '../../../state-machine/contract/model-description.ts';
import type { ModelErrorSeen } from '../../../state-machine/contract/outputs.ts';
import type { CanaryInvocationThresholds } from '../../../state-machine/contract/resolved-request.ts';
import type { AsyncAnswer } from './async-answer.ts';
import { goldenMismatches, isExpectedStatus } from './golden-match.ts';
import { type CanaryVerdict, judgeCanaryInvocations, NOTHING_JUDGED, passedUnless } from './judge-canary.ts';
import { judgeExample } from './judge-example.ts';

/** In the queue at most, and then in the model, for which SageMaker allows an hour; both within the time for a verification. */
export const ASYNC_TIMES = { timeToLiveSeconds: 3_000, timeoutSeconds: 3_600 };
export const LONGEST_ANSWER_SECONDS = ASYNC_TIMES.timeToLiveSeconds + ASYNC_TIMES.timeoutSeconds;

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html, Body */
export const MAXIMUM_BODY_BYTES = 128_000;

/** `none`: nothing came in the time; `tooLarge`: it was not asked. */
export type AsyncEnd = AsyncAnswer | 'none' | 'tooLarge';

const NOT_ANSWERED = `neither an answer nor a failure came within ${LONGEST_ANSWER_SECONDS} s`;
const TOO_LARGE = `its request has more than ${MAXIMUM_BODY_BYTES} bytes, which SageMaker takes from S3 alone`;

/**
 * An object of an answer names no status, and stands for whichever success is expected. What stands in the object of a failure is
 * not documented; the words are those of a ModelError: "Received client error (400) from primary with message ...". Where no
 * status is named it is the model's refusal, unless it is a timeout: the model was asked, and gave no answer.
 */
export function asResponse(
  { succeeded, text }: AsyncAnswer,
  expected: GoldenCase['expect']['status'] = 200,
): { status: number; body: string } {
  if (succeeded) return { status: typeof expected === 'number' && expected < 300 ? expected : 200, body: text };
  const [, named] = /\berror \(([1-5]\d\d)\)/i.exec(text) ?? [];
  if (named !== undefined) return { status: Number(named), body: text };
  return { status: /tim(?:ed|e)[ -]?out/i.test(text) ? 0 : 400, body: text };
}

/** `ends`: in the order of the cases. */
export function judgeAsyncCases(
  cases: readonly GoldenCase[],
  ends: readonly AsyncEnd[],
  thresholds: CanaryInvocationThresholds,
): CanaryVerdict {
  const errors: ModelErrorSeen[] = [];
  const golden = cases.map((goldenCase, index) => {
    const { name, expect } = goldenCase;
    const end = ends[index] ?? 'none';
    if (typeof end === 'string') return { name, mismatches: [end === 'none' ? NOT_ANSWERED : TOO_LARGE] };
    const response = asResponse(end, expect.status);
    if (!end.succeeded && !isExpectedStatus(expect.status, response.status)) errors.push(errorOf(response));
    return { name, mismatches: goldenMismatches(goldenCase, response) };
  });
  return { ...judgeCanaryInvocations(golden, [], unmeasured(thresholds)), modelErrors: errors.slice(0, 3) };
}

/** Of the row that the model gave of itself. */
export function judgeAsyncExample(
  description: ModelDescription,
  end: AsyncEnd,
  thresholds: CanaryInvocationThresholds,
): CanaryVerdict {
  if (typeof end === 'string') return unanswered('its own example row');
  const response = asResponse(end);
  const verdict = judgeExample(description, response, [], unmeasured(thresholds));
  return { ...verdict, modelErrors: verdict.verdict === 'failed' ? [errorOf(response)] : [] };
}

/** Who is asked what he takes, and never answers at all, does not work off his queue. */
export const unanswered = (question: string): CanaryVerdict => ({
  ...NOTHING_JUDGED,
  ...passedUnless([`The model was asked for ${question}: ${NOT_ANSWERED}.`], 'answered'),
});

export const nothingToAsk = (thresholds: CanaryInvocationThresholds): CanaryVerdict =>
  judgeCanaryInvocations([], [], thresholds);

const unmeasured = (thresholds: CanaryInvocationThresholds) => ({ ...thresholds, requests: 0 });

const errorOf = ({ status, body }: { status: number; body: string }): ModelErrorSeen => ({
  ...{ originalStatus: status, originalMessage: body.slice(0, 300), logStreamArn: null },
});
