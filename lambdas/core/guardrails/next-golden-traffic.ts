// The account of golden traffic after one more batch.
import type { GoldenTraffic } from '../../../state-machine/contract/guarded-update.ts';

/** One golden request's end. */
export interface GoldenAnswer {
  /** Whether the status was as expected; not where nothing could be invoked. */
  ok: boolean;
  /** What was different in an answer that named the new model; null where the old one may have answered. */
  mismatches: string[] | null;
}

const SHOWN_MISMATCHES = 5;

/** @param sentAt when the batch began */
export function nextGoldenTraffic(before: GoldenTraffic | null, answers: GoldenAnswer[], sentAt: Date): GoldenTraffic {
  const { sent, failed, compared, wrong, mismatches } = before ?? NOTHING;
  const ofNewModel = answers.flatMap(({ mismatches }) => (mismatches === null ? [] : [mismatches]));
  const different = ofNewModel.filter((found) => found.length > 0);
  return {
    sent: sent + answers.length,
    failed: failed + answers.filter(({ ok }) => !ok).length,
    compared: compared + ofNewModel.length,
    wrong: wrong + different.length,
    mismatches: [...new Set([...mismatches, ...different.flat()])].slice(0, SHOWN_MISMATCHES),
    sentAt: sentAt.toISOString(),
  };
}

const NOTHING: GoldenTraffic = { sent: 0, failed: 0, compared: 0, wrong: 0, mismatches: [] };
