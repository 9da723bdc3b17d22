/** UpdateEndpoint's change: a new fleet comes, takes the traffic step by step, and the old one goes; or the rollback. */

import type { DeploymentConfig } from '@aws-sdk/client-sagemaker';
import { inAlarmBetween } from './alarm-states.ts';
import type { DeploymentPlan } from './deployment-config.ts';
import { stage } from './endpoint-events.ts';
import { retire, setStatus, settle, until } from './moves.ts';
import { provisioned, TOO_LONG } from './provisioned.ts';
import type { Arriving, Endpoint, Fleet, Transition, Wait } from './records.ts';
import type { World } from './world.ts';

/** Blue/green and rolling: the old fleet serves until the new one is healthy and has all the traffic. */
export function* update(
  world: World,
  endpoint: Endpoint,
  plan: DeploymentPlan,
  deploymentConfig: DeploymentConfig | undefined,
  at: number,
): Transition {
  const arriving = endpoint.arriving!;
  const deadline = at + plan.timeoutMs;
  const { failure, fate, at: readyAt } = yield* provisioned(world, endpoint, arriving.fleet, 'update', at, deadline);
  if (failure) return yield* rollBack(world, endpoint, failure, readyAt);
  let now = readyAt;
  for (const [index, step] of plan.steps.entries()) {
    if (plan.rolling && index > 0) {
      stage(world, endpoint, 'Creating', now);
      const variants = arriving.fleet.variants.map((variant) => variant.production);
      now = yield until(now + world.provisioning({ endpointName: endpoint.name, change: 'update', variants }));
    }
    stage(world, endpoint, 'ActivatingTraffic', now);
    arriving.share = step.share;
    countInstances(arriving, plan.rolling ? endpoint.fleet : undefined);
    stage(world, endpoint, 'Baking', now);
    const trouble = yield* bake(world, plan, now, now + step.bakeMs, deadline);
    now = trouble.at;
    if (trouble.reason) return yield* rollBack(world, endpoint, trouble.reason, now);
    if (fate?.kind === 'rollbackFails') return rollbackFailed(world, endpoint, fate.reason, now);
  }
  if (fate?.kind === 'rolledBack') return yield* rollBack(world, endpoint, fate.reason, now);
  stage(world, endpoint, 'Deleting', now);
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
  start: number,
  end: number,
  deadline: number,
): Transition<{ at: number; reason?: string }> {
  let reason: string | undefined;
  const looked: Wait = (now) => {
    const watched = Math.min(now, end, deadline);
    const alarm = firstInAlarm(world, plan.alarms, start, watched);
    if (alarm) {
      reason = `Deployment was rolled back because the following alarm(s) were in ALARM state: ${alarm.name}`;
      return alarm.at;
    }
    if (end > deadline && now >= deadline) {
      reason = TOO_LONG;
      return deadline;
    }
    return now >= end ? end : undefined;
  };
  // An alarm may come at any moment.
  const at = yield plan.alarms.length > 0 ? looked : Object.assign(looked, { due: Math.min(end, deadline) });
  return reason ? { at, reason } : { at };
}

/** The alarm that was in ALARM first, and when: a clock that leaps finds what happened in between. */
function firstInAlarm(world: World, names: readonly string[], from: number, to: number) {
  const found = names.flatMap((name) => {
    const alarm = world.alarms.get(name);
    const at = alarm ? inAlarmBetween(alarm, from, to) : world.alarmState(name) === 'ALARM' ? to : undefined;
    return at === undefined ? [] : [{ name, at }];
  });
  return found.sort((a, b) => a.at - b.at)[0];
}

/** A failed update shows as Updating, then InService on the old config, with a reason or none (terraform-provider-aws issues 46663 and 48997). */
function* rollBack(world: World, endpoint: Endpoint, reason: string | undefined, at: number): Transition {
  const arriving = endpoint.arriving!;
  arriving.share = 0;
  stage(world, endpoint, 'Deleting', at);
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

/** Instances of the new fleet that run at its share; in a rolling update the old fleet shrinks as much. */
function countInstances(arriving: Arriving, old: Fleet | undefined): void {
  for (const variant of arriving.fleet.variants)
    if (variant.desiredCount !== undefined)
      variant.currentCount = old ? Math.round(arriving.share * variant.desiredCount) : variant.desiredCount;
  for (const variant of old?.variants ?? [])
    if (variant.desiredCount !== undefined)
      variant.currentCount = Math.round((1 - arriving.share) * variant.desiredCount);
}
