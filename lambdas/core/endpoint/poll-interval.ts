// How long to wait before the next look at an endpoint, where nothing ends the wait before.

const SHORTEST_SECONDS = 60;
/** Nothing promises an event for the end of a deletion. */
const SHORTEST_UNTIL_GONE_SECONDS = 10;
const LONGEST_SECONDS = 300;
const SHARE_OF_TIME_WAITED = 0.1;

const within = (shortest: number, seconds: number) => Math.min(LONGEST_SECONDS, Math.max(shortest, seconds));
const share = (waitedMilliseconds: number) => Math.floor((waitedMilliseconds / 1000) * SHARE_OF_TIME_WAITED);

/**
 * max(60 s, 10 % of the time waited), at most 300 s. Events of SageMaker and requests to stop end a wait at once; this is for
 * those that are lost. Whoever loses every event of five minutes hears of it half a minute late on average, of an hour 2.5 minutes.
 *
 * Transitions of a rollout of five minutes: 22 beside its waits. 5 waits that nobody ends and 4 that an event ends, of 3 each: 49.
 * Without any event, 6 waits: 40.
 *
 * Events of the history: a wait is 6 (entered, scheduled, started, submitted, succeeded or timed out, exited), task (5), Choice (2)
 * = 13. In the longest update, 8 h = 28,800 s: 10 waits of 60 s up to 600 s, ln(3000 / 600) / ln(1.1) = 17 that grow up to
 * 3,000 s, 86 of 300 s: 113, and 118 as seconds are whole. 1,534 events. A candidate of 3 h before it: 10 + 17 + 26 = 53, and 55,
 * 715 events: together with all tasks about 2,400. While traffic moves under golden traffic, a task of ten minutes and the look
 * after it are 12 events: 576 in 8 h, and 12 more for each of at most 40 changes that end one earlier.
 *
 * All that one execution may come to: the longest wait for a lease (`lease-wait.ts`) 4,000, two hours for an idle endpoint 550, the
 * candidate 715 and its deletion 950, the update 1,534, weights that move 15 h (`traffic-batch.ts`) 10,300, the longest rollback
 * 1,534; or, without weights, answers that come from a queue (`answer-interval.ts`) 5,720: 19,600 of 25,000 allowed:
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const pollIntervalSeconds = (waitedMilliseconds: number): number =>
  within(SHORTEST_SECONDS, share(waitedMilliseconds));

/**
 * For an endpoint that is being deleted: max(10 s, 10 %), at most 300 s. Of 3 h: 10 waits of 10 s, 36 that grow, 26 of 300 s.
 */
export const untilGoneSeconds = (waitedMilliseconds: number): number =>
  within(SHORTEST_UNTIL_GONE_SECONDS, share(waitedMilliseconds));

const FIRST_SECONDS_OF_THROTTLED = 10;
const LONGEST_SECONDS_OF_THROTTLED = 50;

/**
 * The account's rate of calls is used up: 10 s, and twice as long after each refusal, so that hundreds of rollouts share it. What
 * was to be seen has often happened, and no event tells of it again: so no longer than 50 s, which is shorter than any usual wait
 * for an endpoint, and tells one that was throttled from it.
 */
export const throttledIntervalSeconds = (lastSeconds: number): number =>
  lastSeconds > LONGEST_SECONDS_OF_THROTTLED
    ? FIRST_SECONDS_OF_THROTTLED
    : Math.min(LONGEST_SECONDS_OF_THROTTLED, 2 * Math.max(FIRST_SECONDS_OF_THROTTLED / 2, lastSeconds));

/** After an answered look: back to the usual by halves, not at once, or all would press again. */
export const answeredIntervalSeconds = (waitedMilliseconds: number, lastSeconds: number): number =>
  Math.max(pollIntervalSeconds(waitedMilliseconds), Math.floor(lastSeconds / 2));
