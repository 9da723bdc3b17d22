/** What is of serverless variants alone: their checks, the environments that answer, cold starts, and the account's concurrency. */

import type { CreateEndpointConfigInput, ProductionVariant } from '@aws-sdk/client-sagemaker';
import { AwsError, validationException } from './aws-error.ts';
import type { ServerlessUse } from './invocation-metrics.ts';
import { quotaExceeded } from './quota.ts';
import type { EndpointConfigRecord, Environment, ModelRecord, Variant } from './records.ts';
import type { World } from './world.ts';

/**
 * https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html lists what serverless endpoints lack. The texts are
 * ours.
 */
export function checkServerless(
  variant: ProductionVariant,
  input: CreateEndpointConfigInput,
  model: ModelRecord,
): void {
  const { MemorySizeInMB, MaxConcurrency, ProvisionedConcurrency } = variant.ServerlessConfig!;
  const refuse = (reason: string) => validationException(`Serverless variant "${variant.VariantName}": ${reason}`);
  if (MemorySizeInMB! % 1024 !== 0) throw refuse('MemorySizeInMB must be a multiple of 1024.');
  if ((ProvisionedConcurrency ?? 0) > MaxConcurrency!)
    throw refuse('ProvisionedConcurrency must not be greater than MaxConcurrency.');
  if (variant.InstanceType || variant.InitialInstanceCount) throw refuse('instances can not be given.');
  if (input.ProductionVariants!.length > 1) throw refuse('only one variant is supported.');
  if (input.DataCaptureConfig?.EnableCapture) throw refuse('data capture is not supported.');
  if (input.AsyncInferenceConfig) throw refuse('asynchronous inference is not supported.');
  if (model.input.EnableNetworkIsolation) throw refuse('network isolation is not supported.');
  if (model.input.VpcConfig) throw refuse('a VPC is not supported.');
}

export interface Started extends ServerlessUse {
  readonly environment: Environment;
}

/**
 * An environment for one more request, started cold where none is warm. As many as are provisioned are always warm. Beyond
 * MaxConcurrency a request is throttled: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
 */
export async function environmentFor(world: World, variant: Variant, isKept: () => boolean): Promise<Started> {
  const { coldStartMs, idleMs, sleep } = world.serverless;
  const config = variant.currentServerless ?? variant.desiredServerless!;
  const provisioned = config.ProvisionedConcurrency ?? 0;
  const now = world.now();
  const all = variant.environments;
  const isWarm = ({ isBusy, usedAt }: Environment) => isBusy || now - usedAt < idleMs;
  all.splice(0, all.length, ...all.filter(isWarm));
  const busy = all.filter(({ isBusy }) => isBusy).length;
  if (busy >= config.MaxConcurrency!)
    throw new AwsError('ThrottlingException', 'The endpoint answers as many requests as its MaxConcurrency allows.');
  let environment = all.find(({ isBusy }) => !isBusy);
  const setupMs = environment === undefined && all.length >= provisioned ? coldStartMs : 0;
  environment ??= { isBusy: true, usedAt: now };
  if (!all.includes(environment)) all.push(environment);
  environment.isBusy = true;
  if (setupMs > 0) await sleep(setupMs);
  if (!isKept()) throw new AwsError('ServiceUnavailable', 'Service is unavailable.');
  return {
    ...{ environment, setupMs, concurrency: (busy + 1) / config.MaxConcurrency! },
    provisionedConcurrency: provisioned === 0 ? undefined : Math.min(1, (busy + 1) / provisioned),
  };
}

/** The concurrency that a config's variants take of the account's. */
export const concurrencyWanted = (config: EndpointConfigRecord): number =>
  config.input.ProductionVariants!.reduce(
    (sum, { ServerlessConfig }) => sum + (ServerlessConfig?.MaxConcurrency ?? 0),
    0,
  );

/** While an endpoint is updated, both of its fleets count. */
export function checkConcurrencyQuota(world: World, delta: number): void {
  const limit = world.quotas.serverlessConcurrency ?? Infinity;
  const variants = [...world.endpoints.values()].flatMap((endpoint) => endpoint.fleets().flatMap((f) => f.variants));
  const used = variants.reduce((sum, { desiredServerless }) => sum + (desiredServerless?.MaxConcurrency ?? 0), 0);
  if (delta > 0 && used + delta > limit)
    throw quotaExceeded(
      'Maximum total concurrency that can be allocated across all serverless endpoints',
      ...([limit, used, delta, 'None'] as const),
    );
}
