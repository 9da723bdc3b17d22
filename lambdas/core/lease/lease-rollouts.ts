// The rollouts that a lease knows by their executions: its owner and those that wait.
import type { Lease, LeasedRollout } from '../../../state-machine/contract/lease.ts';

export const leaseRollouts = (lease: Lease | null): LeasedRollout[] =>
  lease === null ? [] : [lease.owner, ...lease.waiting].flatMap((holder) => holder?.rollout ?? []);
