// The instances that an update needs beside those that serve.
import type { ExtraCapacity } from '../../../state-machine/contract/plan.ts';
import { updateSeconds } from '../guardrails/guardrails.ts';
import type { PlannedUpdate } from './hosting-type.ts';

/** The candidate comes first, and is gone before the second fleet comes. */
export function extraInstances({
  variants,
  candidate,
  fleetSizes,
  strategy,
  patienceSeconds,
}: PlannedUpdate): ExtraCapacity[] {
  const ofCandidate = (candidate?.variants ?? []).flatMap(({ name: variantName, capacity }): ExtraCapacity[] => {
    if (!('instanceType' in capacity)) return [];
    const { instanceType, instanceCount: instances } = capacity;
    return [{ for: 'candidate', variantName, instanceType, instances, atMostSeconds: patienceSeconds }];
  });
  const ofSecondFleet = variants.flatMap(({ name: variantName, capacity }): ExtraCapacity[] => {
    const fleet = fleetSizes.get(variantName);
    if (fleet === undefined || !('instanceType' in capacity)) return [];
    const { traffic } = strategy;
    // A rolling update brings up one batch at a time, every other one the whole second fleet:
    // https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-rolling.html
    const instances =
      traffic.type === 'rolling' ? Math.max(1, Math.floor((fleet * traffic.batchPercent) / 100)) : fleet;
    const atMostSeconds = updateSeconds({ strategy, patienceSeconds }, fleet);
    return [{ for: 'secondFleet', variantName, instanceType: capacity.instanceType, instances, atMostSeconds }];
  });
  return [...ofCandidate, ...ofSecondFleet];
}
