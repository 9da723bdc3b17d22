/** One instance works on one request: it downloads the input, and asks its container. */

import { type ContainerAnswer, ContainerTimeout } from '../fleet.ts';
import { forwarded } from '../invoke-endpoint.ts';
import type { World } from '../world.ts';
import type { AsyncQueue, AsyncRequest, Attempt, Result } from './queue.ts';

export function beginAttempt(
  world: World,
  queue: AsyncQueue,
  request: AsyncRequest,
  at: number,
  { fleet, variant, instance }: Pick<Attempt, 'fleet' | 'variant' | 'instance'>,
): void {
  request.deliveries += 1;
  const isVirtual = variant.server.tookMs !== undefined;
  const attempt: Attempt = { request, fleet, variant, instance, startedAt: at, isVirtual, result: undefined };
  queue.working.add(attempt);
  const known = resultOf(world, attempt).then((result) => {
    attempt.result = result;
    queue.unsettled.delete(known);
  });
  if (isVirtual) queue.unsettled.add(known);
}

async function resultOf(world: World, { request, variant, startedAt }: Attempt): Promise<Result> {
  const { server, model } = variant;
  const { input, inferenceId, timeoutMs } = request;
  const begun = world.now();
  const elapsed = () => world.now() - begun;
  let body: Uint8Array;
  try {
    body =
      (input.Body as Uint8Array) ?? (await world.asyncStore.read(input.InputLocation!, model.input.ExecutionRoleArn!));
  } catch (error) {
    return {
      kind: 'notDownloaded',
      reason: (error as Error).message,
      endedAt: startedAt + elapsed(),
      downloadMs: elapsed(),
    };
  }
  const downloadMs = elapsed();
  const sent = { headers: forwarded({ ...input, InferenceId: inferenceId }), body };
  const tookMs = server.tookMs?.(sent);
  let answer: ContainerAnswer | undefined;
  let isTimeout = false;
  try {
    answer = await server.invoke(sent, timeoutMs);
  } catch (error) {
    isTimeout = error instanceof ContainerTimeout;
  }
  const latencyMs = tookMs ?? elapsed() - downloadMs;
  const took = {
    endedAt: startedAt + downloadMs + Math.min(latencyMs, tookMs === undefined ? Infinity : timeoutMs),
    downloadMs,
  };
  if (isTimeout || (tookMs !== undefined && tookMs >= timeoutMs))
    return { kind: 'timedOut', latencyMs: timeoutMs, ...took };
  return answer ? { kind: 'answered', answer, latencyMs, ...took } : { kind: 'broken', ...took };
}
