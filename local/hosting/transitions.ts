/** The changes that an endpoint goes through, each told from start to end; see `Transition` for how they wait. */

import { retire, setStatus, settle, until } from './moves.ts';
import { NO_CAPACITY, provisioned } from './provisioned.ts';
import type { Endpoint, Transition, Variant } from './records.ts';
import type { World } from './world.ts';

export function* creation(world: World, endpoint: Endpoint, at: number): Transition {
  const { fleet } = endpoint.arriving!;
  const result = yield* provisioned(world, endpoint, fleet, 'create', at);
  endpoint.arriving = undefined;
  if (result.failure) {
    retire(world, fleet);
    endpoint.failureReason = result.failure;
    setStatus(world, endpoint, 'Failed', result.at);
    return;
  }
  settle(fleet);
  endpoint.fleet = fleet;
  setStatus(world, endpoint, 'InService', result.at);
}

export interface Wanted {
  readonly variant: Variant;
  readonly weight?: number;
  readonly count?: number;
}

/** Weights and capacities; a failure goes back through RollingBack, which only these changes know. */
export function* scaling(world: World, endpoint: Endpoint, wanted: readonly Wanted[], at: number): Transition {
  const before = wanted.map(({ variant }) => ({ variant, weight: variant.desiredWeight, count: variant.desiredCount }));
  for (const { variant, weight, count } of wanted) {
    variant.desiredWeight = weight ?? variant.desiredWeight;
    variant.desiredCount = count ?? variant.desiredCount;
  }
  const fate = world.faultPlan.draw(endpoint.name, 'scale');
  const variants = wanted.map(({ variant }) => variant.production);
  const wait = world.provisioning({ endpointName: endpoint.name, change: 'scale', variants });
  const end = yield until(fate?.kind === 'stuck' ? Infinity : at + wait);
  if (fate?.kind === 'noCapacity' || fate?.kind === 'fails') {
    for (const { variant, weight, count } of before)
      Object.assign(variant, { desiredWeight: weight, desiredCount: count });
    endpoint.failureReason = fate.kind === 'fails' ? fate.reason : NO_CAPACITY;
    setStatus(world, endpoint, 'RollingBack', end);
    const back = yield until(end + world.provisioning({ endpointName: endpoint.name, change: 'rollback', variants }));
    setStatus(world, endpoint, 'InService', back);
    return;
  }
  settle(endpoint.fleet!);
  setStatus(world, endpoint, 'InService', end);
}

/** Maintenance by SageMaker itself. */
export function* systemUpdate(world: World, endpoint: Endpoint, at: number, durationMs: number): Transition {
  const end = yield until(at + durationMs);
  setStatus(world, endpoint, 'InService', end);
}

export function* deletion(world: World, endpoint: Endpoint, at: number): Transition {
  const variants = endpoint.fleets().flatMap((fleet) => fleet.variants.map((variant) => variant.production));
  for (const fleet of endpoint.fleets()) retire(world, fleet);
  endpoint.fleet = undefined;
  endpoint.arriving = undefined;
  const end = yield until(at + world.provisioning({ endpointName: endpoint.name, change: 'delete', variants }));
  world.endpoints.delete(endpoint.arn);
  world.tags.delete(endpoint.arn);
  world.journal.push({ at: end, kind: 'status', endpoint: endpoint.name, status: 'Deleted', from: 'Deleting' });
}
