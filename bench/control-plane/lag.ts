// From the moments of one endpoint to one lag.

/** Moments in seconds since 1970. */
export interface Sighting {
  endpointName: string;
  /** When the endpoint was in service. */
  inServiceAt: number;
  /** When the sleep before the look that saw it was over. */
  lookedAt: number;
  /** When the caller knew. */
  seenAt: number;
}

export interface Lag {
  /** Seconds, as in real time. */
  seconds: number;
  /** The part of it that the look itself took: never scaled. */
  overheadSeconds: number;
}

/** Of a scaled round only the part that was slept is stretched back: a call takes as long as it takes. */
export function lagOf({ inServiceAt, lookedAt, seenAt }: Sighting, scale: number): Lag {
  // An endpoint may come into service while it is being looked at.
  const slept = Math.max(0, lookedAt - inServiceAt);
  const overheadSeconds = seenAt - inServiceAt - slept;
  return { seconds: slept / scale + overheadSeconds, overheadSeconds };
}
