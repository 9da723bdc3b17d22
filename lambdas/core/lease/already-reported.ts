// What an upload whose outcome was reported before must not ask for again.
import type { Lease } from '../../../state-machine/contract/lease.ts';
import type { LeaseOutput } from '../../../state-machine/contract/outputs.ts';
import { repeatedFailure } from './judge-repetition.ts';
import type { Asking } from './lease.ts';
import { leaseRollouts } from './lease-rollouts.ts';
import { isSameUpload, sameSecond } from './newest-upload.ts';
import { newestUploadOf } from './newest-upload-of.ts';
import type { UploadRecord } from './upload-record.ts';

/** Whether the ledger has to be asked how the upload ended before: it asks for the first time. */
export const asksFirst = (lease: Lease, { rollout }: Asking): boolean =>
  !leaseRollouts(lease).some(({ rolloutId }) => rolloutId === rollout.rolloutId);

/**
 * Null where it may ask.
 * - It failed, or was never accepted: it would take the place of one that waits, and then fail once more.
 * - Within one second the arrival decides which upload is newer, and that of its first event counts.
 *
 * @param earlier how the upload ended before; null where it never did
 */
export function alreadyReported(
  lease: Lease,
  upload: NonNullable<Asking['upload']>,
  uploadVariant: string | undefined,
  earlier: UploadRecord | null,
): (Pick<LeaseOutput, 'verdict'> & Partial<LeaseOutput>) | null {
  const failed = earlier && repeatedFailure(earlier);
  if (failed !== null) return failed;
  const newestUpload = newestUploadOf(lease, uploadVariant);
  if (newestUpload === null || isSameUpload(upload, newestUpload) || !sameSecond(upload, newestUpload)) return null;
  const isKnown = leaseRollouts(lease).some((other) => other.upload !== null && isSameUpload(other.upload, upload));
  return isKnown || earlier !== null ? { verdict: 'superseded', successor: newestUpload.rolloutId } : null;
}
