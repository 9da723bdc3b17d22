// Realtime endpoints: instances that wait for requests, as many as scaling says.
import { DEPLOYMENT_SECONDS } from '../../../state-machine/contract/time-budgets.ts';
import { fleetAlarms, newFleets } from '../guardrails/fleet-alarms.ts';
import { STACK_TAG } from '../naming/ownership-tags.ts';
import { extraInstances } from './extra-instances.ts';
import type { HostingType } from './hosting-type.ts';
import { instanceProblems, resolveScaling } from './instance-limits.ts';
import { servingInstances, whyNotInstances } from './live-instances.ts';
import { processorOf } from './processor.ts';
import { whyNotOtherQueue } from './queue-change.ts';
import { scaledInstances } from './scaled-instances.ts';

export const realtime: HostingType<'realtime'> = {
  probe: 'sync',
  startsCold: false,

  resolve({ hosting: asked, scaling }, platform) {
    const hosting = {
      type: 'realtime',
      instanceType: asked?.instanceType ?? platform.defaultInstanceType,
      instanceCount: asked?.instanceCount ?? 1,
      startupTimeoutSeconds: asked?.startupTimeoutSeconds ?? null,
      downloadTimeoutSeconds: asked?.downloadTimeoutSeconds ?? null,
    } as const;
    return { hosting, scaling: resolveScaling(scaling, platform, hosting.instanceCount) };
  },
  problems: (asked, { hosting, scaling }, platform) => instanceProblems(hosting, asked.scaling, scaling, platform),
  processor: ({ instanceType }) => processorOf(instanceType),
  instances: ({ instanceType, instanceCount }) => ({ type: instanceType, count: instanceCount }),
  patienceSeconds: ({ startupTimeoutSeconds, downloadTimeoutSeconds }) =>
    (startupTimeoutSeconds ?? 0) + (downloadTimeoutSeconds ?? 0) + DEPLOYMENT_SECONDS,

  compatible: (live, wanted) => whyNotOtherQueue(live, 'realtime') ?? whyNotInstances(live, wanted),
  endpointConfig({ hosting, scaling, dataCapture }, models) {
    // Scaling snaps the count into its bounds: starting inside them spares a change right after the deployment.
    const capacity = { ...hosting, instanceCount: Math.max(hosting.instanceCount, scaling?.minimum ?? 0) };
    return { variants: models.map((model) => ({ ...model, capacity })), dataCapture };
  },
  scalingTargets: scaledInstances,
  servingFloor: servingInstances,
  // SageMaker retains the instances, and adjusts them without an update.
  keeping: (capacity) => capacity,
  asConfigured: (capacity) => capacity,
  extraCapacity: extraInstances,
  alarms({ alarms, ownershipTags, rolloutId, endpointName, endpointConfig }) {
    if (alarms === null) return [];
    const stackName = ownershipTags[STACK_TAG] ?? '';
    const fleets = newFleets({ endpointName, endpointConfig });
    return fleets.flatMap((fleet) => fleetAlarms(stackName, rolloutId, fleet, alarms));
  },
  candidate: ({ serverlessCandidate }, { variants, metrics, volumeKmsKeyArn }) => ({
    variants: variants.map((variant) => ({
      ...variant,
      capacity:
        serverlessCandidate ??
        ('instanceCount' in variant.capacity ? { ...variant.capacity, instanceCount: 1 } : variant.capacity),
    })),
    dataCapture: null,
    // Metrics are of instances; what SageMaker makes of the member for a variant that has none is not documented.
    metrics: serverlessCandidate === null ? metrics : null,
    ...(volumeKmsKeyArn !== undefined && { volumeKmsKeyArn }),
  }),
};
