// How long to wait before the next look at an endpoint.

const SHORTEST_SECONDS = 5;
const LONGEST_SECONDS = 60;
const SHARE_OF_TIME_WAITED = 0.02;

/**
 * max(5 s, 2 % of the time waited), at most 60 s: whoever waits five minutes hears of it 3 s late on average, whoever waits an
 * hour 30 s late. Doubled under throttling.
 *
 * Events: a poll is Wait (2), task (5), Choice (2) = 9. In the longest update, 8 h = 28,800 s: 50 polls of 5 s up to 250 s,
 * ln(3000 / 250) / ln(1.02) = 126 polls that grow up to 3,000 s, 430 of 60 s. 606 polls, 5,454 events, of 25,000 allowed:
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export function pollIntervalSeconds(waitedMilliseconds: number, throttled = false): number {
  const share = Math.floor((waitedMilliseconds / 1000) * SHARE_OF_TIME_WAITED);
  const interval = Math.min(LONGEST_SECONDS, Math.max(SHORTEST_SECONDS, share));
  return throttled ? interval * 2 : interval;
}
