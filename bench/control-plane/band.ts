// What a band of provisioning times is run with.
import type { Progress } from '../../cli/terminal/progress.ts';
import type { BenchCloud } from './bench-cloud.ts';
import type { Band } from './draws.ts';
import type { Waiter, WaiterName } from './waiters.ts';

export interface RunBandOptions {
  band: Band;
  cloud: BenchCloud;
  waiters: Partial<Record<WaiterName, Waiter>>;
  scale: number;
  /** Where the model was uploaded. */
  modelS3Uri: string;
  progress: Progress;
  signal: AbortSignal;
}
