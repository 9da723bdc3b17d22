/** CreateEndpointConfig, DescribeEndpointConfig, DeleteEndpointConfig and ListEndpointConfigs. */

import type {
  CreateEndpointConfigInput,
  DescribeEndpointConfigOutput,
  ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import { ENDPOINT_CONFIG_DEFAULTS } from '../../lambdas/core/adoption/returned-defaults.ts';
import { arnOf } from './arns.ts';
import { validationException } from './aws-error.ts';
import { type ListInput, listed } from './listing.ts';
import { findModel } from './models.ts';
import type { EndpointConfigRecord } from './records.ts';
import { withReturnedDefaults } from './returned-defaults.ts';
import { checkServerless } from './serverless.ts';
import { checkTags, tagNew } from './tags.ts';
import type { World } from './world.ts';

export function createEndpointConfig(world: World, input: CreateEndpointConfigInput) {
  const name = input.EndpointConfigName!;
  const arn = arnOf(world, 'endpoint-config', name);
  checkTags(input.Tags ?? []);
  checkVariants(world, input);
  if (world.configs.has(arn))
    throw validationException(`Cannot create already existing endpoint configuration "${arn}".`);
  const withWeight = (variant: ProductionVariant) => ({ InitialVariantWeight: 1, ...variant });
  const ProductionVariants = input.ProductionVariants!.map(withWeight);
  world.configs.set(arn, { name, arn, createdAt: world.now(), input: { ...input, ProductionVariants } });
  tagNew(world, arn, input.Tags);
  return { EndpointConfigArn: arn };
}

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html */
function checkVariants(world: World, input: CreateEndpointConfigInput): void {
  const shadows = input.ShadowProductionVariants ?? [];
  const production = input.ProductionVariants!;
  if (shadows.length > 0 && (shadows.length !== 1 || production.length !== 1))
    throw validationException(
      'With a shadow variant there must be exactly one production variant and one shadow variant.',
    );
  const variants = [...production, ...shadows];
  const names = variants.map((variant) => variant.VariantName!);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw validationException(`Variant names must be unique within an endpoint configuration: "${twice}".`);
  if (production.every(({ InitialVariantWeight: weight }) => weight === 0))
    throw validationException('At least one production variant must have a weight greater than 0.');
  checkAsync(input);
  for (const variant of variants) {
    if (input.KmsKeyId && LOCAL_STORAGE.test(variant.InstanceType ?? ''))
      throw validationException(`KmsKeyId is not supported for ${variant.InstanceType}, which has local storage.`);
    if (!variant.ModelName) throw validationException(`A model must be given for variant "${variant.VariantName}".`);
    const model = findModel(world, variant.ModelName);
    if (variant.ServerlessConfig) checkServerless(variant, input, model);
    else if (!(variant.InstanceType || variant.InstancePools) || variant.InitialInstanceCount === undefined)
      throw validationException(
        `Variant "${variant.VariantName}" needs InstanceType or InstancePools, and InitialInstanceCount, or ServerlessConfig.`,
      );
  }
}

/**
 * "You can't request a KmsKeyId when using an instance type with local storage" (API_CreateEndpointConfig): a `d` behind the
 * generation stands for it (https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html), and these families
 * of accelerated instances have it too.
 */
const LOCAL_STORAGE = /^ml\.([a-z]+\d+[a-z]*d[a-z]*|g[5-9]\w*|gr\d\w*|dl\d\w*|p[5-9][\w-]*|trn\d\w*)\./;

/** Shadow variants: https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests-exclusions.html. The texts are ours. */
function checkAsync({
  AsyncInferenceConfig: config,
  ShadowProductionVariants: shadows = [],
}: CreateEndpointConfigInput) {
  if (!config) return;
  if (shadows.length > 0) throw validationException('Shadow variants are not supported with AsyncInferenceConfig.');
}

/** A new config is not found for a while: its lookup is eventually consistent (API_CreateEndpoint). */
export function findConfig(world: World, name: string): EndpointConfigRecord {
  const arn = arnOf(world, 'endpoint-config', name);
  const config = world.configs.get(arn);
  if (!config || world.now() < config.createdAt + world.staleness.configMs)
    throw validationException(`Could not find endpoint configuration "${arn}".`);
  return config;
}

export function describeEndpointConfig(
  world: World,
  input: { EndpointConfigName?: string },
): DescribeEndpointConfigOutput {
  const config = findConfig(world, input.EndpointConfigName!);
  const { Tags: _tags, ...given } = config.input;
  const answer = {
    ...given,
    EndpointConfigName: config.name,
    EndpointConfigArn: config.arn,
    ProductionVariants: config.input.ProductionVariants,
    CreationTime: new Date(config.createdAt),
  };
  return withReturnedDefaults(answer, ENDPOINT_CONFIG_DEFAULTS);
}

/** AWS does not refuse to delete a config that serves (terraform-provider-aws #40048); the journal keeps it. */
export function deleteEndpointConfig(world: World, input: { EndpointConfigName?: string }) {
  const arn = arnOf(world, 'endpoint-config', input.EndpointConfigName!);
  if (!world.configs.has(arn)) throw validationException(`Could not find endpoint configuration "${arn}".`);
  for (const endpoint of world.endpoints.values())
    if (endpoint.fleets().some((fleet) => fleet.config.arn === arn))
      world.journal.push({ at: world.now(), kind: 'deletedWhileInUse', arn, endpoint: endpoint.name });
  world.configs.delete(arn);
  world.tags.delete(arn);
  return {};
}

export function listEndpointConfigs(world: World, input: ListInput) {
  const { page, next } = listed(world.configs.values(), input);
  const EndpointConfigs = page.map((config) => ({
    EndpointConfigName: config.name,
    EndpointConfigArn: config.arn,
    CreationTime: new Date(config.createdAt),
  }));
  return { EndpointConfigs, ...next };
}
