// Verifies an endpoint that answers at once: sends the golden cases, then requests to measure with; without cases, the row that
// the model gives of itself.
import type { GoldenCase } from '../../../../state-machine/contract/golden-cases.ts';
import type { ModelErrorSeen } from '../../../../state-machine/contract/outputs.ts';
import type { Plan } from '../../../../state-machine/contract/plan.ts';
import { goldenMismatches, isExpectedStatus } from '../../../core/canary/golden-match.ts';
import { goldenRequest, isPositive } from '../../../core/canary/golden-request.ts';
import { type CanaryVerdict, type GoldenResult, judgeCanaryInvocations } from '../../../core/canary/judge-canary.ts';
import { RolloutError } from '../../../core/rollout-error.ts';
import type { Documents } from '../../../ports/documents.ts';
import type { Answer, Invocations } from '../../../ports/invocations.ts';
import { readCases } from '../documents/read-cases.ts';
import { askModel } from './ask-model.ts';
import type { ServingPorts, Verified } from './confirm-serving.ts';
import { type Measuring, measure } from './measure.ts';
import { patientInvocations } from './patient-invocations.ts';
import type { Verification } from './verification.ts';
import { verifyByExample } from './verify-by-example.ts';

export interface VerifyPorts extends ServingPorts {
  documents: Documents;
  invocations: Invocations;
}

/** Room in the function's 15 minutes for one last answer of 60 s and a retried look at the endpoint. */
const TIME_TO_MEASURE_MILLISECONDS = 12 * 60_000;

/** `startsCold`: the first requests say how the endpoint starts, not how fast it answers. */
export const verifyAtOnce = (
  bound: VerifyPorts,
  target: Verified,
  plan: Pick<Plan, 'goldenCases'> & Pick<Plan['request'], 'canaryInvocations'> & { startsCold?: boolean },
): Verification => ({
  async begin() {
    const { clock, invocations } = bound;
    const { startsCold = false } = plan;
    const ports = startsCold ? { ...bound, invocations: patientInvocations(clock, invocations) } : bound;
    const until = clock.now().getTime() + TIME_TO_MEASURE_MILLISECONDS;
    const cases = await readCases(ports.documents, plan);
    const measuring = { thresholds: plan.canaryInvocations, startsCold, until };
    return cases.length === 0
      ? verifyByExample(ports, target, measuring)
      : verifyByCases(ports, target, cases, measuring);
  },
  poll: async () => {
    throw new RolloutError('CallRefused', 'An endpoint that answers at once has no answers that are still to come.');
  },
});

async function verifyByCases(
  ports: VerifyPorts,
  target: Verified,
  cases: GoldenCase[],
  measuring: Measuring,
): Promise<CanaryVerdict> {
  const { thresholds, until } = measuring;
  const { clock, invocations } = ports;
  const errors: ModelErrorSeen[] = [];
  const ask = (goldenCase: GoldenCase) =>
    askModel(invocations, target, goldenRequest(goldenCase), goldenCase.expect.status, errors);

  const golden: (GoldenResult & NamedModel)[] = [];
  const unmeasured: number[] = [];
  for (const goldenCase of cases) {
    const { name } = goldenCase;
    if (clock.now().getTime() >= until) {
      golden.push({ name, mismatches: ['no time was left to try it'], modelSha256: null });
      continue;
    }
    const answer = await ask(goldenCase);
    golden.push({ name, mismatches: goldenMismatches(goldenCase, answer), modelSha256: answer.modelSha256 });
    unmeasured.push(answer.latencyMilliseconds);
  }
  const isRight = golden.every((result) => result.mismatches.length === 0);
  // Positive cases only, in turn; where there are none, the negative ones must do.
  const positive = cases.filter(isPositive);
  const payloads = positive.length > 0 ? positive : cases;
  const { samples, warnings } = await measure(clock, isRight ? measuring : null, unmeasured, async (sent) => {
    const goldenCase = payloads[sent % payloads.length] as GoldenCase;
    const { status, latencyMilliseconds } = await ask(goldenCase);
    return { ok: isExpectedStatus(goldenCase.expect.status, status), milliseconds: latencyMilliseconds };
  });
  const verdict = judgeCanaryInvocations(golden, samples, thresholds);
  return {
    ...verdict,
    warnings: [...verdict.warnings, ...warnings],
    modelSha256: onlyModel(golden),
    modelErrors: errors.slice(0, 3),
  };
}

type NamedModel = Pick<Answer, 'modelSha256'>;

/** What every answer named that named anything: a container's error names nothing. */
function onlyModel(answers: NamedModel[]): string | null {
  const named = new Set(answers.flatMap(({ modelSha256 }) => modelSha256 ?? []));
  return named.size === 1 ? ([...named][0] ?? null) : null;
}
