// SendVariantTraffic: golden requests to the variants that gain traffic: every case before a step, and batches while it is watched.
import { createHash } from 'node:crypto';
import type { GoldenCase } from '../../state-machine/contract/golden-cases.ts';
import type { Plan } from '../../state-machine/contract/plan.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import type { VariantTraffic } from '../../state-machine/contract/weight-shift.ts';
import { goldenMismatches } from '../core/canary/golden-match.ts';
import { goldenRequest, isPositive } from '../core/canary/golden-request.ts';
import { GOLDEN_INFERENCE_ID_PREFIX } from '../core/guardrails/golden-traffic.ts';
import { RolloutError } from '../core/rollout-error.ts';
import { askedVariants, isAsked } from '../core/weights/judge-traffic.ts';
import { BATCH_SIZE } from '../core/weights/traffic-batch.ts';
import type { Clock } from '../ports/clock.ts';
import type { Documents } from '../ports/documents.ts';
import type { Invocations } from '../ports/invocations.ts';
import { readCases } from './parts/documents/read-cases.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import { sendSideBySide } from './parts/verification/send-side-by-side.ts';

interface Ports {
  clock: Clock;
  documents: Documents;
  invocations: Invocations;
}

const SHOWN_MISMATCHES = 5;

export const sendVariantTraffic =
  ({ clock, documents, invocations }: Ports): Task<'SendVariantTraffic'> =>
  async ({ plan: planned, weights, variantTraffic: last }) => {
    const plan = await readPlan(documents, planned);
    const before = last?.step === weights.step ? last : null;
    const isWatched = isAsked(weights, before);
    const sender = createHash('sha256').update(`${plan.rolloutId}/${weights.step}`).digest('hex').slice(0, 12);
    const first = (before?.variants ?? []).reduce((sum, { sent }) => sum + sent, 0);
    const requests = await requestsOf(documents, plan, isWatched, first);
    const ends: End[] = [];
    await sendSideBySide(clock, requests.length, async (number) => {
      const inferenceId = `${GOLDEN_INFERENCE_ID_PREFIX}${sender}-${first + number}`;
      ends.push(await endOf(invocations, plan.endpointName, requests[number] as Request, inferenceId));
    });
    const isWhole =
      isWatched || (ends.length === requests.length && ends.every(({ mismatches }) => mismatches !== null));
    return added(before, { step: weights.step, isWhole }, ends);
  };

interface Request {
  variantName: string;
  goldenCase: GoldenCase;
}

/** Every case of each variant; or a batch of those that are answered, for others would be errors in CloudWatch's eyes. */
async function requestsOf(documents: Documents, plan: Plan, isWatched: boolean, first: number): Promise<Request[]> {
  const all: Request[] = [];
  for (const variantName of askedVariants(plan)) {
    const cases = await readCases(documents, { goldenCases: plan.casesOfVariants?.[variantName] ?? null });
    const positive = cases.filter(isPositive);
    const sent = !isWatched
      ? cases
      : positive.length === 0
        ? []
        : Array.from({ length: BATCH_SIZE }, (_, index) => positive[(first + index) % positive.length] as GoldenCase);
    all.push(...sent.map((goldenCase) => ({ variantName, goldenCase })));
  }
  return all;
}

/** `mismatches`: null where there was no answer. */
interface End extends Pick<Request, 'variantName'> {
  mismatches: string[] | null;
}

async function endOf(
  invocations: Invocations,
  endpointName: string,
  { variantName, goldenCase }: Request,
  inferenceId: string,
): Promise<End> {
  try {
    const request = { ...goldenRequest(goldenCase), inferenceId, targetVariant: variantName };
    const answer = await invocations.invoke(endpointName, request);
    const told = (found: string) => `Golden case "${goldenCase.name}" of ${variantName}: ${found}.`;
    return { variantName, mismatches: goldenMismatches(goldenCase, answer).map(told) };
  } catch (error) {
    // A request that could not be made is one fewer, and whether there were enough is asked at the end; what is denied stays so.
    if (!(error instanceof RolloutError) || error.name === 'AccessDenied') throw error;
    return { variantName, mismatches: null };
  }
}

function added(
  before: VariantTraffic | null,
  { step, isWhole }: Pick<VariantTraffic, 'step' | 'isWhole'>,
  ends: readonly End[],
): VariantTraffic {
  const names = new Set([...(before?.variants ?? []), ...ends].map(({ variantName }) => variantName));
  const variants = [...names].map((variantName) => {
    const own = ends.filter((end) => end.variantName === variantName);
    const was = before?.variants.find((each) => each.variantName === variantName) ?? NOTHING;
    return {
      variantName,
      sent: was.sent + own.length,
      unanswered: was.unanswered + own.filter(({ mismatches }) => mismatches === null).length,
      wrong: was.wrong + own.filter(({ mismatches }) => (mismatches ?? []).length > 0).length,
    };
  });
  const found = [...(before?.mismatches ?? []), ...ends.flatMap(({ mismatches }) => mismatches ?? [])];
  return { step, isWhole, variants, mismatches: [...new Set(found)].slice(0, SHOWN_MISMATCHES) };
}

const NOTHING = { sent: 0, unanswered: 0, wrong: 0 };
