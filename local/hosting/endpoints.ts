/** CreateEndpoint, DescribeEndpoint, UpdateEndpoint, DeleteEndpoint and ListEndpoints. */

import type {
  CreateEndpointInput,
  DeploymentConfig,
  DescribeEndpointOutput,
  UpdateEndpointInput,
} from '@aws-sdk/client-sagemaker';
import { arnOf } from './arns.ts';
import { newQueue } from './asynchronous/queue.ts';
import { validationException } from './aws-error.ts';
import { deploymentPlan } from './deployment-config.ts';
import { newEndpoint, viewOf } from './endpoint.ts';
import { findConfig } from './endpoint-configs.ts';
import { tellStatus } from './endpoint-events.ts';
import { checkOwnConfig, findChangeable, findEndpoint } from './find-endpoint.ts';
import { type ListInput, listed } from './listing.ts';
import { retire, setStatus } from './moves.ts';
import { checkEndpointQuota, checkInstanceQuota, instancesWanted } from './quota.ts';
import type { EndpointConfigRecord, Fleet } from './records.ts';
import { begin } from './run-transitions.ts';
import { checkScaledVariants, deregisterAllOf } from './scaling-limits.ts';
import { checkConcurrencyQuota, concurrencyWanted } from './serverless.ts';
import { retainedBy, sizes, startFleet, type VariantSize } from './start-fleet.ts';
import { checkTags, tagNew } from './tags.ts';
import { creation, deletion } from './transitions.ts';
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
  checkConcurrencyQuota(world, concurrencyWanted(config));
  const at = world.now();
  const fleet = startFleet(world, input.EndpointName!, config, at);
  const endpoint = newEndpoint(input.EndpointName!, arn, config.name, at, world.randomOf(input.EndpointName!));
  // Kept for RetainDeploymentConfig only: a new endpoint has no fleet to move traffic from.
  endpoint.deploymentConfig = input.DeploymentConfig;
  endpoint.arriving = { fleet, startedAt: at, share: 0, stage: 'Creating', stageSince: at };
  world.endpoints.set(arn, endpoint);
  if (config.input.AsyncInferenceConfig) world.queues.set(arn, newQueue(at));
  world.journal.push({ at, kind: 'status', endpoint: endpoint.name, status: 'Creating', from: 'None' });
  tagNew(world, arn, input.Tags);
  tellStatus(world, endpoint, at);
  begin(world, endpoint, creation(world, endpoint, at), at);
  return { EndpointArn: arn };
}

const smallest = (size: ReadonlyMap<string, VariantSize>) =>
  Math.max(1, Math.min(...[...size.values()].map(({ count }) => count ?? 1)));

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
  checkGuarded(old, config, deployment);
  checkInstanceQuota(world, instancesWanted(config, size, plan.rolling ? plan.steps[0]!.share : 1));
  checkConcurrencyQuota(world, concurrencyWanted(config));
  const at = world.now();
  const fleet = startFleet(world, endpoint.name, config, at, retained);
  // After UpdateRollbackFailed the old fleet takes the whole traffic back before the next one arrives.
  if (endpoint.arriving) retire(world, endpoint.arriving.fleet);
  endpoint.arriving = { fleet, startedAt: at, share: 0, stage: 'Creating', stageSince: at };
  endpoint.failureReason = undefined;
  if (config.input.AsyncInferenceConfig && !world.queues.has(endpoint.arn))
    world.queues.set(endpoint.arn, newQueue(at));
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

/**
 * "The new endpoint configuration must have the same variant name(s) as the old", and no rolling with several of them:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html. The texts are ours. Without a
 * DeploymentConfig names may change: then a whole second fleet takes all the traffic at once.
 */
function checkGuarded(old: Fleet, config: EndpointConfigRecord, deployment: DeploymentConfig | undefined): void {
  if (!deployment?.BlueGreenUpdatePolicy && !deployment?.RollingUpdatePolicy) return;
  // "Only apply to Asynchronous inference and Real-time inference endpoint types": deployment-guardrails.html
  if (config.input.ProductionVariants!.some((variant) => variant.ServerlessConfig))
    throw validationException('A DeploymentConfig is not supported for serverless endpoints.');
  const names = config.input.ProductionVariants!.map((variant) => variant.VariantName);
  const shadows = new Set(old.config.input.ShadowProductionVariants?.map((variant) => variant.VariantName));
  const before = old.variants.filter((variant) => !shadows.has(variant.name));
  if (names.length !== before.length || !before.every((variant) => names.includes(variant.name)))
    throw validationException('With traffic shifting the new endpoint configuration must keep the variant names.');
  if (deployment.RollingUpdatePolicy && names.length > 1)
    throw validationException('A rolling deployment supports only one production variant.');
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
