/** The changes that an endpoint goes through, each told from start to end; see `Transition` for how they wait. */

import type { ProductionVariantServerlessConfig } from '@aws-sdk/client-sagemaker';
import type { LifeCycleFault } from './fault-plan.ts';
import { retire, setStatus, settle, until } from './moves.ts';
import { lookForObstacle } from './obstacle.ts';
import { NO_CAPACITY, pingFailed, provisioned, startupTimeoutMs } from './provisioned.ts';
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
  readonly serverless?: ProductionVariantServerlessConfig;
}

/**
 * Weights and capacities. Half-way half of the added instances are there; weights move, and removed instances go, at the end.
 * A failure goes back through RollingBack, which only these changes know.
 */
export function* scaling(world: World, endpoint: Endpoint, wanted: readonly Wanted[], at: number): Transition {
  const before = wanted.map(({ variant }) => ({
    variant,
    desired: {
      desiredWeight: variant.desiredWeight,
      desiredCount: variant.desiredCount,
      desiredServerless: variant.desiredServerless,
    },
  }));
  for (const { variant, weight, count, serverless } of wanted) {
    variant.desiredWeight = weight ?? variant.desiredWeight;
    variant.desiredCount = count ?? variant.desiredCount;
    variant.desiredServerless = serverless ?? variant.desiredServerless;
  }
  const growing = wanted.flatMap(({ variant }) =>
    (variant.desiredCount ?? 0) > (variant.currentCount ?? 0) ? variant : [],
  );
  const fate = world.faultPlan.draw(endpoint.name, 'scale');
  const variants = wanted.map(({ variant }) => variant.production);
  const wait = world.provisioning({ endpointName: endpoint.name, change: 'scale', variants });
  const startup = Math.max(0, ...growing.map(({ startupMs }) => startupMs));
  let end = fate?.kind === 'stuck' ? Infinity : at + wait + startup;
  if (growing.length > 0) {
    yield until(Math.min(end, at + (wait + startup) / 2));
    for (const variant of growing)
      variant.currentCount = Math.floor(((variant.currentCount ?? 0) + variant.desiredCount!) / 2);
    if (fate?.kind === 'unhealthy') end += Math.max(...growing.map(({ production }) => startupTimeoutMs(production)));
  }
  const endedAt = yield until(end);
  const obstacle = lookForObstacle(world, endpoint.fleet!.config, growing);
  if (obstacle) yield () => (obstacle.isKnown ? endedAt : undefined);
  const failure = failureOf(fate, growing[0]) ?? obstacle?.reason;
  if (failure !== undefined) {
    for (const { variant, desired } of before) Object.assign(variant, desired);
    endpoint.failureReason = failure;
    setStatus(world, endpoint, 'RollingBack', endedAt);
    const back = endedAt + world.provisioning({ endpointName: endpoint.name, change: 'rollback', variants });
    const backAt = yield until(back);
    settle(endpoint.fleet!);
    setStatus(world, endpoint, 'InService', backAt);
    return;
  }
  settle(endpoint.fleet!);
  setStatus(world, endpoint, 'InService', endedAt);
}

function failureOf(fate: LifeCycleFault | undefined, growing: Variant | undefined): string | undefined {
  if (fate?.kind === 'fails') return fate.reason;
  if (fate?.kind === 'noCapacity') return NO_CAPACITY;
  return fate?.kind === 'unhealthy' && growing ? pingFailed(growing) : undefined;
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
