// How often golden requests are sent to a variant while the weights of a step are watched, and how many at a time.
import type { WeightStep } from '../../../state-machine/contract/weight-shift.ts';
import { MINIMUM_REQUESTS, PERIOD_SECONDS } from '../guardrails/fleet-alarms.ts';

const SHORTEST_SECONDS = 15;
const LOOKS_OF_A_STEP = 20;

/**
 * A twentieth of the wait, at least 15 s; at most 57 s, so that with the batch itself one comes about each minute. Events: a
 * look with a batch is 14, and the longest waits in all, 28,200 s, are 495 looks, 6,930 events; with all that
 * `poll-interval.ts` counts 24,542 of 25,000 allowed: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const secondsToNextBatch = ({ waitSeconds }: Pick<WeightStep, 'waitSeconds'>): number =>
  Math.min(PERIOD_SECONDS - 3, Math.max(SHORTEST_SECONDS, Math.floor(waitSeconds / LOOKS_OF_A_STEP)));

/** To each variant: every batch is enough for the alarms of its minute. */
export const BATCH_SIZE = MINIMUM_REQUESTS;
