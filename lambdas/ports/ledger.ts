// The ledger: which rollouts there were, how they ended, and which releases are kept.
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { Release } from '../../state-machine/contract/release.ts';

export interface Ledger {
  /** Writes an outcome, and the release if it made one, at once; writing the same again changes nothing. */
  record(outcome: Outcome, release: Release | null): Promise<void>;
  /** Releases of the endpoint, the newest first, at most `limit`. */
  releases(endpointName: string, limit: number): Promise<Release[]>;
  /** Whether the archive in this version of an upload was acceptable when it was last read; null when it never was. */
  verdictOnArchive(upload: { key: string; versionId: string }): Promise<Outcome['archive']>;
}
