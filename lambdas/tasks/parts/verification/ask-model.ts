// One request to the model that is verified; an error that nobody expected is kept for the explanation.
import type { GoldenCase } from '../../../../state-machine/contract/golden-cases.ts';
import type { ModelErrorSeen } from '../../../../state-machine/contract/outputs.ts';
import { isExpectedStatus } from '../../../core/canary/golden-match.ts';
import type { Answer, InvocationRequest, Invocations } from '../../../ports/invocations.ts';
import type { Verified } from './confirm-serving.ts';

export type ExpectedStatus = GoldenCase['expect']['status'];

/** An error where none was expected goes into `errors`. */
export async function askModel(
  invocations: Invocations,
  { endpointName, targetVariant }: Verified,
  request: InvocationRequest,
  expected: ExpectedStatus,
  errors: ModelErrorSeen[],
): Promise<Answer> {
  const answer = await invocations.invoke(endpointName, asked(request, targetVariant));
  const { status, body, logStreamArn = null } = answer;
  // 0: the container did not answer in 60 s.
  if ((status === 0 || status >= 400) && !isExpectedStatus(expected, status))
    errors.push({ originalStatus: status, originalMessage: body.slice(0, 300), logStreamArn });
  return answer;
}

/** To one variant, where one is meant. */
export const asked = (request: InvocationRequest, targetVariant: string | undefined): InvocationRequest =>
  targetVariant === undefined ? request : { ...request, targetVariant };
