/** The changes that an endpoint goes through, each told from start to end; see `Story` for how they wait. */

import type { DeploymentConfig, EndpointStatus } from '@aws-sdk/client-sagemaker';
import type { DeploymentPlan } from './deployment-config.ts';
import type { Arriving, Endpoint, Fleet, Story, Variant, Wait } from './endpoint.ts';
import type { Misfortune } from './misfortunes.ts';
import { stopServer, type World } from './world.ts';

/** Moves the endpoint to a status and notes the move. */
export function setStatus(world: World, endpoint: Endpoint, status: EndpointStatus, at: number): void {
  const from = endpoint.status;
  endpoint.status = status;
  endpoint.modifiedAt = at;
  world.journal.push({ at, kind: 'status', endpoint: endpoint.name, status, from });
}

const until =
  (moment: number): Wait =>
  (now) =>
    now >= moment ? moment : undefined;

const NO_CAPACITY =
  'Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. ' +
  'Please retry using a different ML instance type or after some time.';

const TOO_LONG = 'Deployment was rolled back because it exceeded MaximumExecutionTimeoutInSeconds';

interface Provisioned {
  readonly at: number;
  /** Why the fleet cannot serve. */
  readonly failure?: string;
  readonly fate: Misfortune | undefined;
}

/** Waits for instances, then for every container's /ping. */
function* provisioned(
  world: World,
  endpoint: Endpoint,
  fleet: Fleet,
  change: 'create' | 'update',
  at: number,
  latest = Infinity,
): Story<Provisioned> {
  const fate = world.misfortunes.draw(endpoint.name, change);
  const variants = fleet.variants.map((variant) => variant.production);
  const wait = world.provisioning({ endpointName: endpoint.name, change, variants });
  const instancesAt = fate?.kind === 'stuck' ? Infinity : at + wait;
  const readyAt = yield until(Math.min(instancesAt, latest));
  if (instancesAt > latest) return { at: readyAt, failure: TOO_LONG, fate };
  if (fate?.kind === 'noCapacity') return { at: readyAt, failure: NO_CAPACITY, fate };
  if (fate?.kind === 'fails') return { at: readyAt, failure: fate.reason, fate };
  const timeouts = fleet.variants.map((variant) => startupTimeoutMs(variant.production));
  const deadline = readyAt + Math.max(...timeouts);
  let failure: string | undefined;
  const healthyAt = yield (now) => {
    const outcome =
      fate?.kind === 'unhealthy' ? { at: deadline, sick: fleet.variants[0] } : pinged(fleet, readyAt, deadline, now);
    failure = outcome.sick && (outcome.reason ?? pingFailed(outcome.sick));
    return outcome.at <= now ? outcome.at : undefined;
  };
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

const pingFailed = (variant: Variant) =>
  `The primary container for production variant ${variant.name} did not pass the ping health check. ` +
  'Please check CloudWatch logs for this endpoint.';

/** Eight minutes, settable from 60 s to 1 h (API_ProductionVariant). */
export const startupTimeoutMs = (variant: { ContainerStartupHealthCheckTimeoutInSeconds?: number }) =>
  1000 * (variant.ContainerStartupHealthCheckTimeoutInSeconds ?? 480);

export function* creation(world: World, endpoint: Endpoint, at: number): Story {
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

/** Blue/green and rolling: the old fleet serves until the new one is healthy and has all the traffic. */
export function* update(
  world: World,
  endpoint: Endpoint,
  plan: DeploymentPlan,
  deploymentConfig: DeploymentConfig | undefined,
  at: number,
): Story {
  const arriving = endpoint.arriving!;
  const deadline = at + plan.timeoutMs;
  const { failure, fate, at: readyAt } = yield* provisioned(world, endpoint, arriving.fleet, 'update', at, deadline);
  if (failure) return yield* rollBack(world, endpoint, failure, readyAt);
  let now = readyAt;
  for (const [index, step] of plan.steps.entries()) {
    if (plan.rolling && index > 0) {
      stage(arriving, 'Creating', now);
      const variants = arriving.fleet.variants.map((variant) => variant.production);
      now = yield until(now + world.provisioning({ endpointName: endpoint.name, change: 'update', variants }));
    }
    stage(arriving, 'ActivatingTraffic', now);
    arriving.share = step.share;
    countInstances(arriving, plan.rolling ? endpoint.fleet : undefined);
    stage(arriving, 'Baking', now);
    const trouble = yield* bake(world, plan, now + step.bakeMs, deadline);
    now = trouble.at;
    if (trouble.reason) return yield* rollBack(world, endpoint, trouble.reason, now);
    if (fate?.kind === 'rollbackFails') return rollbackFailed(world, endpoint, fate.reason, now);
  }
  if (fate?.kind === 'rolledBack') return yield* rollBack(world, endpoint, fate.reason, now);
  stage(arriving, 'Deleting', now);
  retire(world, endpoint.fleet!);
  settle(arriving.fleet);
  endpoint.fleet = arriving.fleet;
  endpoint.configName = arriving.fleet.config.name;
  endpoint.deploymentConfig = deploymentConfig;
  endpoint.lastDeploymentConfig = deploymentConfig;
  endpoint.arriving = undefined;
  setStatus(world, endpoint, 'InService', now);
}

/** Watches the alarms until the end of a bake; an alarm, or the end of the deployment's time, is a reason to go back. */
function* bake(
  world: World,
  plan: DeploymentPlan,
  end: number,
  deadline: number,
): Story<{ at: number; reason?: string }> {
  let reason: string | undefined;
  const at = yield (now) => {
    const alarm = plan.alarms.find((name) => world.alarmState(name) === 'ALARM');
    if (alarm) {
      reason = `Deployment was rolled back because the following alarm(s) were in ALARM state: ${alarm}`;
      return Math.min(now, end, deadline);
    }
    if (end > deadline && now >= deadline) {
      reason = TOO_LONG;
      return deadline;
    }
    return now >= end ? end : undefined;
  };
  return reason ? { at, reason } : { at };
}

/** A failed update shows as Updating, then InService on the old config, with a reason or none (aws-facts 13). */
function* rollBack(world: World, endpoint: Endpoint, reason: string | undefined, at: number): Story {
  const arriving = endpoint.arriving!;
  arriving.share = 0;
  stage(arriving, 'Deleting', at);
  const variants = endpoint.fleet!.variants;
  settle(endpoint.fleet!);
  const wait = world.provisioning({
    endpointName: endpoint.name,
    change: 'rollback',
    variants: variants.map((variant) => variant.production),
  });
  const doneAt = yield until(at + wait);
  retire(world, arriving.fleet);
  endpoint.arriving = undefined;
  endpoint.failureReason = reason;
  setStatus(world, endpoint, 'InService', doneAt);
}

/** "In service with a mix of the old and new endpoint configurations": both fleets keep their share. */
function rollbackFailed(world: World, endpoint: Endpoint, reason: string | undefined, at: number): void {
  endpoint.failureReason = reason;
  setStatus(world, endpoint, 'UpdateRollbackFailed', at);
}

export interface Wanted {
  readonly variant: Variant;
  readonly weight?: number;
  readonly count?: number;
}

/** Weights and capacities; a failure goes back through RollingBack, which only these changes know. */
export function* scaling(world: World, endpoint: Endpoint, wanted: readonly Wanted[], at: number): Story {
  const before = wanted.map(({ variant }) => ({ variant, weight: variant.desiredWeight, count: variant.desiredCount }));
  for (const { variant, weight, count } of wanted) {
    variant.desiredWeight = weight ?? variant.desiredWeight;
    variant.desiredCount = count ?? variant.desiredCount;
  }
  const fate = world.misfortunes.draw(endpoint.name, 'scale');
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
export function* systemUpdate(world: World, endpoint: Endpoint, at: number, durationMs: number): Story {
  const end = yield until(at + durationMs);
  setStatus(world, endpoint, 'InService', end);
}

export function* deletion(world: World, endpoint: Endpoint, at: number): Story {
  const variants = endpoint.fleets().flatMap((fleet) => fleet.variants.map((variant) => variant.production));
  for (const fleet of endpoint.fleets()) retire(world, fleet);
  endpoint.fleet = undefined;
  endpoint.arriving = undefined;
  const end = yield until(at + world.provisioning({ endpointName: endpoint.name, change: 'delete', variants }));
  world.endpoints.delete(endpoint.arn);
  world.tags.delete(endpoint.arn);
  world.journal.push({ at: end, kind: 'status', endpoint: endpoint.name, status: 'Deleted', from: 'Deleting' });
}

function stage(arriving: Arriving, status: Arriving['stage'], at: number): void {
  arriving.stage = status;
  arriving.stageSince = at;
}

/** Instances of the new fleet that run at its share; in a rolling update the old fleet shrinks as much. */
function countInstances(arriving: Arriving, old: Fleet | undefined): void {
  for (const variant of arriving.fleet.variants)
    if (variant.desiredCount !== undefined)
      variant.currentCount = old ? Math.round(arriving.share * variant.desiredCount) : variant.desiredCount;
  for (const variant of old?.variants ?? [])
    if (variant.desiredCount !== undefined)
      variant.currentCount = Math.round((1 - arriving.share) * variant.desiredCount);
}

/** What is desired is there. */
function settle(fleet: Fleet): void {
  for (const variant of fleet.variants) {
    variant.currentCount = variant.desiredCount;
    variant.currentWeight = variant.desiredWeight;
  }
}

export function retire(world: World, fleet: Fleet): void {
  for (const variant of fleet.variants) stopServer(world, variant.server);
}
