// How long to wait before the next look at an endpoint.

const SHORTEST_SECONDS = 5;
const LONGEST_SECONDS = 90;
const SHARE_OF_TIME_WAITED = 0.02;

/**
 * max(5 s, 2 % of the time waited), at most 90 s: whoever waits five minutes hears of it 3 s late on average, whoever waits an
 * hour 36 s late.
 *
 * Events: a poll is Wait (2), task (5), Choice (2) = 9, and 5 more where golden traffic is sent. In the longest update,
 * 8 h = 28,800 s: 50 polls of 5 s up to 250 s, ln(4500 / 250) / ln(1.02) = 146 that grow up to 4,500 s, 270 of 90 s. 466
 * polls, 6,524 events with traffic. A candidate of 3 h before it: 50 + 146 + 70 = 266 polls, 2,394 events. Answers that come from a queue may take 6,600 s, twice: 50 + 146 + 24 = 220 looks, 3,960 events of both.
 * The longest wait for a lease (`lease-wait.ts`), 4,500, and the longest rollback, 4,194, beside it: 21,572 of 25,000 allowed:
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export function pollIntervalSeconds(waitedMilliseconds: number): number {
  const share = Math.floor((waitedMilliseconds / 1000) * SHARE_OF_TIME_WAITED);
  return Math.min(LONGEST_SECONDS, Math.max(SHORTEST_SECONDS, share));
}

/**
 * The account's rate of calls is used up: twice as long after each refusal, so that hundreds of rollouts share it. Not longer
 * than whoever waits an hour, or the last ones wait for nothing once the others are through.
 */
export const throttledIntervalSeconds = (lastSeconds: number): number =>
  Math.min(LONGEST_SECONDS, 2 * Math.max(SHORTEST_SECONDS, lastSeconds));

/** After an answered look: back to the usual by halves, not at once, or all would press again. */
export const answeredIntervalSeconds = (waitedMilliseconds: number, lastSeconds: number): number =>
  Math.max(pollIntervalSeconds(waitedMilliseconds), Math.floor(lastSeconds / 2));
