// Begins rollouts, a few at a time, and sends every waiter to each endpoint as soon as it is being created.
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { deployer } from '../../client/client.ts';
import type { RunBandOptions } from './band.ts';
import type { BenchCloud } from './bench-cloud.ts';
import type { Wait, WaiterName } from './waiters.ts';

export interface Begun {
  endpointName: string;
  executionArn: string;
  waiting: Promise<Record<WaiterName, Wait>>;
}

/** More would compete for two cores with one another. */
const AT_ONCE = 3;

/** @param numbers which draws of the band; resolves, in their order, when all their endpoints are Creating */
export async function beginRollouts(options: RunBandOptions, numbers: readonly number[]): Promise<Begun[]> {
  const begin = beginner(options);
  const begun: Begun[] = [];
  const left = [...numbers.entries()];
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) begun[next[0]] = await begin(next[1]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return begun;
}

/** Starts a rollout; resolves when its endpoint is Creating and the waiters have been sent to it. */
function beginner({ band, cloud, waiters, scale, modelS3Uri, signal }: RunBandOptions) {
  const { bucketName, stateMachineArn, ...clients } = cloud;
  const client = deployer({ name: '', ledgerTableName: '', bucketName, stateMachineArn }, clients);
  return async (number: number): Promise<Begun> => {
    const endpointName = `bench-${band.name}-${number + 1}`;
    const created = cloud.created(endpointName, band.draws[number]! * scale);
    const request = { endpointName, model: { s3Uri: modelS3Uri } };
    const { executionArn } = await client.startRollout(request, { name: endpointName });
    const isCreated = new AbortController();
    const unlessEnded = ended(cloud, executionArn, AbortSignal.any([signal, isCreated.signal]));
    await Promise.race([created, unlessEnded]).finally(() => isCreated.abort());
    const names = Object.keys(waiters) as WaiterName[];
    const waiting = Promise.all(names.map((name) => waiters[name]!.wait(endpointName))).then(
      (found) => Object.fromEntries(names.map((name, at) => [name, found[at]!])) as Record<WaiterName, Wait>,
    );
    // It is awaited when all have begun; a failure until then must not end the process.
    waiting.catch(() => {});
    return { endpointName, executionArn, waiting };
  };
}

/** Rejects when the execution ends before its endpoint was created, or has not created it within a minute. */
async function ended({ sfn }: BenchCloud, executionArn: string, signal: AbortSignal): Promise<never> {
  for (let look = 0; look < 60; look++) {
    await sleep(1000, undefined, { signal });
    const { status, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'RUNNING' && status !== 'SUCCEEDED')
      throw new Error(`A rollout ended ${status}: ${error}: ${cause}`);
  }
  throw new Error(`No endpoint was created within a minute by ${executionArn}.`);
}
