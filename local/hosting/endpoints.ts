/** CreateEndpoint, DescribeEndpoint, UpdateEndpoint, UpdateEndpointWeightsAndCapacities, DeleteEndpoint, ListEndpoints. */

import type {
  CreateEndpointInput,
  DescribeEndpointOutput,
  EndpointStatus,
  UpdateEndpointInput,
  UpdateEndpointWeightsAndCapacitiesInput,
} from '@aws-sdk/client-sagemaker';
import { arnOf } from './arns.ts';
import { validationException } from './aws-error.ts';
import { deploymentPlan } from './deployment-config.ts';
import { newEndpoint, viewOf } from './endpoint.ts';
import { findConfig } from './endpoint-configs.ts';
import { type ListInput, listed } from './listing.ts';
import { retire, setStatus } from './moves.ts';
import { checkEndpointQuota, checkInstanceQuota, instancesWanted } from './quota.ts';
import type { Endpoint, EndpointConfigRecord, Fleet } from './records.ts';
import { begin } from './run-transitions.ts';
import { checkScaledVariants, deregisterAllOf } from './scaling-limits.ts';
import { retainedBy, sizes, startFleet, type VariantSize } from './start-fleet.ts';
import { checkTags, tagNew } from './tags.ts';
import { creation, deletion, scaling } from './transitions.ts';
import { update } from './update-transition.ts';
import type { World } from './world.ts';

export function createEndpoint(world: World, input: CreateEndpointInput) {
  const arn = arnOf(world, 'endpoint', input.EndpointName!);
  checkTags(input.Tags ?? []);
  if (world.endpoints.has(arn)) throw validationException(`Cannot create already existing endpoint "${arn}".`);
  const config = findConfig(world, input.EndpointConfigName!);
  const size = sizes(config);
  deploymentPlan(input.DeploymentConfig, smallest(size));
  checkEndpointQuota(world);
  checkInstanceQuota(world, instancesWanted(config, size));
  const at = world.now();
  const fleet = startFleet(world, input.EndpointName!, config, at);
  const endpoint = newEndpoint(input.EndpointName!, arn, config.name, at);
  // Kept for RetainDeploymentConfig only: a new endpoint has no fleet to move traffic from.
  endpoint.deploymentConfig = input.DeploymentConfig;
  endpoint.arriving = { fleet, startedAt: at, share: 0, stage: 'Creating', stageSince: at };
  world.endpoints.set(arn, endpoint);
  world.journal.push({ at, kind: 'status', endpoint: endpoint.name, status: 'Creating', from: 'None' });
  tagNew(world, arn, input.Tags);
  begin(world, endpoint, creation(world, endpoint, at), at);
  return { EndpointArn: arn };
}

const smallest = (size: ReadonlyMap<string, VariantSize>) =>
  Math.max(1, Math.min(...[...size.values()].map(({ count }) => count ?? 1)));

function findEndpoint(world: World, name: string): Endpoint {
  const arn = arnOf(world, 'endpoint', name);
  const endpoint = world.endpoints.get(arn);
  if (!endpoint) throw validationException(`Could not find endpoint "${arn}".`);
  return endpoint;
}

const CHANGEABLE: Record<string, readonly EndpointStatus[]> = {
  update: ['InService', 'OutOfService', 'UpdateRollbackFailed'],
  scale: ['InService'],
  delete: ['InService', 'OutOfService', 'UpdateRollbackFailed', 'Failed'],
};

/** "DeleteEndpoint is the only operation that can be performed on a failed endpoint." (API_DescribeEndpoint) */
function findChangeable(world: World, name: string, change: 'update' | 'scale' | 'delete'): Endpoint {
  const endpoint = findEndpoint(world, name);
  if (CHANGEABLE[change]!.includes(endpoint.status)) return endpoint;
  if (['Failed', 'OutOfService', 'UpdateRollbackFailed'].includes(endpoint.status))
    throw validationException(`Cannot update endpoint "${endpoint.arn}" in ${endpoint.status} state.`);
  throw validationException(`Cannot update in-progress endpoint "${endpoint.arn}".`);
}

/** Without the config that it runs on, SageMaker can neither update nor scale an endpoint (terraform-provider-aws #40048). */
function checkOwnConfig(world: World, endpoint: Endpoint): void {
  const { arn } = endpoint.fleet!.config;
  if (!world.configs.has(arn)) throw validationException(`Could not find endpoint configuration "${arn}".`);
}

