// Task tokens of rollouts that wait. Whoever has one can end the wait: they stand in the ledger alone.

export interface KeptToken {
  /** Who waits, and for which endpoint's change; null: for something else. */
  rolloutId: string;
  endpointName: string | null;
  taskToken: string;
  /** When it is of no use any more at the latest. */
  expiresAt: Date;
}

export interface WakeTokens {
  /** In the place of the token of the rollout's wait before. */
  keep(token: KeptToken): Promise<void>;
  /** Of its last wait, which may have ended; null: it never waited. */
  ofRollout(rolloutId: string): Promise<string | null>;
  /** The rollout that waited last for a change of the endpoint. */
  rolloutAwaiting(endpointName: string): Promise<string | null>;
}
