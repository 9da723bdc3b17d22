/** What happens in a queue until a moment, event by event: instances take requests, end, are replaced; requests expire. */

import type { Endpoint } from '../records.ts';
import type { World } from '../world.ts';
import { beginAttempt } from './attempt.ts';
import { type Capacity, capacityOf } from './capacity.ts';
import { finish } from './finish.ts';
import { type AsyncQueue, type Attempt, enqueue } from './queue.ts';

/** A request whose container ends each time is given up as failed; AWS documents nothing of it. */
const MOST_DELIVERIES = 3;

/** False where what happens next is not known yet: `unsettled` of the queue has to settle first. */
export function workTo(world: World, endpoint: Endpoint, queue: AsyncQueue, to: number): boolean {
  for (;;) {
    handOut(world, endpoint, queue);
    if (queue.unsettled.size > 0) return false;
    const next = nextMoment(queue);
    if (next <= to) {
      queue.at = Math.max(queue.at, next);
      endAttempts(world, endpoint, queue);
      expire(world, endpoint, queue);
      queue.lost = queue.lost.filter(({ until }) => until > queue.at);
    } else if (queue.at < to) queue.at = to;
    else return true;
  }
}

function nextMoment({ working, lost, nextExpiry }: AsyncQueue): number {
  let next = nextExpiry;
  for (const { result } of working) if (result && result.endedAt < next) next = result.endedAt;
  for (const { until } of lost) if (until < next) next = until;
  return next;
}

/** The oldest request goes to the instance that has the fewest. */
function handOut(world: World, endpoint: Endpoint, queue: AsyncQueue): void {
  if (queue.waiting.length === 0) return;
  const instances = capacityOf(endpoint)
    .filter(({ variant }) => variant.server.health(queue.at).state === 'healthy')
    .flatMap((capacity) => instancesIn(capacity, queue));
  for (let taken = 0; ; taken += 1) {
    const free = instances
      .filter(({ load, most }) => load < most)
      .reduce(
        (least: (typeof instances)[number] | undefined, each) => (least && least.load <= each.load ? least : each),
        undefined,
      );
    const request = queue.waiting[taken];
    if (!free || !request) return void queue.waiting.splice(0, taken);
    free.load += 1;
    beginAttempt(world, queue, request, queue.at, free);
  }
}

function instancesIn({ fleet, variant, instances, most }: Capacity, { working, lost }: AsyncQueue) {
  const all = Array.from({ length: instances }, (_, instance) => ({ fleet, variant, instance, most, load: 0 }));
  for (const attempt of working) {
    const at = attempt.variant === variant ? all[attempt.instance] : undefined;
    if (at) at.load += 1;
  }
  return all.filter(({ instance }) => !lost.some((each) => each.variant === variant && each.instance === instance));
}

function endAttempts(world: World, endpoint: Endpoint, queue: AsyncQueue): void {
  for (const attempt of queue.working) {
    const { result, request } = attempt;
    if (!result || result.endedAt > queue.at) continue;
    queue.working.delete(attempt);
    if (result.kind === 'broken' && request.deliveries < MOST_DELIVERIES) enqueue(queue, request);
    else afterwards(queue, attempt, finish(world, endpoint, attempt, result));
  }
}

/** Where time is virtual it goes on only when all is written. */
function afterwards(queue: AsyncQueue, { isVirtual }: Attempt, done: Promise<void>): void {
  const set = isVirtual ? queue.unsettled : queue.finishing;
  const settled = done.finally(() => set.delete(settled));
  set.add(settled);
}

/** Neither an object nor a notification: of requests that expire AWS documents the metric alone. */
function expire(world: World, endpoint: Endpoint, queue: AsyncQueue): void {
  if (queue.nextExpiry > queue.at) return;
  const variantName = endpoint.fleet?.variants[0]?.name;
  const isExpired = ({ expiresAt }: { expiresAt: number }) => expiresAt <= queue.at;
  for (const _ of queue.waiting.filter(isExpired))
    world.asyncMetrics.record({
      name: 'ExpiredRequests',
      at: queue.at,
      endpointName: endpoint.name,
      variantName,
      value: 1,
    });
  queue.waiting = queue.waiting.filter((request) => !isExpired(request));
  queue.nextExpiry = Math.min(Infinity, ...queue.waiting.map(({ expiresAt }) => expiresAt));
}

/** The instance that works on the oldest request is gone: its requests wait again, and another one comes. False where none works. */
export function loseInstance(world: World, endpoint: Endpoint, queue: AsyncQueue): boolean {
  const [first] = queue.working;
  if (!first) return false;
  const { variant, instance } = first;
  const variants = [variant.production];
  const until =
    queue.at + world.provisioning({ endpointName: endpoint.name, change: 'scale', variants }) + variant.startupMs;
  queue.lost.push({ variant, instance, until });
  for (const attempt of queue.working)
    if (attempt.variant === variant && attempt.instance === instance) {
      queue.working.delete(attempt);
      enqueue(queue, attempt.request);
    }
  return true;
}
