// The settings that an endpoint has in truth, and those that it should have: field by field, so that the two can be compared.

import { canonicalJson } from '../../lambdas/core/naming/names.ts';
import type { Snapshot } from '../../local/hosting/snapshot.ts';
import type { KeptKey } from '../../state-machine/contract/kept.ts';
import type { KeptSettings } from '../../state-machine/contract/kept-settings.ts';

/** Whose change a request may ask for, by the settings that it names. */
export const fieldsBySetting = {
  instanceType: ['hosting'],
  // Scaling never begins below its minimum.
  instanceCount: ['hosting', 'scaling'],
  environment: ['environment'],
  isolation: ['network'],
  vpc: ['network'],
  volumeKey: ['encryption'],
  scaling: ['scaling'],
  tags: ['tags'],
} as const satisfies Record<string, readonly KeptKey[]>;
export type Fields = Record<keyof typeof fieldsBySetting, string>;

interface Config {
  KmsKeyId?: string;
  ProductionVariants: { ModelName: string; InstanceType: string; InitialInstanceCount: number }[];
}
interface Model {
  PrimaryContainer: { Environment?: object };
  EnableNetworkIsolation?: boolean;
  VpcConfig?: { Subnets: string[]; SecurityGroupIds: string[] };
}
interface Endpoint {
  EndpointConfigName: string;
  tags: Record<string, string>;
}
interface Policy {
  TargetTrackingScalingPolicyConfiguration?: { TargetValue?: number };
}

const byEndpoint = <Found>(all: Record<string, object>, endpointName: string): Found | undefined =>
  Object.entries(all).find(([key]) => key.includes(`endpoint/${endpointName}/`))?.[1] as Found | undefined;

const vpcOf = (subnets: string[] | undefined, securityGroups: string[] | undefined): string =>
  subnets === undefined ? 'none' : canonicalJson([subnets, securityGroups]);

/** Null where nothing serves, or what serves is not all there. */
export function fieldsOfLive(alive: Snapshot, endpointName: string): Fields | null {
  const endpoint = alive.endpoints[endpointName] as Endpoint | undefined;
  const config = alive.endpointConfigs[endpoint?.EndpointConfigName ?? ''] as Config | undefined;
  const variant = config?.ProductionVariants[0];
  const model = alive.models[variant?.ModelName ?? ''] as Model | undefined;
  if (endpoint === undefined || variant === undefined || model === undefined) return null;
  const target = byEndpoint<{ min: number; max: number }>(alive.scalableTargets, endpointName);
  const policy = byEndpoint<Policy>(alive.scalingPolicies, endpointName)?.TargetTrackingScalingPolicyConfiguration;
  const authors = Object.entries(endpoint.tags).filter(([key]) => !key.startsWith('sagemaker-deployer:'));
  return {
    instanceType: variant.InstanceType,
    instanceCount: String(variant.InitialInstanceCount),
    environment: canonicalJson(model.PrimaryContainer.Environment ?? {}),
    isolation: String(model.EnableNetworkIsolation ?? false),
    vpc: vpcOf(model.VpcConfig?.Subnets, model.VpcConfig?.SecurityGroupIds),
    volumeKey: config?.KmsKeyId ?? 'none',
    scaling: target === undefined ? 'none' : canonicalJson([target.min, target.max, policy?.TargetValue ?? null]),
    tags: canonicalJson(Object.fromEntries(authors)),
  };
}

/** As a release keeps them. */
export function fieldsOfKept({
  hosting,
  environment,
  network,
  encryption,
  scaling,
  tags,
}: KeptSettings): Fields | null {
  if (hosting === undefined || !('instanceType' in hosting)) return null;
  const isScaled = typeof scaling === 'object';
  return {
    instanceType: hosting.instanceType ?? '',
    instanceCount: String(Math.max(hosting.instanceCount ?? 1, isScaled ? (scaling.minimum ?? 1) : 0)),
    environment: canonicalJson(environment ?? {}),
    isolation: String(network?.isolation ?? true),
    vpc: vpcOf(network?.vpc?.subnetIds, network?.vpc?.securityGroupIds),
    volumeKey: encryption?.volumeKmsKeyArn ?? 'none',
    scaling: isScaled ? canonicalJson([scaling.minimum, scaling.maximum, scaling.target]) : 'none',
    tags: canonicalJson(tags ?? {}),
  };
}
