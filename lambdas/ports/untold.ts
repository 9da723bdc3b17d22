// Which rollouts have no outcome in the ledger.

export interface Untold {
  /** Those of them that have none. */
  among(rolloutIds: readonly string[]): Promise<string[]>;
}
