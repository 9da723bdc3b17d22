/** What CloudWatch gets each minute of a queue. */

import type { Endpoint } from '../records.ts';
import type { World } from '../world.ts';
import { instancesOf } from './capacity.ts';
import type { AsyncQueue } from './queue.ts';

const MINUTE_MS = 60_000;

/** Measured at the end of a minute, and counted in it. A backlog without instances is that of one: see async-inference-autoscale.html. */
export function publishBacklog(world: World, endpoint: Endpoint, queue: AsyncQueue, at: number): void {
  // "Currently being processed or yet to be processed."
  const backlog = queue.waiting.length + queue.working.size;
  const instances = instancesOf(endpoint);
  const oldest = queue.waiting[0];
  const values = {
    ApproximateBacklogSize: backlog,
    ApproximateBacklogSizePerInstance: backlog / Math.max(1, instances),
    ApproximateAgeOfOldestRequest: oldest ? (at - oldest.arrivedAt) / 1000 : 0,
    HasBacklogWithoutCapacity: Number(backlog > 0 && instances === 0),
  };
  for (const [name, value] of Object.entries(values))
    world.asyncMetrics.record({ name, value, at: at - MINUTE_MS, endpointName: endpoint.name });
}
