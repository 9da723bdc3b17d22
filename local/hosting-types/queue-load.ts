// Requests to an asynchronous endpoint while it is taken back, gets new models, and is scaled in to zero and out again: of each
// there must be one object at the end, an answer or a failure.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeregisterScalableTargetCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { ListObjectVersionsCommand, type ListObjectVersionsOutput } from '@aws-sdk/client-s3';
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointAsyncCommand } from '@aws-sdk/client-sagemaker-runtime';
import { answersOf, parseS3Uri } from '../../lambdas/core/naming/object-keys.ts';
import { carryOut, type World } from './play.ts';
import { hostingTypes, type Step } from './types.ts';

export interface QueueLoad {
  requests: number;
  answers: number;
  failures: number;
  /** Requests without an object. */
  lost: number;
  /** Requests with more than one. */
  twice: number;
}

const FLOWER = JSON.stringify({ instances: [[5.1, 3.5, 1.4, 0.2]] });
const CALLERS = 4;
/** At most some 13 a second, as many as a busy machine answers: golden requests wait behind them. */
const PAUSE_MILLISECONDS = 300;
/** For the last answers. */
const WAIT_SECONDS = 300;

/** @param requests at least as many are sent */
export async function underQueueLoad(
  world: World,
  endpointName: string,
  requests: number,
): Promise<QueueLoad & { problems: string[] }> {
  const problems: string[] = [];
  const asked: string[] = [];
  const ask = async () => {
    const InferenceId = `customer-${asked.length}`;
    asked.push(InferenceId);
    const request = { EndpointName: endpointName, ContentType: 'application/json', Body: Buffer.from(FLOWER) };
    await world.clients.runtime.send(new InvokeEndpointAsyncCommand({ ...request, InferenceId }));
  };
  const change = async (step: Step, wanted: 'deployed' | 'rolledBack') => {
    const { outcome, rolloutId, cause } = await carryOut(world, endpointName, step);
    if (outcome !== wanted) problems.push(`${rolloutId} ended ${outcome} in place of ${wanted}: ${cause}`);
  };
  const callers = callersOf(ask);
  await change(hostingTypes.async.rolledBack, 'rolledBack');
  await change({ upload: 'random-forest', version: 'v3' }, 'deployed');
  // What served before, for what is played with it afterwards.
  await change({ upload: 'gradient-boosting', version: 'v4' }, 'deployed');
  await scaleTo(world, endpointName, 0);
  while (asked.length < requests) await ask();
  await callers.stop();
  await scaleTo(world, endpointName, 1);

  const objects = await objectsOf(world, endpointName, asked);
  const all = [...objects.values()].flat();
  const failures = all.filter((key) => key.includes('/failures/')).length;
  const lost = asked.filter((id) => !objects.has(id));
  const twice = [...objects].filter(([, keys]) => keys.length > 1).map(([id]) => id);
  if (lost.length > 0) problems.push(`${lost.length} requests have no object: ${lost.slice(0, 3).join(', ')}`);
  if (twice.length > 0) problems.push(`${twice.length} requests have several objects: ${twice.slice(0, 3).join(', ')}`);
  return {
    ...{ requests: asked.length, answers: all.length - failures, failures, lost: lost.length, twice: twice.length },
    problems,
  };
}

function callersOf(ask: () => Promise<void>): { stop(): Promise<void> } {
  let going = true;
  const caller = async () => {
    while (going) {
      await ask();
      await sleep(PAUSE_MILLISECONDS);
    }
  };
  const callers = Promise.all(Array.from({ length: CALLERS }, caller));
  callers.catch(() => {});
  return {
    async stop() {
      going = false;
      await callers;
    },
  };
}

/** By Application Auto Scaling, which brings the count into its bounds at once; nothing scales the endpoint afterwards. */
async function scaleTo({ clients }: World, EndpointName: string, count: number): Promise<void> {
  const { sageMaker, scaling } = clients;
  const target = {
    ServiceNamespace: 'sagemaker',
    ResourceId: `endpoint/${EndpointName}/variant/primary`,
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
  } as const;
  await scaling.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: count, MaxCapacity: count }));
  for (;;) {
    const { EndpointStatus, ProductionVariants } = await sageMaker.send(new DescribeEndpointCommand({ EndpointName }));
    if (EndpointStatus === 'InService' && ProductionVariants?.[0]?.CurrentInstanceCount === count) break;
    await sleep(200);
  }
  await scaling.send(new DeregisterScalableTargetCommand(target));
}

/** Of each request the keys of all that was ever written for it, versions of one object included. */
async function objectsOf(
  { clients, deployer }: World,
  endpointName: string,
  asked: readonly string[],
): Promise<Map<string, string[]>> {
  const { outputS3Uri, failureS3Uri } = answersOf(deployer.stack.bucketName, endpointName);
  for (let waited = 0; ; waited++) {
    const found = new Map<string, string[]>();
    for (const uri of [outputS3Uri, failureS3Uri]) {
      const { bucket: Bucket, key: Prefix } = parseS3Uri(uri)!;
      let next: Pick<ListObjectVersionsOutput, 'NextKeyMarker' | 'NextVersionIdMarker'> | undefined = {};
      while (next !== undefined) {
        const from = { KeyMarker: next.NextKeyMarker, VersionIdMarker: next.NextVersionIdMarker };
        const page: ListObjectVersionsOutput = await clients.s3.send(
          new ListObjectVersionsCommand({ Bucket, Prefix, ...from }),
        );
        for (const { Key = '' } of page.Versions ?? []) {
          const [, id] = /\/(customer-\d+)(?:-error)?\.out$/.exec(Key) ?? [];
          if (id !== undefined) found.set(id, [...(found.get(id) ?? []), Key]);
        }
        next = page.IsTruncated ? page : undefined;
      }
    }
    if (found.size >= asked.length || waited >= WAIT_SECONDS) return found;
    await sleep(1_000);
  }
}
