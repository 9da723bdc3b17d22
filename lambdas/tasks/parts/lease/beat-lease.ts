// The heartbeat of a lease, for people who watch; and whether its owner is asked to stop.
import type { LeaseOutput } from '../../../../state-machine/contract/outputs.ts';
import { type Stop, stopOf } from '../../../core/lease/cancellation.ts';
import { heldLease, type LeasePorts } from './under-lease.ts';

const SECONDS_BETWEEN_BEATS = 60;

/** The failure with which the rollout has to go back, or null. Rejects with `LeaseLost` where the lease is gone. */
export async function beatLease(ports: LeasePorts, lease: LeaseOutput): Promise<Stop | null> {
  const record = await heldLease(ports, lease);
  const stop = stopOf(record);
  if (stop !== null) return stop;
  const now = ports.clock.now();
  if (now.getTime() - Date.parse(record.owner.heartbeatAt) >= SECONDS_BETWEEN_BEATS * 1000) {
    // Whoever writes at the same moment, for example to ask for a stop, goes first: the next beat comes soon.
    await ports.leases.replace(record, { ...record, owner: { ...record.owner, heartbeatAt: now.toISOString() } });
  }
  return null;
}
