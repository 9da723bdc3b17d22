// What the containers of an endpoint printed.

export interface ContainerLogs {
  /**
   * The last lines since then, `limit` at most in all. Each instance has its share, so that a busy one does not drown one
   * that dies; the instance that printed last comes first, its lines in the order of time, each cut at 1,000 characters.
   * An endpoint that never logged has none.
   */
  tail(endpointName: string, options: { since: Date; limit: number }): Promise<string[]>;
  /** Lets what was printed go after so many days (a number that PutRetentionPolicy takes). No log at all is no error. */
  expire(endpointName: string, days: number): Promise<void>;
}
