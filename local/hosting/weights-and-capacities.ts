/** UpdateEndpointWeightsAndCapacities: weights of variants, their counts, and the concurrency of serverless ones. */

import type {
  DesiredWeightAndCapacity,
  ProductionVariantServerlessConfig,
  UpdateEndpointWeightsAndCapacitiesInput,
} from '@aws-sdk/client-sagemaker';
import { validationException } from './aws-error.ts';
import { checkOwnConfig, findChangeable } from './find-endpoint.ts';
import { setStatus } from './moves.ts';
import { checkInstanceQuota } from './quota.ts';
import type { Endpoint, Variant } from './records.ts';
import { begin } from './run-transitions.ts';
import { checkConcurrencyQuota } from './serverless.ts';
import { scaling, type Wanted } from './transitions.ts';
import type { World } from './world.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpointWeightsAndCapacities.html */
export function updateEndpointWeightsAndCapacities(world: World, input: UpdateEndpointWeightsAndCapacitiesInput) {
  const endpoint = findChangeable(world, input.EndpointName!, 'scale');
  checkOwnConfig(world, endpoint);
  const wanted = wantedOf(endpoint, input.DesiredWeightsAndCapacities!);
  checkTraffic(endpoint, wanted);
  checkInstanceQuota(world, added(wanted));
  checkConcurrencyQuota(world, addedConcurrency(wanted));
  const at = world.now();
  endpoint.failureReason = undefined;
  setStatus(world, endpoint, 'Updating', at);
  begin(world, endpoint, scaling(world, endpoint, wanted, at), at);
  return { EndpointArn: endpoint.arn };
}

/** The two refusals are in AWS's words (seen in getmoto/moto, which repeats them). */
function wantedOf(endpoint: Endpoint, asked: readonly DesiredWeightAndCapacity[]): Wanted[] {
  const variants = new Map(endpoint.fleet!.variants.map((variant) => [variant.name, variant]));
  const names = asked.map(({ VariantName }) => VariantName!);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw validationException(`The variant name "${twice}" was non-unique within the request.`);
  const unknown = names.filter((name) => !variants.has(name));
  if (unknown.length > 0)
    throw validationException(
      `The variant name(s) "${unknown.join(', ')}" is/are not present within endpoint configuration "${endpoint.configName}".`,
    );
  return asked.map((each) => {
    const variant = variants.get(each.VariantName!)!;
    const serverless = concurrency(variant, each);
    return { variant, weight: each.DesiredWeight, count: each.DesiredInstanceCount, serverless };
  });
}

/** The variant's ServerlessConfig with what is to change of it. The texts are ours. */
function concurrency(variant: Variant, asked: DesiredWeightAndCapacity): ProductionVariantServerlessConfig | undefined {
  const { ServerlessUpdateConfig: change, DesiredInstanceCount: count } = asked;
  const before = variant.desiredServerless;
  if (!before && change)
    throw validationException(`ServerlessUpdateConfig is not supported for instance-based variant "${variant.name}".`);
  if (before && count !== undefined)
    throw validationException(`DesiredInstanceCount is not supported for serverless variant "${variant.name}".`);
  if (!before || !change) return undefined;
  const after = { ...before, ...change };
  if ((after.ProvisionedConcurrency ?? 0) > after.MaxConcurrency!)
    throw validationException(
      `Serverless variant "${variant.name}": ProvisionedConcurrency must not be greater than MaxConcurrency.`,
    );
  return after;
}

/** As for a configuration: weights of which all are 0 leave nobody to answer. AWS documents neither. */
function checkTraffic(endpoint: Endpoint, wanted: readonly Wanted[]): void {
  const shadows = new Set(endpoint.fleet!.config.input.ShadowProductionVariants?.map(({ VariantName }) => VariantName));
  const weightOf = (variant: Variant) =>
    wanted.find((each) => each.variant === variant)?.weight ?? variant.desiredWeight;
  if (endpoint.fleet!.variants.every((variant) => shadows.has(variant.name) || weightOf(variant) === 0))
    throw validationException('At least one production variant must have a weight greater than 0.');
}

/** Instances per type that come beside those that are there. */
function added(wanted: readonly Wanted[]): Map<string, number> {
  const more = new Map<string, number>();
  for (const { variant, count } of wanted) {
    const type = variant.production.InstanceType;
    if (type && count !== undefined) more.set(type, (more.get(type) ?? 0) + count - (variant.desiredCount ?? 0));
  }
  return more;
}

const addedConcurrency = (wanted: readonly Wanted[]): number =>
  wanted.reduce(
    (sum, { variant, serverless }) =>
      sum + Math.max(0, (serverless?.MaxConcurrency ?? 0) - (variant.desiredServerless?.MaxConcurrency ?? Infinity)),
    0,
  );
