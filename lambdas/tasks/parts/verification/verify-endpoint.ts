// Sends the golden cases, then requests to measure with, and looks a last time whether the endpoint is as intended.
import type { GoldenCase } from '../../../../state-machine/contract/golden-cases.ts';
import type {
  CanaryInvocationsOutput,
  LeaseOutput,
  ModelErrorSeen,
} from '../../../../state-machine/contract/outputs.ts';
import type { Plan } from '../../../../state-machine/contract/plan.ts';
import { goldenMismatches, isExpectedStatus } from '../../../core/canary/golden-match.ts';
import { goldenRequest, isPositive } from '../../../core/canary/golden-request.ts';
import { type GoldenResult, judgeCanaryInvocations, type Sample } from '../../../core/canary/judge-canary.ts';
import { isBusy, servesSettled } from '../../../core/endpoint/endpoint-status.ts';
import { RolloutError } from '../../../core/rollout-error.ts';
import type { Documents } from '../../../ports/documents.ts';
import type { Endpoints } from '../../../ports/endpoints.ts';
import type { Answer, Invocations } from '../../../ports/invocations.ts';
import { readCases } from '../documents/read-cases.ts';
import { beatLease } from '../lease/beat-lease.ts';
import type { LeasePorts } from '../lease/under-lease.ts';

export interface VerifyPorts extends LeasePorts {
  documents: Documents;
  endpoints: Endpoints;
  invocations: Invocations;
}

/** Room in the function's 15 minutes for one last answer of 60 s and a retried look at the endpoint. */
const TIME_TO_MEASURE_MILLISECONDS = 12 * 60_000;

/** What is asked: the live endpoint, or the candidate. */
interface Verified {
  endpointName: string;
  endpointConfigName: string;
}

export async function verifyEndpoint(
  ports: VerifyPorts,
  lease: LeaseOutput,
  target: Verified,
  plan: Pick<Plan, 'goldenCases' | 'canaryInvocations'>,
): Promise<CanaryInvocationsOutput> {
  const until = ports.clock.now().getTime() + TIME_TO_MEASURE_MILLISECONDS;
  const stop = await beatLease(ports, lease);
  if (stop !== null)
    return {
      ...judgeCanaryInvocations([], [], plan.canaryInvocations),
      verdict: 'failed',
      verified: null,
      failure: stop,
    };
  const cases = await readCases(ports.documents, plan);
  const errors: ModelErrorSeen[] = [];
  const golden: (GoldenResult & NamedModel)[] = [];
  for (const goldenCase of cases) golden.push(await tryCase(ports, target, goldenCase, until, errors));
  const isRight = golden.every((result) => result.mismatches.length === 0);
  const samples = isRight ? await measure(ports, target, cases, plan.canaryInvocations.requests, until, errors) : [];
  const verdict = {
    ...judgeCanaryInvocations(golden, samples, plan.canaryInvocations),
    modelSha256: onlyModel(golden),
    modelErrors: errors.slice(0, 3),
  };
  return verdict.verdict === 'passed' ? confirmServing(ports.endpoints, target, verdict) : verdict;
}

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

/** The answers are worth only as much as the endpoint that gave them: it must still be the intended one, settled. */
async function confirmServing(
  endpoints: Endpoints,
  plan: Verified,
  verdict: CanaryInvocationsOutput,
): Promise<CanaryInvocationsOutput> {
  const endpoint = await endpoints.find(plan.endpointName);
  if (endpoint !== null && servesSettled(endpoint, plan.endpointConfigName)) return verdict;
  const isOurs = [endpoint?.endpointConfigName, endpoint?.pendingEndpointConfigName ?? plan.endpointConfigName].every(
    (name) => name === plan.endpointConfigName,
  );
  if (endpoint !== null && isBusy(endpoint) && isOurs) {
    throw new RolloutError(
      'NotReady',
      `The endpoint ${plan.endpointName} is ${endpoint.status}; it is verified once it is settled.`,
    );
  }
  const found =
    endpoint === null ? 'does not exist' : `is ${endpoint.status} on the configuration ${endpoint.endpointConfigName}`;
  const Cause = `After the canary run the endpoint ${plan.endpointName} ${found}: somebody else changed it.`;
  return { ...verdict, verdict: 'failed', verified: null, failure: { Error: 'EndpointChanged', Cause } };
}
