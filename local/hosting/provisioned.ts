/** The first part of a creation or an update: instances come, and their containers answer /ping. */

import type { LifeCycleFault } from './fault-plan.ts';
import { until } from './moves.ts';
import { lookForObstacle } from './obstacle.ts';
import type { Endpoint, Fleet, Transition, Variant } from './records.ts';
import type { World } from './world.ts';

export const NO_CAPACITY =
  'Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. ' +
  'Please retry using a different ML instance type or after some time.';

export const TOO_LONG = 'Deployment was rolled back because it exceeded MaximumExecutionTimeoutInSeconds';

export interface Provisioned {
  readonly at: number;
  /** Why the fleet cannot serve. */
  readonly failure?: string;
  readonly fate: LifeCycleFault | undefined;
}

/** Waits for instances, then for every container's /ping. */
export function* provisioned(
  world: World,
  endpoint: Endpoint,
  fleet: Fleet,
  change: 'create' | 'update',
  at: number,
  latest = Infinity,
): Transition<Provisioned> {
  const fate = world.faultPlan.draw(endpoint.name, change);
  const variants = fleet.variants.map((variant) => variant.production);
  const wait = world.provisioning({ endpointName: endpoint.name, change, variants });
  const instancesAt = fate?.kind === 'stuck' ? Infinity : at + wait;
  const readyAt = yield until(Math.min(instancesAt, latest));
  if (instancesAt > latest) return { at: readyAt, failure: TOO_LONG, fate };
  if (fate?.kind === 'noCapacity') return { at: readyAt, failure: NO_CAPACITY, fate };
  if (fate?.kind === 'fails') return { at: readyAt, failure: fate.reason, fate };
  const obstacle = lookForObstacle(world, fleet.config, fleet.variants);
  if (obstacle) yield () => (obstacle.isKnown ? readyAt : undefined);
  if (obstacle?.reason !== undefined) return { at: readyAt, failure: obstacle.reason, fate };
  const timeouts = fleet.variants.map((variant) => startupTimeoutMs(variant.production));
  const deadline = readyAt + Math.max(...timeouts);
  let failure: string | undefined;
  const healthyAt = yield (now) => {
    const outcome =
      fate?.kind === 'unhealthy' ? { at: deadline, sick: fleet.variants[0] } : pinged(fleet, readyAt, deadline, now);
    failure = outcome.sick && (outcome.reason ?? pingFailed(outcome.sick));
    return outcome.at <= now ? outcome.at : undefined;
  };
  if (failure === undefined) for (const variant of fleet.variants) variant.startupMs = startupOf(variant, healthyAt);
  return { at: healthyAt, failure, fate };
}

/** When all containers are healthy, or the first one is known not to become so; that may be in the future. */
function pinged(
  fleet: Fleet,
  readyAt: number,
  deadline: number,
  now: number,
): { at: number; sick?: Variant; reason?: string } {
  let at = readyAt;
  for (const sick of fleet.variants) {
    const health = sick.server.health(now);
    if (health.state === 'failed') return { at: Math.max(readyAt, health.since), sick, reason: health.reason };
    if (health.state === 'starting' || health.since > deadline) return { at: deadline, sick };
    at = Math.max(at, health.since);
  }
  return { at };
}

function startupOf({ server, startedAt }: Variant, now: number): number {
  const health = server.health(now);
  return health.state === 'healthy' ? Math.max(0, health.since - startedAt) : 0;
}

export const pingFailed = (variant: Variant) =>
  `The primary container for production variant ${variant.name} did not pass the ping health check. ` +
  'Please check CloudWatch logs for this endpoint.';

/** Eight minutes, settable from 60 s to 1 h (API_ProductionVariant). */
export const startupTimeoutMs = (variant: { ContainerStartupHealthCheckTimeoutInSeconds?: number }) =>
  1000 * (variant.ContainerStartupHealthCheckTimeoutInSeconds ?? 480);
