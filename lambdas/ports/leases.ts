// The leases of endpoints: one record each, replaced as a whole or not at all.
import type { Lease } from '../../state-machine/contract/lease.ts';

export interface Leases {
  /** As it is at this moment (strongly consistent); null when the endpoint never had one. */
  read(endpointName: string): Promise<Lease | null>;
  /** Writes `next` if the record still is of `previous.version` (0: not there). False when somebody was faster. */
  replace(previous: Lease, next: Lease): Promise<boolean>;
  /** All that somebody owns or waits for. */
  inUse(): Promise<Lease[]>;
}
