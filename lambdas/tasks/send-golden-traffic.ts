// SendGoldenTraffic: while the traffic of an endpoint moves, a batch of golden requests each minute, so that its new fleet can be
// judged; and looks at endpoint and lease in between, until something has changed.
import { createHash } from 'node:crypto';
import type { GoldenCase } from '../../state-machine/contract/golden-cases.ts';
import type { AlarmsOutput, GoldenTraffic } from '../../state-machine/contract/guarded-update.ts';
import type { CanaryInvocationsOutput } from '../../state-machine/contract/outputs.ts';
import type { Plan } from '../../state-machine/contract/plan.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { goldenMismatches, isExpectedStatus } from '../core/canary/golden-match.ts';
import { goldenRequest, isPositive } from '../core/canary/golden-request.ts';
import { isOfNewModel, type KnownModels } from '../core/guardrails/answered-by.ts';
import { PERIOD_SECONDS } from '../core/guardrails/fleet-alarms.ts';
import { batchSize, GOLDEN_INFERENCE_ID_PREFIX, isBatchDue } from '../core/guardrails/golden-traffic.ts';
import { type GoldenAnswer, nextGoldenTraffic } from '../core/guardrails/next-golden-traffic.ts';
import { trafficSteps } from '../core/guardrails/traffic-steps.ts';
import { fleetSizes, smallestFleet } from '../core/hosting/fleet-sizes.ts';
import { casesOf, severalVariants } from '../core/planning/variant-cases.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Documents } from '../ports/documents.ts';
import type { InvocationRequest, Invocations } from '../ports/invocations.ts';
import { readCases } from './parts/documents/read-cases.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import type { PollPorts } from './parts/verification/poll-deployment.ts';
import { sendSideBySide } from './parts/verification/send-side-by-side.ts';
import { SECONDS_BETWEEN_LEASE_LOOKS, trafficWatch } from './parts/verification/traffic-watch.ts';

interface Ports extends PollPorts {
  documents: Documents;
  invocations: Invocations;
}

/** A function may run 15 minutes: https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html */
const WATCHED_MILLISECONDS = 10 * 60_000;

export const sendGoldenTraffic =
  (ports: Ports): Task<'SendGoldenTraffic'> =>
  async ({ plan: planned, lease, deployment, candidateCanaryInvocations, alarms, goldenTraffic: before }) => {
    const { clock, documents } = ports;
    const begunAt = clock.now().getTime();
    const plan = await readPlan(documents, planned);
    const instances = smallestFleet(fleetSizes(plan.endpointConfig.variants, plan.before?.variants ?? []));
    const steps = trafficSteps(plan.strategy, instances);
    const asked = await askedFleets(documents, plan, candidateCanaryInvocations, alarms);
    if (lease === null) return sendBatch(ports, plan, asked, batchSize(steps, deployment.waitSeconds), before);
    const hasChanged = trafficWatch(ports, lease, planned, deployment);
    const size = batchSize(steps, PERIOD_SECONDS);
    for (let traffic = before; ; ) {
      if (traffic === null || isBatchDue(traffic, clock.now()))
        traffic = await sendBatch(ports, plan, asked, size, traffic);
      if ((await hasChanged()) || clock.now().getTime() - begunAt >= WATCHED_MILLISECONDS) return traffic;
      await clock.sleep(SECONDS_BETWEEN_LEASE_LOOKS * 1000);
    }
  };

async function sendBatch(
  { clock, invocations }: Ports,
  plan: Plan,
  asked: readonly Asked[],
  size: number,
  before: GoldenTraffic | null,
): Promise<GoldenTraffic> {
  const sentAt = clock.now();
  const sender = createHash('sha256').update(plan.rolloutId).digest('hex').slice(0, 12);
  const first = before?.sent ?? 0;
  const answers: GoldenAnswer[] = [];
  await sendSideBySide(clock, size * asked.length, async (index) => {
    const number = first + index;
    const inferenceId = `${GOLDEN_INFERENCE_ID_PREFIX}${sender}-${number}`;
    const { cases, models, targetVariant } = asked[number % asked.length] as Asked;
    const goldenCase = cases[Math.floor(number / asked.length) % cases.length] as GoldenCase;
    const request = {
      ...goldenRequest(goldenCase),
      inferenceId,
      ...(targetVariant !== undefined && { targetVariant }),
    };
    answers.push(await answerOf(invocations, plan.endpointName, goldenCase, request, models));
  });
  return nextGoldenTraffic(before, answers, sentAt);
}

/** One variant whose new fleet is to be reached. */
interface Asked {
  cases: GoldenCase[];
  models: KnownModels;
  targetVariant?: string;
}

/** Those that have cases which are answered: others would be errors of the fleet's in CloudWatch's eyes. */
async function askedFleets(
  documents: Documents,
  plan: Plan,
  verified: CanaryInvocationsOutput | null,
  alarms: AlarmsOutput | null,
): Promise<Asked[]> {
  const names = severalVariants(plan);
  const all = (names ?? [undefined]).map(async (name): Promise<Asked> => {
    const goldenCases = name === undefined ? plan.goldenCases : casesOf(plan, name);
    const cases = (await readCases(documents, { goldenCases })).filter(isPositive);
    const serving = (name === undefined ? alarms?.servingModelSha256 : alarms?.servingModels?.[name]) ?? null;
    return {
      cases,
      models: { arriving: arrivingModel(plan, verified, name), serving },
      ...(name !== undefined && { targetVariant: name }),
    };
  });
  return (await Promise.all(all)).filter(({ cases }) => cases.length > 0);
}

/** As the candidate named it, which holds the variants alone that have something new. */
function arrivingModel({ candidate }: Plan, verified: CanaryInvocationsOutput | null, name: string | undefined) {
  if (name === undefined || verified === null) return verified?.modelSha256 ?? null;
  const own = verified.variants?.find(({ variantName }) => variantName === name);
  if (own !== undefined) return own.modelSha256;
  const only = candidate?.endpointConfig.variants ?? [];
  return only.length === 1 && only[0]?.name === name ? verified.modelSha256 : null;
}

async function answerOf(
  invocations: Invocations,
  endpointName: string,
  goldenCase: GoldenCase,
  request: InvocationRequest,
  models: KnownModels,
): Promise<GoldenAnswer> {
  try {
    const answer = await invocations.invoke(endpointName, request);
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
