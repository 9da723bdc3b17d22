// Whether a rollout that is granted the lease may begin, from what the ledger knows of it.
import type { Lease } from '../../../state-machine/contract/lease.ts';
import type { Outcome } from '../../../state-machine/contract/outcome.ts';
import type { LeaseOutput } from '../../../state-machine/contract/outputs.ts';
import type { Release } from '../../../state-machine/contract/release.ts';
import { judgeRepetition } from './judge-repetition.ts';
import type { Asking } from './lease.ts';
import { isSameUpload } from './newest-upload.ts';
import { newestUploadOf } from './newest-upload-of.ts';
import type { UploadRecord } from './upload-record.ts';

/** What the ledger knows of a rollout at the moment at which it is granted the lease. */
export interface GrantHistory {
  /** The outcome of this very rollout. */
  ended: Pick<Outcome, 'outcome' | 'recoveredBy'> | null;
  /** How its upload ended before. */
  upload: UploadRecord | null;
  /** Of the endpoint, the newest first. */
  releases: readonly Release[];
}

/** Null where it may begin. `lease`: as it would be then. */
export function judgeGrant(
  { rollout: { rolloutId, uploadVariant }, upload }: Asking,
  lease: Lease,
  { ended, upload: earlier, releases }: GrantHistory,
): (Pick<LeaseOutput, 'verdict'> & Partial<LeaseOutput>) | null {
  // Redriven after its rollback was finished for it: its end is reported, and nothing may be changed in its name any more.
  if (ended !== null) {
    const Cause = `${rolloutId} has ended ${ended.outcome} already, recorded by ${ended.recoveredBy ?? rolloutId}. Start a new rollout.`;
    return { verdict: 'refused', failure: { Error: 'Stopped', Cause } };
  }
  if (upload === null) return null;
  const newestUpload = newestUploadOf(lease, uploadVariant);
  const isNewest = newestUpload !== null && isSameUpload(newestUpload, upload);
  const repetition = judgeRepetition(
    upload,
    earlier,
    releasesOfVariant(releases, uploadVariant),
    lease.retirement,
    isNewest,
  );
  return repetition.verdict === 'proceed' ? null : repetition;
}

/** Without those that brought an upload to another variant: they took nothing from this one. */
const releasesOfVariant = (releases: readonly Release[], variantName: string | undefined): readonly Release[] =>
  variantName === undefined
    ? releases
    : releases.filter(({ upload }) => upload?.variantName === undefined || upload.variantName === variantName);
