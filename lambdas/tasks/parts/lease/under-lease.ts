// Ports that change something only while the rollout holds its endpoint's lease and has time to hear the answer.
import type { Lease, LeaseOwner } from '../../../../state-machine/contract/lease.ts';
import type { LeaseOutput } from '../../../../state-machine/contract/outputs.ts';
import { MILLISECONDS_FOR_A_CALL } from '../../../core/call-time-budget.ts';
import { isHeld } from '../../../core/lease/lease.ts';
import { RolloutError } from '../../../core/rollout-error.ts';
import type { Alarms } from '../../../ports/alarms.ts';
import type { ArtifactStore } from '../../../ports/artifact-store.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { DeploymentTarget } from '../../../ports/deployment-target.ts';
import type { EndpointConfigs } from '../../../ports/endpoint-configs.ts';
import type { Leases } from '../../../ports/leases.ts';
import type { Models } from '../../../ports/models.ts';
import type { Scaling } from '../../../ports/scaling.ts';

interface Changing {
  alarms?: Alarms;
  artifacts?: ArtifactStore;
  deploymentTarget?: DeploymentTarget;
  endpointConfigs?: EndpointConfigs;
  models?: Models;
  /** Who only changes limits has no more of it. */
  scaling?: Partial<Scaling>;
}

export interface LeasePorts {
  clock: Clock;
  leases: Leases;
}

/**
 * The same ports, each changing call of which first looks whether the lease is still held: it rejects with `LeaseLost`
 * where it is not, and with `ServiceUnavailable` where the function has too little time left to make the call.
 */
export function underLease<Ports extends Changing & LeasePorts>(ports: Ports, lease: LeaseOutput): Ports {
  const check = () => checkLease(ports, lease);
  return {
    ...ports,
    ...(ports.deploymentTarget && {
      deploymentTarget: guarded(ports.deploymentTarget, ['create', 'update', 'adjust', 'tag', 'remove'], check),
    }),
    ...(ports.endpointConfigs && {
      endpointConfigs: guarded(ports.endpointConfigs, ['create', 'createLike', 'remove'], check),
    }),
    ...(ports.alarms && { alarms: guarded(ports.alarms, ['put', 'remove'], check) }),
    ...(ports.artifacts && { artifacts: guarded(ports.artifacts, ['remove'], check) }),
    ...(ports.models && { models: guarded(ports.models, ['create', 'remove'], check) }),
    ...(ports.scaling && {
      scaling: guarded(
        ports.scaling,
        SCALING_CHANGES.filter((name) => ports.scaling?.[name]),
        check,
      ),
    }),
  };
}

const SCALING_CHANGES = ['register', 'limit', 'restore', 'deregister'] as const;

async function checkLease(ports: LeasePorts, lease: LeaseOutput): Promise<void> {
  await heldLease(ports, lease);
  if (ports.clock.remainingMilliseconds() < MILLISECONDS_FOR_A_CALL) {
    throw new RolloutError('ServiceUnavailable', 'Too little of the function’s time is left to change anything.');
  }
}

/** The record of the lease, with its owner. Rejects with `LeaseLost` where this rollout does not hold it any more. */
export async function heldLease(
  { leases }: LeasePorts,
  { endpointName, holder, fencing }: LeaseOutput,
): Promise<Lease & { owner: LeaseOwner }> {
  const record = await leases.read(endpointName);
  if (record?.owner != null && holder !== null && isHeld(record, holder, fencing))
    return { ...record, owner: record.owner };
  throw new RolloutError(
    'LeaseLost',
    `The lease of the endpoint ${endpointName} is not held by this rollout any more: another execution has taken it over. Nothing was changed.`,
  );
}

/** `port` with a check before each of `methods`. */
export function guarded<Port extends object>(
  port: Port,
  methods: readonly (keyof Port)[],
  check: () => Promise<void>,
): Port {
  const checked = methods.map((name) => {
    const method = port[name] as (...args: unknown[]) => Promise<unknown>;
    const afterCheck = async (...args: unknown[]) => {
      await check();
      return method.apply(port, args);
    };
    return [name, afterCheck];
  });
  return { ...port, ...Object.fromEntries(checked) };
}
