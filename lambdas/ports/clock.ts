// What time it is, and the passing of it.

export interface Clock {
  now(): Date;
  /** What is left of the running function's own time; nobody calls AWS to change something shortly before its end. */
  remainingMilliseconds(): number;
  sleep(milliseconds: number): Promise<void>;
}
