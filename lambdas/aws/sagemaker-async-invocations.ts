// The port `AsyncInvocations` on SageMaker Runtime, and on S3 where the answers come.
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { InvokeEndpointAsyncCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { parseS3Uri } from '../core/naming/object-keys.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { AsyncInvocations } from '../ports/async-invocations.ts';
import { toRolloutError } from './sdk-error.ts';

export function sageMakerAsyncInvocations(runtime: SageMakerRuntimeClient, s3: S3Client): AsyncInvocations {
  /** Null: it is not there. */
  async function read(uri: string, maximumBytes: number): Promise<string | null> {
    const place = parseS3Uri(uri);
    if (place === null) throw new RolloutError('CallRefused', `SageMaker names ${uri}, which is no object.`);
    const Range = `bytes=0-${maximumBytes - 1}`;
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: place.bucket, Key: place.key, Range }));
      return (await Body?.transformToString()) ?? '';
    } catch (error) {
      const { name } = error as Error;
      if (name === 'NoSuchKey') return null;
      // An empty object has no first byte: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
      if (name === 'InvalidRange') return '';
      throw toRolloutError(error);
    }
  }

  return {
    async submit(endpointName, request) {
      // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html
      const command = new InvokeEndpointAsyncCommand({
        EndpointName: endpointName,
        ContentType: request.contentType,
        Body: new TextEncoder().encode(request.body),
        InferenceId: request.inferenceId,
        S3OutputPathExtension: request.folder,
        CustomAttributes: request.customAttributes,
        RequestTTLSeconds: request.timeToLiveSeconds,
        InvocationTimeoutSeconds: request.timeoutSeconds,
      });
      try {
        const { OutputLocation = '', FailureLocation = null } = await runtime.send(command);
        return { outputLocation: OutputLocation, failureLocation: FailureLocation };
      } catch (error) {
        throw toRolloutError(error);
      }
    },
    async collect({ outputLocation, failureLocation }, maximumBytes) {
      const answer = await read(outputLocation, maximumBytes);
      if (answer !== null) return { succeeded: true, text: answer };
      const failure = failureLocation === null ? null : await read(failureLocation, maximumBytes);
      return failure === null ? null : { succeeded: false, text: failure };
    },
  };
}
