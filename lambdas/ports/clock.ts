// What time it is, and the passing of it.

export interface Clock {
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
}
