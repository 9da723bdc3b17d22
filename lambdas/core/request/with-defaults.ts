// Fills a request's gaps with the platform's defaults.
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { ResolvedRequest, ResolvedVariant, Vpc } from '../../../state-machine/contract/resolved-request.ts';
import { DEFAULT_HOSTING, hostingKindOf, hostingTypeOf } from '../hosting/hosting-types.ts';
import { isServerless } from '../hosting/is-serverless.ts';
import type { CheckedRequest } from './check-request.ts';
import { resolveStrategy } from './resolve-strategy.ts';
import { requestOfVariant } from './variant-requests.ts';

/** What has to be looked up, or is said of one model. */
type LookedUp = 'image' | 'goldenCases' | 'trust';
export type VariantSettings = Omit<ResolvedVariant, LookedUp>;

/** All of a resolved request that is decided without a look at the world. */
export type ResolvedSettings = Omit<ResolvedRequest, 'contractVersion' | 'endpointName' | 'variants' | LookedUp> & {
  variants?: VariantSettings[];
};

/** A resolved request's settings, with what was looked up of each variant, by its name. */
export function withLookedUp(
  { variants, ...settings }: ResolvedSettings,
  lookedUp: ReadonlyMap<string, Pick<ResolvedVariant, LookedUp>>,
): Omit<ResolvedRequest, 'contractVersion' | 'endpointName' | LookedUp> {
  const found = variants?.flatMap((variant): ResolvedVariant[] => {
    const of = lookedUp.get(variant.name);
    return of === undefined ? [] : [{ ...variant, image: of.image, goldenCases: of.goldenCases, trust: of.trust }];
  });
  return { ...settings, ...(found !== undefined && { variants: found }) };
}

export const DEFAULT_THRESHOLDS = { requests: 20, maximumErrorPercent: 0, maximumP99Milliseconds: 5000 };

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
  const { canaryInvocations, dataCapture, network, encryption, variants } = request;
  const maximumP99Milliseconds = canaryInvocations?.maximumP99Milliseconds ?? DEFAULT_THRESHOLDS.maximumP99Milliseconds;
  // The maximum is of the endpoint: what scaling may do by default, all variants may do at once.
  const share = Math.max(1, Math.floor(platform.maximumInstances / (variants?.length ?? 1)));
  const ofVariants = variants?.map((variant): VariantSettings => {
    const shared = { ...platform, maximumInstances: share };
    const own = withDefaults(requestOfVariant(request, variant), shared, captureS3Uri);
    const { environment, hosting, scaling } = own;
    return { name: variant.name, weight: variant.weight ?? 1, environment, hosting, scaling };
  });
  return {
    ...(ofVariants !== undefined && { variants: ofVariants }),
    environment: request.environment ?? {},
    hosting,
    scaling,
    canaryInvocations: {
      requests: canaryInvocations?.requests ?? DEFAULT_THRESHOLDS.requests,
      maximumErrorPercent: canaryInvocations?.maximumErrorPercent ?? DEFAULT_THRESHOLDS.maximumErrorPercent,
      maximumP99Milliseconds,
    },
    // SageMaker has none for serverless endpoints.
    networkIsolation: network?.isolation ?? !isServerless({ hosting, variants: ofVariants }),
    ...(network?.vpc !== undefined && { vpc: inOrder(network.vpc) }),
    ...(encryption?.volumeKmsKeyArn !== undefined && { volumeKmsKeyArn: encryption.volumeKmsKeyArn }),
    ...(encryption?.answersKmsKeyArn !== undefined && { answersKmsKeyArn: encryption.answersKmsKeyArn }),
    dataCapture:
      dataCapture === undefined
        ? null
        : {
            samplingPercent: dataCapture.samplingPercent,
            capture: dataCapture.capture ?? ['input', 'output'],
            destinationS3Uri: captureS3Uri,
            ...(encryption?.captureKmsKeyArn !== undefined && { kmsKeyArn: encryption.captureKmsKeyArn }),
          },
    verification: request.verification ?? 'candidate',
    serverlessCandidate: resolveCandidate(request),
    ...resolveStrategy(request, maximumP99Milliseconds, hostingKindOf({ hosting, variants: ofVariants }) === 'async'),
    tags: request.tags ?? {},
  };
}

/** The same network is the same content, however it was written. */
const inOrder = ({ subnetIds, securityGroupIds }: Vpc): Vpc => ({
  subnetIds: [...new Set(subnetIds)].sort(),
  securityGroupIds: [...new Set(securityGroupIds)].sort(),
});

const DEFAULT_MEMORY_MEGABYTES = 2048;

/** One request at a time is sent to it. */
function resolveCandidate({ candidate }: CheckedRequest): ResolvedSettings['serverlessCandidate'] {
  if (candidate?.type !== 'serverless') return null;
  const memoryMegabytes = candidate.memoryMegabytes ?? DEFAULT_MEMORY_MEGABYTES;
  return { type: 'serverless', memoryMegabytes, maximumConcurrency: 1 };
}
