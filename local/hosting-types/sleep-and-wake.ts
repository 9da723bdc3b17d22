// An asynchronous endpoint without requests goes down to no instance, and a request wakes it, by the scaling that a rollout set up.
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import type { LocalClients } from '../first-run/local-clients.ts';
import { askQueue } from './ask-queue.ts';

/** Target tracking removes instances after a quarter of an hour, and after its cooldown of five minutes. */
const IDLE_MILLISECONDS = 25 * 60_000;
/** The alarm looks at two minutes, and the policy looks at the alarm once a minute. */
const WAKING_MILLISECONDS = 4 * 60_000;
/** Of real time, for a change of the count. */
const WAIT_SECONDS = 60;

/** @returns what is not as it must be */
export async function sleepAndWake(clients: LocalClients, leap: (milliseconds: number) => void, endpointName: string) {
  leap(IDLE_MILLISECONDS);
  const asleep = await countBecomes(clients, endpointName, 0);
  if (asleep !== 0) return [`without requests it has ${asleep} instances`];
  await askQueue(clients, endpointName, () => leap(WAKING_MILLISECONDS));
  const awake = await countBecomes(clients, endpointName, 1);
  return awake === 1 ? [] : [`after a request it has ${awake} instances`];
}

async function countBecomes(clients: LocalClients, EndpointName: string, wanted: number): Promise<number | undefined> {
  for (let waited = 0; ; waited++) {
    const { EndpointStatus, ProductionVariants } = await clients.sageMaker.send(
      new DescribeEndpointCommand({ EndpointName }),
    );
    const count = ProductionVariants?.[0]?.CurrentInstanceCount;
    if ((EndpointStatus === 'InService' && count === wanted) || waited >= 5 * WAIT_SECONDS) return count;
    await sleep(200);
  }
}
