/** InvokeEndpointAsync: puts a request into the queue of an endpoint, and says where its answer will be. */

import { randomUUID } from 'node:crypto';
import type { InvokeEndpointAsyncInput } from '@aws-sdk/client-sagemaker-runtime';
import { AwsError } from '../aws-error.ts';
import { findServing } from '../invoke-endpoint.ts';
import type { World } from '../world.ts';
import { enqueue } from './queue.ts';
import { workTo } from './work-off.ts';

/** The defaults of API_runtime_InvokeEndpointAsync, in seconds. */
const TIME_TO_LIVE = 21_600;
const INVOCATION_TIMEOUT = 900;

/** The texts of the refusals are ours. */
export function invokeEndpointAsync(world: World, input: InvokeEndpointAsyncInput) {
  const endpoint = findServing(world, input.EndpointName!);
  const config = endpoint.fleet.config.input.AsyncInferenceConfig;
  const queue = world.queues.get(endpoint.arn);
  if (!config || !queue)
    throw new AwsError('ValidationError', `Endpoint ${endpoint.name} is not asynchronous: use InvokeEndpoint.`);
  if ((input.Body === undefined) === (input.InputLocation === undefined))
    throw new AwsError('ValidationError', 'Exactly one of Body and InputLocation must be provided.');
  if (!config.OutputConfig!.S3OutputPath)
    throw new AwsError('ValidationError', `Endpoint ${endpoint.name} has no S3OutputPath.`);
  const inferenceId = input.InferenceId ?? randomUUID();
  const { S3OutputPath, S3FailurePath } = config.OutputConfig!;
  const at = world.now();
  const { output, failure } = fileNames(input.Filename, inferenceId);
  const request = {
    ...{ number: queue.arrived, inferenceId, input, config, arrivedAt: at, deliveries: 0 },
    expiresAt: at + 1000 * (input.RequestTTLSeconds ?? TIME_TO_LIVE),
    timeoutMs: 1000 * (input.InvocationTimeoutSeconds ?? INVOCATION_TIMEOUT),
    outputLocation: under(S3OutputPath!, input.S3OutputPathExtension, output),
    failureLocation: S3FailurePath && under(S3FailurePath, input.S3OutputPathExtension, failure),
  };
  queue.arrived += 1;
  enqueue(queue, request);
  workTo(world, endpoint, queue, at);
  return { InferenceId: inferenceId, OutputLocation: request.outputLocation, FailureLocation: request.failureLocation };
}

/** "If not specified, Amazon SageMaker AI generates a filename based on the inference ID." That of a failure is ours. */
function fileNames(given: string | undefined, inferenceId: string) {
  const name = given ?? `${inferenceId}.out`;
  const [, stem, extension] = /^(.*?)(\.[^.]*)?$/.exec(name)!;
  return { output: name, failure: `${stem}-error${extension ?? ''}` };
}

const trimmed = (path: string) => path.replace(/^\/+|\/+$/g, '');
const under = (path: string, extension: string | undefined, name: string) =>
  [path.replace(/\/+$/, ''), trimmed(extension ?? ''), name].filter((each) => each !== '').join('/');
