// Names derived from content: the same wish gives the same name, so a repeated step finds its own work.
import { createHash } from 'node:crypto';
import type { ScalableTarget } from '../../../state-machine/contract/scaling-target.ts';

/** All of SageMaker's names: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html */
const MAXIMUM_LENGTH = 63;
/** 64 bits: two of a million configurations of one endpoint collide with a chance of 3 in 10^8, and adopting compares. */
const HASH_LENGTH = 16;

export const VARIANT_NAME = 'primary';
/** The one scaling policy of ours on a variant, whatever it tracks: those that are there by this name stay ours. */
export const SCALING_POLICY_NAME = 'sagemaker-deployer-invocations-per-instance';

export const modelName = (endpointName: string, content: unknown): string => contentName(endpointName, 'm', content);
export const endpointConfigName = (endpointName: string, content: unknown): string =>
  contentName(endpointName, 'c', content);

/** The candidate endpoint and its configuration. */
export const candidateName = (endpointName: string, content: unknown): string =>
  contentName(endpointName, 'k', content);

/** What scales a variant's instances. */
export const variantTarget = (endpointName: string, variantName: string): ScalableTarget => ({
  resourceId: `endpoint/${endpointName}/variant/${variantName}`,
  dimension: 'sagemaker:variant:DesiredInstanceCount',
});

/** What scales the provisioned concurrency of a serverless variant. */
export const concurrencyTarget = (endpointName: string, variantName: string): ScalableTarget => ({
  ...variantTarget(endpointName, variantName),
  dimension: 'sagemaker:variant:DesiredProvisionedConcurrency',
});

/** JSON with sorted keys: equal content, equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** `kind`: one letter, for people. */
export function contentName(endpointName: string, kind: string, content: unknown): string {
  const hash = createHash('sha256')
    .update(canonicalJson([endpointName, content]))
    .digest('hex')
    .slice(0, HASH_LENGTH);
  const suffix = `-${kind}-${hash}`;
  return `${endpointName.slice(0, MAXIMUM_LENGTH - suffix.length).replace(/-+$/, '')}${suffix}`;
}
