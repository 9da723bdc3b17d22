/** The single moves of which the changes of an endpoint are made. */

import type { EndpointStatus } from '@aws-sdk/client-sagemaker';
import { tellStatus } from './endpoint-events.ts';
import type { Endpoint, Fleet, Wait } from './records.ts';
import { stopServer } from './stop-server.ts';
import type { World } from './world.ts';

/** Moves the endpoint to a status, notes the move and tells of it. */
export function setStatus(world: World, endpoint: Endpoint, status: EndpointStatus, at: number): void {
  const from = endpoint.status;
  endpoint.status = status;
  endpoint.modifiedAt = at;
  world.journal.push({ at, kind: 'status', endpoint: endpoint.name, status, from });
  tellStatus(world, endpoint, at);
}

/** A wait for a moment. */
export const until = (moment: number): Wait =>
  Object.assign((now: number) => (now >= moment ? moment : undefined), { due: moment });

/** What is desired is there. */
export function settle(fleet: Fleet): void {
  for (const variant of fleet.variants) {
    variant.currentCount = variant.desiredCount;
    variant.currentWeight = variant.desiredWeight;
    variant.currentServerless = variant.desiredServerless;
  }
}

/** Stops a fleet's servers, each after the requests that it is answering. */
export function retire(world: World, fleet: Fleet): void {
  for (const variant of fleet.variants) stopServer(world, variant.server);
}
