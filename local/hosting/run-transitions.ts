/** Drives an endpoint's transition: resumes it at each moment at which what it waits for was over. */

import { viewOf } from './endpoint.ts';
import type { Endpoint, Transition } from './records.ts';
import type { World } from './world.ts';

/** Begins a transition; it runs at once as far as its first wait. */
export function begin(world: World, endpoint: Endpoint, transition: Transition, at: number): void {
  endpoint.transition = transition;
  step(world, endpoint, at);
}

/** Takes the transition as far as it goes by `now`; each step happens at its own moment, however far the clock leapt. */
export function resume(world: World, endpoint: Endpoint, now: number): void {
  while (endpoint.waitingFor) {
    const ended = endpoint.waitingFor(now);
    if (ended === undefined) return;
    step(world, endpoint, ended);
  }
}

function step(world: World, endpoint: Endpoint, at: number): void {
  const { value, done } = endpoint.transition!.next(at);
  endpoint.waitingFor = done ? undefined : (value ?? undefined);
  if (done) endpoint.transition = undefined;
  note(world, endpoint, at);
}

/** Remembers what Describe shows from now on, for where it is stale. */
export function note(world: World, endpoint: Endpoint, at: number): void {
  if (world.staleness.describeMs > 0) endpoint.views.push({ at, view: viewOf(endpoint) });
}
