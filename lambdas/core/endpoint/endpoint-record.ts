// What is live, as the plan keeps it: all that a rollback needs.
import type { EndpointRecord } from '../../../state-machine/contract/plan.ts';
import type { FoundScaling } from '../../../state-machine/contract/scaling-target.ts';
import type { EndpointConfigDescription } from './endpoint-config-description.ts';
import type { EndpointDescription } from './endpoint-description.ts';
import { liveMetrics } from './live-metrics.ts';

export function endpointRecord(
  endpoint: EndpointDescription,
  config: EndpointConfigDescription,
  tags: Record<string, string>,
  scalingTargets: FoundScaling[],
): EndpointRecord {
  const variants = endpoint.variants.map(({ name, role, desiredInstanceCount, weight, concurrency }) => {
    const configured = config.variants.find((each) => each.name === name);
    const { instanceType = null, initialWeight = 1, initialInstanceCount = null, modelName = null } = configured ?? {};
    return {
      ...{ name, role, modelName, desiredInstanceCount, instanceType, weight },
      ...{ initialWeight, initialInstanceCount },
      ...(concurrency !== undefined && { concurrency }),
      ...(configured?.concurrency !== undefined && { initialConcurrency: configured.concurrency }),
    };
  });
  const metrics = liveMetrics(config.members);
  return { endpointConfigName: endpoint.endpointConfigName, variants, metrics, tags, scalingTargets };
}
