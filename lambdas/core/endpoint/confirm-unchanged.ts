// DescribeEndpoint may be stale: what looks as it was before is believed only on the fourth look, each half a minute after the last.

const LOOKS_TO_BELIEVE = 4;
export const SECONDS_BETWEEN_POLLS = 30;

export interface UnchangedPolls {
  unchangedPolls: number;
  lastUnchangedPollAt: string | null;
}

/** The looks with this one counted, if it comes late enough; null when it is the one to believe. */
export function polledAgain({ unchangedPolls, lastUnchangedPollAt }: UnchangedPolls, now: Date): UnchangedPolls | null {
  if (lastUnchangedPollAt !== null && now.getTime() - Date.parse(lastUnchangedPollAt) < SECONDS_BETWEEN_POLLS * 1000) {
    return { unchangedPolls, lastUnchangedPollAt };
  }
  if (unchangedPolls + 1 >= LOOKS_TO_BELIEVE) return null;
  return { unchangedPolls: unchangedPolls + 1, lastUnchangedPollAt: now.toISOString() };
}
