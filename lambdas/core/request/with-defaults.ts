// Fills a request's gaps with the platform's defaults.
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { ResolvedRequest } from '../../../state-machine/contract/resolved-request.ts';
import { DEFAULT_HOSTING, hostingTypeOf } from '../hosting/hosting-types.ts';
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
  const { hosting: asked } = request;
  const { hosting, scaling } = hostingTypeOf(asked?.type ?? DEFAULT_HOSTING).resolve(
    { hosting: asked, scaling: request.scaling },
    platform,
  );
  const { canaryInvocations, dataCapture } = request;
  const maximumP99Milliseconds = canaryInvocations?.maximumP99Milliseconds ?? 5000;
  return {
    environment: request.environment ?? {},
    hosting,
    scaling,
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

const DEFAULT_MEMORY_MEGABYTES = 2048;

/** One request at a time is sent to it. */
function resolveCandidate({ candidate }: CheckedRequest): ResolvedSettings['serverlessCandidate'] {
  if (candidate?.type !== 'serverless') return null;
  const memoryMegabytes = candidate.memoryMegabytes ?? DEFAULT_MEMORY_MEGABYTES;
  return { type: 'serverless', memoryMegabytes, maximumConcurrency: 1 };
}
