// What came of the begin of a wait, and of an event that may end one.

/** `waits`: until an event, a request to stop, or the end of its time. `unkept`: the last of them alone. */
export interface BegunWait {
  verdict: 'waits' | 'changed' | 'unkept';
  /** Why its token could not be kept, or nothing be looked at. */
  error: Error | null;
}

export interface Woken {
  endpointName: string | null;
  /** Null: nobody waited. */
  rolloutId: string | null;
}
