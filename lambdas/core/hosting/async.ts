// Async endpoints: instances that work through a queue. No request may ask for them yet; what follows is asked of none.
import { RolloutError } from '../rollout-error.ts';
import type { HostingType } from './hosting-type.ts';
import { instanceProblems, resolveScaling } from './instance-limits.ts';
import { processorOf } from './processor.ts';
import { realtime } from './realtime.ts';

/** It scales by its backlog, is watched by other metrics, and its answers come later. */
const refused = (): never => {
  throw new RolloutError('CallRefused', 'Async endpoints are refused as requests are resolved, and reached a plan.');
};

export const async: HostingType<'async'> = {
  notSupportedYet: 'Use "realtime".',
  probe: 'async',

  resolve({ hosting: asked, scaling }, platform) {
    const { hosting } = realtime.resolve({ hosting: undefined, scaling }, platform);
    const instanceCount = asked?.instanceCount ?? hosting.instanceCount;
    return {
      hosting: {
        type: 'async',
        instanceType: asked?.instanceType ?? hosting.instanceType,
        instanceCount,
        startupTimeoutSeconds: asked?.startupTimeoutSeconds ?? null,
        downloadTimeoutSeconds: asked?.downloadTimeoutSeconds ?? null,
        outputS3Uri: asked?.outputS3Uri ?? '',
        failureS3Uri: asked?.failureS3Uri ?? null,
        maximumConcurrentInvocationsPerInstance: asked?.maximumConcurrentInvocationsPerInstance ?? null,
        successTopicArn: asked?.successTopicArn ?? null,
        errorTopicArn: asked?.errorTopicArn ?? null,
      },
      scaling: resolveScaling(scaling, platform, instanceCount),
    };
  },
  problems: (asked, { hosting, scaling }, platform) => instanceProblems(hosting, asked.scaling, scaling, platform),
  processor: ({ instanceType }) => processorOf(instanceType),
  instances: ({ instanceType, instanceCount }) => ({ type: instanceType, count: instanceCount }),
  patienceSeconds: refused,

  compatible: refused,
  endpointConfig: refused,
  scalingTargets: refused,
  servingFloor: realtime.servingFloor,
  extraCapacity: refused,
  alarms: refused,
  candidate: refused,
};
