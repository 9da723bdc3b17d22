/** Scaling by load: once a minute the policies of an asynchronous endpoint look at its metrics. */

import type { Endpoint } from '../records.ts';
import { scaleVariant } from '../scaling-limits.ts';
import { INSTANCE_COUNT, type ScalableTarget, type ScalingPolicy, targetKey } from '../scaling-records.ts';
import type { World } from '../world.ts';
import type { AsyncQueue } from './queue.ts';
import { stepped } from './step-scaling.ts';
import { tracked } from './target-tracking.ts';

/** Both kinds of policies, and both directions; API_StepScalingPolicyConfiguration, and the user guide's "Define cooldown periods". */
const COOLDOWN_SECONDS = 300;

/** While an endpoint changes nothing scales it. */
export function scaleByPolicies(world: World, endpoint: Endpoint, queue: AsyncQueue, at: number): void {
  for (const target of world.targets.values()) {
    if (target.endpointName !== endpoint.name || target.dimension !== INSTANCE_COUNT) continue;
    const variant = endpoint.fleet?.variants.find(({ name }) => name === target.variantName);
    if (endpoint.status !== 'InService' || !variant) continue;
    const current = variant.desiredCount ?? 0;
    const wanted = wantedOf(world, endpoint, queue, target, current, at);
    if (!wanted) continue;
    for (const policy of wanted.policies)
      queue.scaled.set(policy.arn, { at, direction: wanted.count > current ? 'out' : 'in' });
    scaleVariant(world, endpoint, target, wanted.count, wanted.cause, at);
  }
}

/** The largest count of those that add; where none adds, the largest of those that remove, if no other wants to stay. */
function wantedOf(
  world: World,
  endpoint: Endpoint,
  queue: AsyncQueue,
  target: ScalableTarget,
  current: number,
  at: number,
) {
  const key = targetKey(target.resourceId, target.dimension);
  const policies = [...world.policies.values()].filter((policy) => policy.targetKey === key);
  const all = policies.flatMap((policy) => {
    const asked = policy.input.StepScalingPolicyConfiguration
      ? stepped(world, policy, current, at)
      : tracked(world, policy, current, at);
    if (!asked) return [];
    const count = Math.min(Math.max(asked.count, target.min), target.max);
    return [
      {
        policy,
        cause: asked.cause,
        count: isHeldBack(endpoint, queue, policy, target, count - current, at) ? current : count,
      },
    ];
  });
  const best = all.toSorted((a, b) => b.count - a.count)[0];
  if (!best || best.count === current) return undefined;
  return { ...best, policies: all.filter(({ count }) => count === best.count).map(({ policy }) => policy) };
}

/** By its cooldown, or because the target is suspended. */
function isHeldBack(
  endpoint: Endpoint,
  queue: AsyncQueue,
  policy: ScalingPolicy,
  target: ScalableTarget,
  change: number,
  at: number,
) {
  const { DynamicScalingInSuspended, DynamicScalingOutSuspended } = target.suspended;
  if (change > 0 ? DynamicScalingOutSuspended : DynamicScalingInSuspended) return true;
  const { StepScalingPolicyConfiguration: step, TargetTrackingScalingPolicyConfiguration: tracking } = policy.input;
  const direction = change > 0 ? 'out' : 'in';
  const cooldown = step?.Cooldown ?? (change > 0 ? tracking?.ScaleOutCooldown : tracking?.ScaleInCooldown);
  const last = queue.scaled.get(policy.arn);
  // It begins when the change is over.
  const begun = Math.max(last?.at ?? 0, endpoint.modifiedAt);
  return last?.direction === direction && at < begun + 1000 * (cooldown ?? COOLDOWN_SECONDS);
}
