// The ledger: which rollouts there were, how they ended, and which releases there are.
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { Release } from '../../state-machine/contract/release.ts';
import type { UploadRecord } from '../core/lease/upload-record.ts';

export interface Ledger {
  /** The outcome of a rollout; null while it has none. */
  findOutcome(rolloutId: string): Promise<Outcome | null>;
  /** Releases of the endpoint, the newest first, at most `limit`. */
  releases(endpointName: string, limit: number): Promise<Release[]>;
  /** How this version of an upload ended last; null when it never did. */
  findUpload(upload: { key: string; versionId: string }): Promise<UploadRecord | null>;
}
