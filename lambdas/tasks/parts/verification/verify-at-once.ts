// Verifies an endpoint that answers at once: sends the golden cases, then requests to measure with.
import type { GoldenCase } from '../../../../state-machine/contract/golden-cases.ts';
import type { ModelErrorSeen } from '../../../../state-machine/contract/outputs.ts';
import type { Plan } from '../../../../state-machine/contract/plan.ts';
import { goldenMismatches, isExpectedStatus } from '../../../core/canary/golden-match.ts';
import { goldenRequest, isPositive } from '../../../core/canary/golden-request.ts';
import { type GoldenResult, judgeCanaryInvocations, type Sample } from '../../../core/canary/judge-canary.ts';
import { RolloutError } from '../../../core/rollout-error.ts';
import type { Documents } from '../../../ports/documents.ts';
import type { Answer, Invocations } from '../../../ports/invocations.ts';
import { readCases } from '../documents/read-cases.ts';
import type { ServingPorts, Verified } from './confirm-serving.ts';
import type { Verification } from './verification.ts';

export interface VerifyPorts extends ServingPorts {
  documents: Documents;
  invocations: Invocations;
}

/** Room in the function's 15 minutes for one last answer of 60 s and a retried look at the endpoint. */
const TIME_TO_MEASURE_MILLISECONDS = 12 * 60_000;

export const verifyAtOnce = (
  ports: VerifyPorts,
  target: Verified,
  plan: Pick<Plan, 'goldenCases'> & Pick<Plan['request'], 'canaryInvocations'>,
): Verification => ({
  async begin() {
    const until = ports.clock.now().getTime() + TIME_TO_MEASURE_MILLISECONDS;
    const cases = await readCases(ports.documents, plan);
    const errors: ModelErrorSeen[] = [];
    const golden: (GoldenResult & NamedModel)[] = [];
    for (const goldenCase of cases) golden.push(await tryCase(ports, target, goldenCase, until, errors));
    const isRight = golden.every((result) => result.mismatches.length === 0);
    const samples = isRight ? await measure(ports, target, cases, plan.canaryInvocations.requests, until, errors) : [];
    return {
      ...judgeCanaryInvocations(golden, samples, plan.canaryInvocations),
      modelSha256: onlyModel(golden),
      modelErrors: errors.slice(0, 3),
    };
  },
  poll: async () => {
    throw new RolloutError('CallRefused', 'An endpoint that answers at once has no answers that are still to come.');
  },
});

async function tryCase(
  ports: VerifyPorts,
  target: Verified,
  goldenCase: GoldenCase,
  until: number,
  errors: ModelErrorSeen[],
): Promise<GoldenResult & NamedModel> {
  const { name } = goldenCase;
  if (ports.clock.now().getTime() >= until)
    return { name, mismatches: ['no time was left to try it'], modelSha256: null };
  const answer = await ask(ports, target, goldenCase, errors);
  return { name, mismatches: goldenMismatches(goldenCase, answer), modelSha256: answer.modelSha256 };
}

type NamedModel = Pick<Answer, 'modelSha256'>;

/** What every answer named that named anything: a container's error names nothing. */
function onlyModel(answers: NamedModel[]): string | null {
  const named = new Set(answers.flatMap(({ modelSha256 }) => modelSha256 ?? []));
  return named.size === 1 ? ([...named][0] ?? null) : null;
}

/** Positive cases only, in turn; where there are none, the negative ones must do. */
async function measure(
  ports: VerifyPorts,
  target: Verified,
  cases: GoldenCase[],
  requests: number,
  until: number,
  errors: ModelErrorSeen[],
): Promise<Sample[]> {
  const positive = cases.filter(isPositive);
  const payloads = positive.length > 0 ? positive : cases;
  const samples: Sample[] = [];
  for (let sent = 0; sent < requests && ports.clock.now().getTime() < until; sent++) {
    const goldenCase = payloads[sent % payloads.length];
    if (goldenCase === undefined) break;
    const { status, latencyMilliseconds } = await ask(ports, target, goldenCase, errors);
    samples.push({ ok: isExpectedStatus(goldenCase.expect.status, status), milliseconds: latencyMilliseconds });
  }
  return samples;
}

/** An error where none was expected goes into `errors` too, for the explanation. */
async function ask(
  { invocations }: VerifyPorts,
  { endpointName }: Verified,
  goldenCase: GoldenCase,
  errors: ModelErrorSeen[],
): Promise<Answer> {
  const answer = await invocations.invoke(endpointName, goldenRequest(goldenCase));
  const { status, body, logStreamArn = null } = answer;
  // 0: the container did not answer in 60 s.
  if ((status === 0 || status >= 400) && !isExpectedStatus(goldenCase.expect.status, status))
    errors.push({ originalStatus: status, originalMessage: body.slice(0, 300), logStreamArn });
  return answer;
}
