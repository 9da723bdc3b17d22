/** Takes an asynchronous endpoint through time: its queue, its changes, its metrics and its policies, each at its moment. */

import type { Endpoint } from '../records.ts';
import { resume } from '../run-transitions.ts';
import { applyScalingLimits } from '../scaling-limits.ts';
import type { World } from '../world.ts';
import { scaleByPolicies } from './policies.ts';
import { publishBacklog } from './publish.ts';
import type { AsyncQueue } from './queue.ts';
import { workTo } from './work-off.ts';

const MINUTE_MS = 60_000;

/** Undefined when it is at `now`; otherwise what has to settle before it can go on. */
export function advanceQueue(
  world: World,
  endpoint: Endpoint,
  queue: AsyncQueue,
  now: number,
): Promise<unknown> | undefined {
  while (world.endpoints.has(endpoint.arn)) {
    const tickAt = Math.min(queue.publishAt, queue.scaleAt);
    const horizon = Math.min(now, tickAt);
    const ended = endpoint.waitingFor?.(horizon);
    if (!workTo(world, endpoint, queue, ended ?? horizon)) return Promise.all(queue.unsettled);
    if (ended !== undefined) {
      resume(world, endpoint, ended);
      applyScalingLimits(world, endpoint);
    } else if (applyScalingLimits(world, endpoint)) {
      // The endpoint changes from here on.
    } else if (tickAt <= now) tick(world, endpoint, queue, tickAt);
    else return undefined;
  }
  world.queues.delete(endpoint.arn);
  return undefined;
}

function tick(world: World, endpoint: Endpoint, queue: AsyncQueue, at: number): void {
  if (at === queue.publishAt) {
    queue.publishAt += MINUTE_MS;
    if (endpoint.fleet) publishBacklog(world, endpoint, queue, at);
  } else {
    queue.scaleAt += MINUTE_MS;
    scaleByPolicies(world, endpoint, queue, at);
  }
}
