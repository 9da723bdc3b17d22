/**
 * The message to a topic, see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-check-predictions.html. That of a
 * failure, and `responseBody`, are as public programs read them.
 */

import type { AsyncRequest, Outcome } from './queue.ts';

/** "The inference response is included only if the response size is less than or equal to 128 KB." */
const LARGEST_INCLUDED = 128 * 1024;

export function notification(
  awsRegion: string,
  endpointName: string,
  request: AsyncRequest,
  outcome: Outcome,
  at: number,
): string {
  const { IncludeInferenceResponseIn: included = [] } = request.config.OutputConfig!.NotificationConfig!;
  const wanted = outcome.succeeded ? 'SUCCESS_NOTIFICATION_TOPIC' : 'ERROR_NOTIFICATION_TOPIC';
  const isIncluded = included.includes(wanted) && outcome.body.length <= LARGEST_INCLUDED;
  return JSON.stringify({
    awsRegion,
    eventTime: new Date(at).toISOString(),
    receivedTime: new Date(request.arrivedAt).toISOString(),
    invocationStatus: outcome.succeeded ? 'Completed' : 'Failed',
    ...(!outcome.succeeded && { failureReason: outcome.reason }),
    requestParameters: {
      contentType: request.input.ContentType,
      endpointName,
      inputLocation: request.input.InputLocation,
    },
    responseParameters: outcome.succeeded
      ? { contentType: outcome.contentType, outputLocation: request.outputLocation }
      : { contentType: outcome.contentType, failureLocation: request.failureLocation },
    ...(isIncluded && {
      responseBody: { content: Buffer.from(outcome.body).toString('base64'), encoding: 'BASE64' },
    }),
    inferenceId: request.inferenceId,
    eventVersion: '1.0',
    eventSource: 'aws:sagemaker',
    eventName: 'InferenceResult',
  });
}
