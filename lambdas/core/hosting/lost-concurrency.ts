// What scaling has added between the plan and the update: SageMaker would take it away, for it retains no concurrency.
import type { Plan } from '../../../state-machine/contract/plan.ts';
import { scalingBefore } from '../../../state-machine/contract/scaling-target.ts';
import { concurrencyTarget } from '../naming/names.ts';
import type { ServingVariant } from './hosting-type.ts';

/** Null where nothing would be lost. */
export function lostConcurrency(
  { endpointName, endpointConfig, before }: Pick<Plan, 'endpointName' | 'endpointConfig' | 'before'>,
  serving: readonly ServingVariant[],
): string | null {
  for (const { name, capacity } of endpointConfig.variants) {
    if (capacity.type !== 'serverless' || capacity.provisionedConcurrency === undefined) continue;
    const now = serving.find((variant) => variant.name === name)?.concurrency?.provisioned ?? 0;
    const isScaled = scalingBefore(before, concurrencyTarget(endpointName, name)) !== null;
    if (isScaled && now > capacity.provisionedConcurrency)
      return `The variant ${name} of ${endpointName} was scaled out to a provisioned concurrency of ${now} after the rollout was planned with ${capacity.provisionedConcurrency}, and an update would take some away. Start the rollout again.`;
  }
  return null;
}
