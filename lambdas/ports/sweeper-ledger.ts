// What the sweeper alone asks the ledger.

export interface SweeperLedger {
  /** Those of these rollouts that have no outcome. */
  withoutOutcome(rolloutIds: readonly string[]): Promise<string[]>;
  /** ISO 8601: shortly before the first sweep ever. Uploads from before then were another stack's. */
  sweptSince(now: Date): Promise<string>;
}
