// What becomes of an upload's event when that very upload had an outcome already: duplicates must not deploy again.
import type { Failure } from '../../../state-machine/contract/errors.ts';
import type { Lease } from '../../../state-machine/contract/lease.ts';
import { type OutcomeName, succeededOutcomes } from '../../../state-machine/contract/outcome.ts';
import type { Release } from '../../../state-machine/contract/release.ts';
import { isSameUpload } from './newest-upload.ts';
import type { UploadRecord } from './upload-record.ts';

export interface RepeatedFailure {
  verdict: 'refused';
  repeats: OutcomeName;
  failure: Failure;
}
export type RepetitionVerdict =
  /** Never seen, or it is what serves: rolling it out changes nothing then. */
  { verdict: 'proceed' } | { verdict: 'superseded'; successor: string } | RepeatedFailure;

/**
 * @param earlier how the upload ended last; null when it never did
 * @param releases of the endpoint, the newest first
 * @param isNewest whether it is the newest accepted upload all the same: what it had made way for has made way for it, unless
 *   that was released
 */
export function judgeRepetition(
  upload: { key: string; versionId: string },
  earlier: UploadRecord | null,
  releases: readonly Release[],
  retirement: Lease['retirement'],
  isNewest = false,
): RepetitionVerdict {
  if (earlier === null) return { verdict: 'proceed' };
  const failed = repeatedFailure(earlier);
  if (failed !== null) return failed;
  // It asked before its earlier rollout had said that it gave way, and what that gave way to has given way in turn.
  const isOvertaken = earlier.outcome === 'superseded' && earlier.successor !== retirement?.rolloutId;
  if (isOvertaken && isNewest && !releases.some(({ rolloutId }) => rolloutId === earlier.successor))
    return { verdict: 'proceed' };
  const isRetired = retirement !== null && (earlier.endedAt || earlier.startedAt) < retirement.at;
  if (retirement !== null && (isRetired || earlier.successor === retirement.rolloutId))
    return { verdict: 'superseded', successor: retirement.rolloutId };
  const newestRelease = releases[0] ?? null;
  if (earlier.outcome === 'superseded')
    return { verdict: 'superseded', successor: earlier.successor ?? newestRelease?.rolloutId ?? earlier.rolloutId };
  if (newestRelease === null) return { verdict: 'proceed' };
  // What was found unchanged serves by the release of another upload with the same content.
  const isItsOwn = newestRelease.upload !== null && isSameUpload(newestRelease.upload, upload);
  if (isItsOwn || newestRelease.releasedAt <= earlier.endedAt) return { verdict: 'proceed' };
  return { verdict: 'superseded', successor: newestRelease.rolloutId };
}

/** An upload that failed, or was never accepted, fails once more, whatever has happened since; null for the others. */
export function repeatedFailure({ outcome, rolloutId, error, cause }: UploadRecord): RepeatedFailure | null {
  if (succeededOutcomes.includes(outcome)) return null;
  const Cause =
    `This version of the upload was rolled out before, by ${rolloutId}, and ended ${outcome}: ${cause ?? 'see its outcome'} ` +
    'An event alone does not try it again: upload it again, or start a rollout with a request that names it.';
  return { verdict: 'refused', repeats: outcome, failure: { Error: error ?? 'RequestRejected', Cause } };
}
