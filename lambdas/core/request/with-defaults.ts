// Fills a request's gaps with the platform's defaults.
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { ResolvedRequest, TargetTracking } from '../../../state-machine/contract/resolved-request.ts';
import type { CheckedRequest } from './check-request.ts';
import { resolveStrategy } from './resolve-strategy.ts';

/** All of a resolved request that is decided without a look at the world. */
export type ResolvedSettings = Omit<
  ResolvedRequest,
  'contractVersion' | 'endpointName' | 'image' | 'goldenCases' | 'trust'
>;

/** `captureS3Uri`: where captured requests and responses go. */
export function withDefaults(
  request: CheckedRequest,
  platform: PlatformSettings,
  captureS3Uri: string,
): ResolvedSettings {
  const hosting = resolveHosting(request, platform);
  const { canaryInvocations, dataCapture } = request;
  const maximumP99Milliseconds = canaryInvocations?.maximumP99Milliseconds ?? 5000;
  return {
    environment: request.environment ?? {},
    hosting,
    scaling: resolveScaling(request, platform, hosting.instanceCount),
    canaryInvocations: {
      requests: canaryInvocations?.requests ?? 20,
      maximumErrorPercent: canaryInvocations?.maximumErrorPercent ?? 0,
      maximumP99Milliseconds,
    },
    networkIsolation: request.network?.isolation ?? true,
    dataCapture:
      dataCapture === undefined
        ? null
        : {
            samplingPercent: dataCapture.samplingPercent,
            capture: dataCapture.capture ?? ['input', 'output'],
            destinationS3Uri: captureS3Uri,
          },
    verification: request.verification ?? 'candidate',
    serverlessCandidate: resolveCandidate(request),
    ...resolveStrategy(request, maximumP99Milliseconds),
    tags: request.tags ?? {},
  };
}

function resolveHosting({ hosting }: CheckedRequest, platform: PlatformSettings): ResolvedSettings['hosting'] {
  const realtime = hosting?.type === 'realtime' ? hosting : undefined;
  return {
    type: 'realtime',
    instanceType: realtime?.instanceType ?? platform.defaultInstanceType,
    instanceCount: realtime?.instanceCount ?? 1,
    startupTimeoutSeconds: realtime?.startupTimeoutSeconds ?? null,
    downloadTimeoutSeconds: realtime?.downloadTimeoutSeconds ?? null,
  };
}

/** Defaults give way to what was asked for: 1 to 5 instances, unless the count or the platform's maximum demand others. */
function resolveScaling(
  { scaling }: CheckedRequest,
  { maximumInstances }: PlatformSettings,
  instanceCount: number,
): TargetTracking | null {
  if (scaling === 'none') return null;
  const minimum = scaling?.minimum ?? 1;
  return {
    minimum,
    maximum: scaling?.maximum ?? Math.max(minimum, instanceCount, Math.min(5, maximumInstances)),
    metric: 'SageMakerVariantInvocationsPerInstance',
    target: scaling?.target ?? 70,
    scaleInCooldownSeconds: scaling?.scaleInCooldownSeconds ?? 300,
    scaleOutCooldownSeconds: scaling?.scaleOutCooldownSeconds ?? 60,
  };
}

const DEFAULT_MEMORY_MEGABYTES = 2048;

/** One request at a time is sent to it. */
function resolveCandidate({ candidate }: CheckedRequest): ResolvedSettings['serverlessCandidate'] {
  if (candidate?.type !== 'serverless') return null;
  const memoryMegabytes = candidate.memoryMegabytes ?? DEFAULT_MEMORY_MEGABYTES;
  return { type: 'serverless', memoryMegabytes, maximumConcurrency: 1 };
}
