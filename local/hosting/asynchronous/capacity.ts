/** Which instances take requests from the queue. */

import type { Endpoint, Fleet, Variant } from '../records.ts';

export interface Capacity {
  readonly fleet: Fleet;
  readonly variant: Variant;
  readonly instances: number;
  /** Requests at once, of one instance. */
  readonly most: number;
}

/** "If no value is provided, SageMaker chooses an optimal value" (API_AsyncInferenceClientConfig): here always this one. */
const CHOSEN_BY_SAGEMAKER = 4;

const SERVING = ['InService', 'Updating', 'SystemUpdating', 'RollingBack', 'UpdateRollbackFailed'];

/**
 * Instances that are there and stay. While traffic moves to a new fleet, as many of its instances take requests as its share says,
 * and of the old fleet the rest: how guardrails move a queue is not documented.
 */
export function capacityOf({ status, fleet, arriving }: Endpoint): Capacity[] {
  if (!fleet || !SERVING.includes(status)) return [];
  const share = arriving?.share ?? 0;
  return [...ofFleet(fleet, 1 - share, false), ...(arriving && share > 0 ? ofFleet(arriving.fleet, share, true) : [])];
}

function ofFleet(fleet: Fleet, share: number, isArriving: boolean): Capacity[] {
  const { AsyncInferenceConfig: config, ShadowProductionVariants: shadows = [] } = fleet.config.input;
  if (!config) return [];
  const most = config.ClientConfig?.MaxConcurrentInvocationsPerInstance ?? CHOSEN_BY_SAGEMAKER;
  return fleet.variants.flatMap((variant) => {
    const { currentCount = 0, desiredCount = 0 } = variant;
    // The weights of an arriving fleet become current only when it has all the traffic.
    const weight = isArriving ? variant.desiredWeight : variant.currentWeight;
    const instances = Math.min(currentCount, share === 1 ? desiredCount : Math.round(share * desiredCount));
    const isShadow = shadows.some(({ VariantName }) => VariantName === variant.name);
    return instances > 0 && weight > 0 && !isShadow ? [{ fleet, variant, instances, most }] : [];
  });
}

export const instancesOf = (endpoint: Endpoint) =>
  capacityOf(endpoint).reduce((sum, { instances }) => sum + instances, 0);
