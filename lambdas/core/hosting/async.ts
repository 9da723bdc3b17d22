// Asynchronous endpoints: instances that work off a queue, and write their answers to S3.
import { newFleets } from '../guardrails/fleet-alarms.ts';
import { queueAlarms } from '../guardrails/queue-alarms.ts';
import { STACK_TAG } from '../naming/ownership-tags.ts';
import type { HostingType } from './hosting-type.ts';
import { whyNotInstances } from './live-instances.ts';
import { notificationProblems, notificationsOf, resolveNotifications } from './notifications.ts';
import { processorOf } from './processor.ts';
import { whyNotOtherQueue } from './queue-change.ts';
import { realtime } from './realtime.ts';
import { queueProblems, resolveQueueScaling, scaledQueue } from './scaled-queue.ts';

export const async: HostingType<'async'> = {
  probe: 'async',
  startsCold: false,

  resolve({ hosting: asked, scaling }, platform) {
    const { hosting } = realtime.resolve({ hosting: undefined, scaling: 'none' }, platform);
    const instanceCount = asked?.instanceCount ?? hosting.instanceCount;
    return {
      hosting: {
        type: 'async',
        instanceType: asked?.instanceType ?? hosting.instanceType,
        instanceCount,
        startupTimeoutSeconds: asked?.startupTimeoutSeconds ?? null,
        downloadTimeoutSeconds: asked?.downloadTimeoutSeconds ?? null,
        maximumConcurrentInvocationsPerInstance: asked?.maximumConcurrentInvocationsPerInstance ?? null,
        ...(asked?.notifications !== undefined && { notifications: resolveNotifications(asked.notifications) }),
      },
      scaling: resolveQueueScaling(scaling, platform, instanceCount),
    };
  },
  problems: (asked, wanted, platform) => [
    ...queueProblems(asked, wanted, platform),
    ...notificationProblems(notificationsOf(wanted.hosting), platform),
  ],
  processor: ({ instanceType }) => processorOf(instanceType),
  instances: ({ instanceType, instanceCount }) => ({ type: instanceType, count: instanceCount }),
  patienceSeconds: (hosting) => realtime.patienceSeconds({ ...hosting, type: 'realtime' }),

  compatible: (live, wanted) => whyNotOtherQueue(live, 'async') ?? whyNotInstances(live, wanted),
  endpointConfig({ hosting: { notifications: _ofTheEndpoint, ...hosting }, scaling, dataCapture }, models) {
    // As of realtime endpoints. A new fleet has at least one instance, or nothing could be verified.
    const capacity = { ...hosting, instanceCount: Math.max(hosting.instanceCount, scaling?.minimum ?? 0) };
    return { variants: models.map((model) => ({ ...model, capacity })), dataCapture };
  },
  scalingTargets: scaledQueue,
  servingFloor: realtime.servingFloor,
  keeping: (capacity) => capacity,
  asConfigured: (capacity) => capacity,
  extraCapacity: realtime.extraCapacity,
  alarms: ({ alarms, ownershipTags, rolloutId, endpointName, endpointConfig }) =>
    alarms === null
      ? []
      : newFleets({ endpointName, endpointConfig }).flatMap((fleet) =>
          queueAlarms(ownershipTags[STACK_TAG] ?? '', rolloutId, fleet, alarms),
        ),
  /** With a queue of its own, and the same folders: no two requests have the same id. Subscribers hear of the live endpoint alone. */
  candidate(_request, { answers, ...live }) {
    const candidate = realtime.candidate({ serverlessCandidate: null }, live);
    if (answers === undefined) return candidate;
    const { notifications: _, ...written } = answers;
    return { ...candidate, answers: written };
  },
};
