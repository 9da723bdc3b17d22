// SendGoldenTraffic: a batch of golden requests to an endpoint whose traffic moves, so that its new fleet can be judged.
import { createHash } from 'node:crypto';
import type { GoldenCase } from '../../state-machine/contract/golden-cases.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { goldenMismatches, isExpectedStatus } from '../core/canary/golden-match.ts';
import { goldenRequest, isPositive } from '../core/canary/golden-request.ts';
import { isOfNewModel, type KnownModels } from '../core/guardrails/answered-by.ts';
import { batchSize, GOLDEN_INFERENCE_ID_PREFIX } from '../core/guardrails/golden-traffic.ts';
import { type GoldenAnswer, nextGoldenTraffic } from '../core/guardrails/next-golden-traffic.ts';
import { trafficSteps } from '../core/guardrails/traffic-steps.ts';
import { fleetSizes, smallestFleet } from '../core/hosting/fleet-sizes.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Documents } from '../ports/documents.ts';
import type { Invocations } from '../ports/invocations.ts';
import { readCases } from './parts/documents/read-cases.ts';
import { readPlan } from './parts/documents/read-plan.ts';

interface Ports {
  clock: Clock;
  documents: Documents;
  invocations: Invocations;
}

/** Few enough not to be a load of their own on two instances. */
const AT_ONCE = 8;
/** Room in the function's three minutes for the last answers, of 60 s at most. */
const TIME_TO_SEND_MILLISECONDS = 60_000;

export const sendGoldenTraffic =
  ({ clock, documents, invocations }: Ports): Task<'SendGoldenTraffic'> =>
  async ({ plan: planned, deployment, candidateCanaryInvocations, alarms, goldenTraffic: before }) => {
    const plan = await readPlan(documents, planned);
    // Negative cases would be errors of the fleet's in CloudWatch's eyes.
    const cases = (await readCases(documents, plan)).filter(isPositive);
    const instances = smallestFleet(fleetSizes(plan.endpointConfig.variants, plan.before?.variants ?? []));
    const size = cases.length === 0 ? 0 : batchSize(trafficSteps(plan.strategy, instances), deployment.waitSeconds);
    const until = clock.now().getTime() + TIME_TO_SEND_MILLISECONDS;
    const models: KnownModels = {
      arriving: candidateCanaryInvocations?.modelSha256 ?? null,
      serving: alarms?.servingModelSha256 ?? null,
    };
    const sender = createHash('sha256').update(plan.rolloutId).digest('hex').slice(0, 12);
    const first = before?.sent ?? 0;
    const answers: GoldenAnswer[] = [];
    let begun = 0;
    const send = async () => {
      while (begun < size && clock.now().getTime() < until) {
        const number = first + begun++;
        const inferenceId = `${GOLDEN_INFERENCE_ID_PREFIX}${sender}-${number}`;
        const goldenCase = cases[number % cases.length] as GoldenCase;
        answers.push(await answerOf(invocations, plan.endpointName, goldenCase, inferenceId, models));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, send));
    return nextGoldenTraffic(before, answers);
  };

async function answerOf(
  invocations: Invocations,
  endpointName: string,
  goldenCase: GoldenCase,
  inferenceId: string,
  models: KnownModels,
): Promise<GoldenAnswer> {
  try {
    const answer = await invocations.invoke(endpointName, { ...goldenRequest(goldenCase), inferenceId });
    const isNew = isOfNewModel(answer.modelSha256, models);
    const mismatches = isNew ? goldenMismatches(goldenCase, answer) : null;
    return {
      ok: isExpectedStatus(goldenCase.expect.status, answer.status),
      mismatches: mismatches?.map((found) => `Golden case "${goldenCase.name}": ${found}.`) ?? null,
    };
  } catch (error) {
    // A request that could not be made is one fewer, and whether there were enough is asked at the end; what is denied stays so.
    if (!(error instanceof RolloutError) || error.name === 'AccessDenied') throw error;
    return { ok: false, mismatches: null };
  }
}
