// How outcomes come into the ledger; apart from what reads it, which is in the bundles of many tasks.
import type { Lease } from '../../state-machine/contract/lease.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { NewRelease } from '../../state-machine/contract/release.ts';

export interface OutcomeRecords {
  /**
   * Writes an outcome, the release if it made one with its settings, and the lease as its owner leaves it, all at once or nothing. Writing the
   * same outcome again changes nothing. False when the lease was written by somebody else since it was read.
   */
  record(
    outcome: Outcome,
    release: NewRelease | null,
    leaving: { previous: Lease; next: Lease } | null,
  ): Promise<boolean>;
}
