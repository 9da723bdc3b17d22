/** What comes of a request that an instance has worked on: an object, a notification, and metrics. */

import type { Endpoint } from '../records.ts';
import type { World } from '../world.ts';
import { notification } from './notification.ts';
import type { Attempt, Outcome, Result } from './queue.ts';

/** Never rejects. Everything counts at the moment at which the instance ended. */
export async function finish(world: World, endpoint: Endpoint, attempt: Attempt, result: Result): Promise<void> {
  const { request, variant, fleet } = attempt;
  const of = { at: result.endedAt, endpointName: endpoint.name, variantName: variant.name };
  const record = (name: string, value: number) => world.asyncMetrics.record({ ...of, name, value });
  const roleArn = variant.model.input.ExecutionRoleArn!;
  const { KmsKeyId: kmsKeyId, NotificationConfig } = request.config.OutputConfig!;

  if (result.kind === 'notDownloaded') record('RequestDownloadFailures', 1);
  else if (request.input.InputLocation !== undefined) record('RequestDownloadLatency', result.downloadMs);
  if (result.kind === 'answered' || result.kind === 'timedOut') {
    const status = result.kind === 'answered' ? result.answer.status : 0;
    const ofModel = { ...of, configName: fleet.config.name };
    const count = (name: string, value: number) => world.asyncMetrics.record({ ...ofModel, name, value });
    count('ModelLatency', 1000 * result.latencyMs);
    count('Invocation4XXErrors', Number(status >= 400 && status < 500));
    count('Invocation5XXErrors', Number(status === 0 || status >= 500));
  }

  const begun = world.now();
  let outcome = outcomeOf(result);
  const upload = async (url: string) => {
    try {
      const { body, contentType } = outcome;
      await world.asyncStore.write({ url, body, contentType, roleArn, kmsKeyId });
      record('ResponseUploadLatency', world.now() - begun);
    } catch (error) {
      record('ResponseUploadFailures', 1);
      return (error as Error).message;
    }
    return undefined;
  };
  if (outcome.succeeded) {
    const failure = await upload(request.outputLocation);
    if (failure !== undefined) outcome = failed(`The response could not be uploaded: ${failure}`);
  }
  if (!outcome.succeeded && request.failureLocation !== undefined) await upload(request.failureLocation);

  record('InvocationFailures', Number(!outcome.succeeded));
  record('InvocationsProcesssed', 1);
  record('TimeInBacklog', attempt.startedAt - request.arrivedAt);
  const topicArn = outcome.succeeded ? NotificationConfig?.SuccessTopic : NotificationConfig?.ErrorTopic;
  if (topicArn !== undefined) {
    const message = notification(world.region, endpoint.name, request, outcome, result.endedAt);
    const published = world.asyncStore.publish({ topicArn, message, roleArn });
    await published.catch(() => record('NotificationFailures', 1));
  }
  record('TotalProcessingTime', result.endedAt + (world.now() - begun) - request.arrivedAt);
}

function outcomeOf(result: Result): Outcome {
  switch (result.kind) {
    case 'answered': {
      const { status, headers, body: answered } = result.answer;
      const body = Buffer.from(answered);
      if (status >= 200 && status < 300)
        return { succeeded: true, body, contentType: headers?.['content-type'] ?? 'application/octet-stream' };
      const whose = status >= 400 && status < 500 ? 'client' : 'server';
      return failed(`Received ${whose} error (${status}) from primary with message "${body.toString('utf8')}"`);
    }
    case 'timedOut':
      return failed('The invocation timed out while waiting for a response from container primary.');
    case 'notDownloaded':
      return failed(`The input could not be downloaded: ${result.reason}`);
    default:
      return failed('The container ended before it answered.');
  }
}

const failed = (reason: string): Outcome => ({
  ...{ succeeded: false, reason, body: Buffer.from(reason), contentType: 'text/plain' },
});
