// The ledger: which rollouts there were, how they ended, and which releases are kept.
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { Release } from '../../state-machine/contract/release.ts';

export interface Ledger {
  /** Writes an outcome, and the release if it made one, at once; writing the same again changes nothing. */
  record(outcome: Outcome, release: Release | null): Promise<void>;
  /** Releases of the endpoint, the newest first, at most `limit`. */
  releases(endpointName: string, limit: number): Promise<Release[]>;
  /** How the rollout of this version of an upload ended last; null when it never did. */
  outcomeOfUpload(upload: { key: string; versionId: string }): Promise<Outcome['outcome'] | null>;
}
