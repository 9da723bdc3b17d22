// How long to wait before the next look for answers that come from a queue: no event tells of them.

const SHORTEST_SECONDS = 5;
const LONGEST_SECONDS = 90;
const SHARE_OF_TIME_WAITED = 0.02;

/**
 * max(5 s, 2 % of the time waited), at most 90 s. Answers may take 6,600 s, twice: 50 looks of 5 s up to 250 s, 146 that grow up to
 * 4,500 s, 24 of 90 s: 220 looks of 13 events each (`poll-interval.ts`), 5,720 of both.
 */
export function answerIntervalSeconds(waitedMilliseconds: number): number {
  const share = Math.floor((waitedMilliseconds / 1000) * SHARE_OF_TIME_WAITED);
  return Math.min(LONGEST_SECONDS, Math.max(SHORTEST_SECONDS, share));
}