export function updateEndpoint(world: World, input: UpdateEndpointInput) {
  const endpoint = findChangeable(world, input.EndpointName!, 'update');
  const config = findConfig(world, input.EndpointConfigName!);
  checkOwnConfig(world, endpoint);
  if (input.ExcludeRetainedVariantProperties?.length && !input.RetainAllVariantProperties)
    throw validationException('ExcludeRetainedVariantProperties requires RetainAllVariantProperties.');
  const old = endpoint.fleet!;
  checkScaledVariants(world, endpoint, config);
  checkHosting(old, config);
  const retained = retainedBy(input, old);
  const size = sizes(config, retained);
  const deployment = input.RetainDeploymentConfig ? endpoint.deploymentConfig : input.DeploymentConfig;
  const plan = deploymentPlan(deployment, smallest(size));
  if (plan.steps.length > 1) checkGuarded(old, config, plan.rolling);
  checkInstanceQuota(world, instancesWanted(config, size, plan.rolling ? plan.steps[0]!.share : 1));
  const at = world.now();
  const fleet = startFleet(world, endpoint.name, config, at, retained);
  // After UpdateRollbackFailed the old fleet takes the whole traffic back before the next one arrives.
  if (endpoint.arriving) retire(world, endpoint.arriving.fleet);
  endpoint.arriving = { fleet, startedAt: at, share: 0, stage: 'Creating', stageSince: at };
  endpoint.failureReason = undefined;
  setStatus(world, endpoint, 'Updating', at);
  begin(world, endpoint, update(world, endpoint, plan, deployment, at), at);
  return { EndpointArn: endpoint.arn };
}

/** An instance-based variant cannot become serverless (https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html). */
function checkHosting(old: Fleet, config: EndpointConfigRecord): void {
  const serverless = config.input.ProductionVariants!.some((variant) => variant.ServerlessConfig);
  if (serverless && old.variants.some((variant) => !variant.production.ServerlessConfig))
    throw validationException('Updating an instance-based endpoint to a serverless endpoint is not supported.');
  if (old.config.input.AsyncInferenceConfig && !config.input.AsyncInferenceConfig)
    throw validationException('The AsyncInferenceConfig parameter cannot be removed from this endpoint.');
}

/** https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html */
function checkGuarded(old: Fleet, config: EndpointConfigRecord, rolling: boolean): void {
  const names = config.input.ProductionVariants!.map((variant) => variant.VariantName);
  const kept = old.variants.every((variant) => names.includes(variant.name)) && names.length === old.variants.length;
  if (!kept)
    throw validationException('With traffic shifting the new endpoint configuration must keep the variant names.');
  if (rolling && names.length > 1)
    throw validationException('A rolling deployment supports only one production variant.');
}

export function updateEndpointWeightsAndCapacities(world: World, input: UpdateEndpointWeightsAndCapacitiesInput) {
  const endpoint = findChangeable(world, input.EndpointName!, 'scale');
  checkOwnConfig(world, endpoint);
  const wanted = input.DesiredWeightsAndCapacities!.map((each) => {
    const variant = endpoint.fleet!.variants.find(({ name }) => name === each.VariantName);
    if (!variant)
      throw validationException(`Could not find variant "${each.VariantName}" of endpoint "${endpoint.arn}".`);
    return { variant, weight: each.DesiredWeight, count: each.DesiredInstanceCount };
  });
  const more = new Map<string, number>();
  for (const { variant, count } of wanted) {
    const type = variant.production.InstanceType;
    if (type && count !== undefined) more.set(type, (more.get(type) ?? 0) + count - (variant.desiredCount ?? 0));
  }
  checkInstanceQuota(world, more);
  const at = world.now();
  endpoint.failureReason = undefined;
  setStatus(world, endpoint, 'Updating', at);
  begin(world, endpoint, scaling(world, endpoint, wanted, at), at);
  return { EndpointArn: endpoint.arn };
}

export function deleteEndpoint(world: World, input: { EndpointName?: string }) {
  const endpoint = findChangeable(world, input.EndpointName!, 'delete');
  const at = world.now();
  deregisterAllOf(world, endpoint.name);
  setStatus(world, endpoint, 'Deleting', at);
  begin(world, endpoint, deletion(world, endpoint, at), at);
  return {};
}

/** Where Describe is stale it shows what was so `describeMs` ago: a new endpoint is not found yet. */
export function describeEndpoint(world: World, input: { EndpointName?: string }): DescribeEndpointOutput {
  const endpoint = findEndpoint(world, input.EndpointName!);
  if (world.staleness.describeMs === 0) return viewOf(endpoint);
  const seen = endpoint.views.findLast(({ at }) => at <= world.now() - world.staleness.describeMs);
  if (!seen) throw validationException(`Could not find endpoint "${endpoint.arn}".`);
  return seen.view;
}

export function listEndpoints(world: World, input: ListInput & { StatusEquals?: string }) {
  const chosen = [...world.endpoints.values()].filter(
    (endpoint) => input.StatusEquals === undefined || endpoint.status === input.StatusEquals,
  );
  const { page, next } = listed(chosen, input);
  const Endpoints = page.map((endpoint) => ({
    EndpointName: endpoint.name,
    EndpointArn: endpoint.arn,
    EndpointStatus: endpoint.status,
    CreationTime: new Date(endpoint.createdAt),
    LastModifiedTime: new Date(endpoint.modifiedAt),
  }));
  return { Endpoints, ...next };
}
