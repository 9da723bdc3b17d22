// How much golden traffic an endpoint gets while its traffic moves, so that the new fleet can be judged.
import type { GoldenTraffic } from '../../../state-machine/contract/guarded-update.ts';
import { MINIMUM_REQUESTS, PERIOD_SECONDS } from './fleet-alarms.ts';
import type { TrafficStep } from './traffic-steps.ts';

/** Standard deviations below the mean that the draw may fall: once in about 1,000 periods. */
const DEVIATIONS = 3.1;

/**
 * How many requests to the endpoint give the new fleet at least `wanted` of them, but for one period in a thousand.
 *
 * Each goes to the new fleet with the chance s: of n requests n s with the deviation sqrt(n s (1 - s)). With x = sqrt(n s),
 * x^2 - 3.1 sqrt(1 - s) x = wanted; its root gives n = x^2 / s. For 10 requests: 40 at a half, 246 at a tenth.
 */
export function requestsFor(wanted: number, share: number): number {
  const deviation = DEVIATIONS * Math.sqrt(1 - share);
  const root = (deviation + Math.sqrt(deviation ** 2 + 4 * wanted)) / 2;
  return Math.ceil(root ** 2 / share - 1e-9);
}

/** For the seconds until the next batch; each minute in which they come, the alarms have enough to judge by. */
export function batchSize(steps: TrafficStep[], seconds: number): number {
  const smallest = Math.min(...steps.map(({ share }) => share));
  return Math.ceil((requestsFor(MINIMUM_REQUESTS, smallest) * seconds) / PERIOD_SECONDS);
}

/** From the begin of a batch to the begin of the next: every minute of CloudWatch's has one, whatever a look or a task in between takes. */
const SECONDS_BETWEEN_BATCHES = PERIOD_SECONDS - 5;

export const isBatchDue = (before: GoldenTraffic, now: Date): boolean =>
  before.sentAt === undefined || now.getTime() - Date.parse(before.sentAt) >= SECONDS_BETWEEN_BATCHES * 1000;

/** Ours, in captured data too: InferenceId has at most 64 characters, API_runtime_InvokeEndpoint. */
export const GOLDEN_INFERENCE_ID_PREFIX = 'sagemaker-deployer-golden-';
