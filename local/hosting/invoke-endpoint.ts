/** InvokeEndpoint: routes a request to a variant's server, and turns what its container answers into AWS's answers. */

import type { InvokeEndpointInput } from '@aws-sdk/client-sagemaker-runtime';
import { arnOf } from './arns.ts';
import { AwsError } from './aws-error.ts';
import { type ContainerAnswer, ContainerTimeout } from './fleet.ts';
import type { Endpoint, Fleet, Variant } from './records.ts';
import { environmentFor } from './serverless.ts';
import type { World } from './world.ts';

/** Both ways, in bytes (API_runtime_InvokeEndpoint). */
const LARGEST_BODY = 6_291_456;
/** What a caller gets of a container's error. */
const LARGEST_MESSAGE = 2_048;

const SERVING = ['InService', 'Updating', 'SystemUpdating', 'RollingBack', 'UpdateRollbackFailed'];

const validationError = (message: string) => new AwsError('ValidationError', message);

export async function invokeEndpoint(world: World, input: InvokeEndpointInput) {
  if (input.InferenceComponentName !== undefined)
    throw new AwsError('UnsupportedOperation', 'The hosting simulator does not run inference components.');
  const endpoint = findServing(world, input.EndpointName!);
  if (endpoint.fleet.config.input.AsyncInferenceConfig)
    throw validationError(`Endpoint ${endpoint.name} is asynchronous: use InvokeEndpointAsync.`);
  const { fleet, variant } = route(endpoint, input.TargetVariant);
  const headers = forwarded(input);
  const receivedAt = world.now();
  const isThere = () => endpoint.fleets().includes(fleet);
  const own = variant.desiredServerless && (await environmentFor(world, variant, isThere));
  const startedAt = world.now();
  let answer: ContainerAnswer | undefined;
  try {
    answer = await variant.server.invoke({ headers, body: input.Body as Uint8Array });
  } catch (error) {
    if (!(error instanceof ContainerTimeout)) throw new AwsError('ServiceUnavailable', 'Service is unavailable.');
  } finally {
    world.metrics.record({
      ...{ at: receivedAt, endpointName: endpoint.name, configName: fleet.config.name, variantName: variant.name },
      ...{ status: answer?.status ?? 0, latencyMs: world.now() - startedAt },
      serverless: own,
    });
    if (own) Object.assign(own.environment, { isBusy: false, usedAt: world.now() });
  }
  if (!answer) throw modelError(world, endpoint, variant, 0, TIMED_OUT);
  const body = Buffer.from(answer.body);
  if (answer.status < 200 || answer.status >= 300)
    throw modelError(world, endpoint, variant, answer.status, body.subarray(0, LARGEST_MESSAGE).toString('utf8'));
  if (body.length > LARGEST_BODY) throw modelError(world, endpoint, variant, 500, undefined);
  world.capture?.record(startedAt, { endpointName: endpoint.name, fleet, variant, input, answer: { ...answer, body } });
  return {
    Body: body,
    ContentType: answer.headers?.['content-type'] ?? 'application/octet-stream',
    InvokedProductionVariant: variant.name,
    CustomAttributes: answer.headers?.['x-amzn-sagemaker-custom-attributes'],
  };
}

const TIMED_OUT =
  'Your invocation timed out while waiting for a response from container primary. Review the latency metrics for each ' +
  'container in Amazon CloudWatch, resolve the issue, and try again.';

/** Unlike CreateEndpoint, InvokeEndpoint knows names only in their own case (API_CreateEndpoint). */
export function findServing(world: World, name: string): Endpoint & { fleet: Fleet } {
  const endpoint = world.endpoints.get(arnOf(world, 'endpoint', name));
  if (endpoint?.name !== name || !endpoint.fleet || !SERVING.includes(endpoint.status))
    throw validationError(`Endpoint ${name} of account ${world.accountId} not found.`);
  return endpoint as Endpoint & { fleet: Fleet };
}

/** First the fleet by its share of the traffic, then the variant by weight; shadow variants get nothing of it. */
function route(endpoint: Endpoint & { fleet: Fleet }, target: string | undefined) {
  const { arriving } = endpoint;
  const toNew = arriving !== undefined && arriving.share > 0 && endpoint.random() < arriving.share;
  const fleet = toNew ? arriving.fleet : endpoint.fleet;
  const shadows = fleet.config.input.ShadowProductionVariants?.map((variant) => variant.VariantName) ?? [];
  const variants = fleet.variants.filter((variant) => !shadows.includes(variant.name));
  if (target !== undefined) {
    const named = variants.find((variant) => variant.name === target);
    if (!named) throw validationError(`Variant ${target} not found for Request`);
    // "Overrides the default behavior", which is the weight: a variant of weight 0 answers too.
    if (!takesRequests(named)) throw noInstance();
    return { fleet, variant: named };
  }
  // The weights of an arriving fleet become current only when it has all the traffic.
  const weight = (variant: Variant) => (toNew ? variant.desiredWeight : variant.currentWeight);
  const able = variants.filter((variant) => takesRequests(variant) && weight(variant) > 0);
  let drawn = endpoint.random() * able.reduce((sum, variant) => sum + weight(variant), 0);
  // The last one, where sums of fractions leave a crumb.
  const chosen =
    able.find((variant) => {
      drawn -= weight(variant);
      return drawn < 0;
    }) ?? able.at(-1);
  if (!chosen) throw noInstance();
  return { fleet, variant: chosen };
}

/** One without instances has nobody to answer yet, one that loses its last instance gets nothing new. */
const takesRequests = (variant: Variant) => variant.currentCount !== 0 && variant.desiredCount !== 0;
const noInstance = () => new AwsError('ServiceUnavailable', 'No production variant takes traffic.');

/** What a container gets of the headers, also from a queue. */
export function forwarded(input: Partial<InvokeEndpointInput>): Record<string, string> {
  const all: [string, string | undefined][] = [
    ['content-type', input.ContentType],
    ['accept', input.Accept],
    ['x-amzn-sagemaker-custom-attributes', input.CustomAttributes],
    ['x-amzn-sagemaker-inference-id', input.InferenceId],
    ['x-amzn-sagemaker-target-model', input.TargetModel],
    ['x-amzn-sagemaker-session-id', input.SessionId],
  ];
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function modelError(world: World, endpoint: Endpoint, variant: Variant, status: number, text: string | undefined) {
  const whose = status >= 400 && status < 500 ? 'client' : 'server';
  const said = text === undefined ? 'and could not load the entire response body' : `with message "${text}"`;
  const group = `/aws/sagemaker/Endpoints/${endpoint.name}`;
  const console = `https://${world.region}.console.aws.amazon.com/cloudwatch/home?region=${world.region}#logEventViewer:group=${group}`;
  return new AwsError(
    'ModelError',
    `Received ${whose} error (${status}) from primary ${said}. See ${console} in account ${world.accountId} for more information.`,
    {
      OriginalStatusCode: status,
      OriginalMessage: text ?? '',
      LogStreamArn: `arn:aws:logs:${world.region}:${world.accountId}:log-group:${group}:log-stream:${variant.name}`,
    },
  );
}
