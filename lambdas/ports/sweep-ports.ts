// What the sweeper works with.
import type { Clock } from './clock.ts';
import type { Executions } from './executions.ts';
import type { Leases } from './leases.ts';
import type { Ledger } from './ledger.ts';
import type { SweeperLedger } from './sweeper-ledger.ts';
import type { Uploads } from './uploads.ts';

export interface SweepPorts {
  clock: Clock;
  leases: Leases;
  executions: Executions;
  ledger: Ledger;
  sweeperLedger: SweeperLedger;
  uploads: Uploads;
}
