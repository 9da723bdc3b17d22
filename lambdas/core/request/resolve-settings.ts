// Fills a request's gaps with the platform's defaults, and holds it to the platform's limits.
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { ResolvedRequest, TargetTracking } from '../../../state-machine/contract/resolved-request.ts';
import { trustEnvironment } from '../archive/trust.ts';
import { lastingStrategyProblems } from '../guardrails/strategy-problems.ts';
import { problem } from '../problems/problems.ts';
import type { CheckedRequest } from './check-request.ts';
import { environmentProblems } from './environment-problems.ts';
import { notSupportedYet } from './not-supported-yet.ts';
import { resolveStrategy } from './resolve-strategy.ts';

/** All of a resolved request that is decided without a look at the world. */
export type ResolvedSettings = Omit<
  ResolvedRequest,
  'contractVersion' | 'endpointName' | 'image' | 'goldenCases' | 'trust'
>;

// SageMaker takes 50 tags for each resource; the rest of them is ours:
// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html
const MAXIMUM_TAGS = 45;
const OUR_TAGS = 'sagemaker-deployer:';

/** `captureS3Uri`: where captured requests and responses go. */
export function resolveSettings(
  request: CheckedRequest,
  platform: PlatformSettings,
  captureS3Uri: string,
): { settings: ResolvedSettings; problems: Problem[] } {
  const hosting = resolveHosting(request, platform);
  const scaling = resolveScaling(request, platform, hosting.instanceCount);
  const environment = request.environment ?? {};
  const tags = request.tags ?? {};
  const { canaryInvocations, dataCapture } = request;
  const maximumP99Milliseconds = canaryInvocations?.maximumP99Milliseconds ?? 5000;
  const update = resolveStrategy(request, maximumP99Milliseconds);
  return {
    settings: {
      environment,
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
      ...update,
      tags,
    },
    problems: [
      ...notSupportedYet(request, platform.allowTrust),
      ...instanceProblems(request, hosting, scaling, platform),
      ...verificationProblems(request, platform),
      ...candidateProblems(request),
      ...lastingStrategyProblems({ ...update, instanceType: hosting.instanceType }),
      ...environmentProblems(environment, trustEnvironment(request.trust)),
      ...tagProblems(tags),
    ],
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

function instanceProblems(
  request: CheckedRequest,
  { instanceType, instanceCount }: ResolvedSettings['hosting'],
  scaling: TargetTracking | null,
  { allowedInstanceTypes, maximumInstances }: PlatformSettings,
): Problem[] {
  const problems: Problem[] = [];
  if (!allowedInstanceTypes.includes(instanceType)) {
    const allowed = allowedInstanceTypes.join(', ') || 'none';
    problems.push(problem('hosting.instanceType', `The platform does not allow ${instanceType}. Allowed: ${allowed}.`));
  }
  const asked = typeof request.scaling === 'object' ? request.scaling : {};
  const counts = {
    'hosting.instanceCount': instanceCount,
    'scaling.minimum': asked.minimum,
    'scaling.maximum': asked.maximum,
  };
  for (const [where, count] of Object.entries(counts)) {
    if (count !== undefined && count > maximumInstances) {
      const limit = `The platform allows at most ${maximumInstances} instances for an endpoint.`;
      problems.push(problem(where, `Found ${count}. ${limit}`));
    }
  }
  if (scaling === null) return problems;
  const { minimum, maximum } = scaling;
  if (minimum > maximum) {
    problems.push(problem('scaling.minimum', `Found ${minimum}, which is more than scaling.maximum, ${maximum}.`));
  }
  if (instanceCount > maximum) {
    problems.push(
      problem('hosting.instanceCount', `Found ${instanceCount}, which is more than scaling.maximum, ${maximum}.`),
    );
  }
  return problems;
}

function verificationProblems({ verification }: CheckedRequest, { requireCandidate }: PlatformSettings): Problem[] {
  if (verification !== 'live' || !requireCandidate) return [];
  return [problem('verification', 'This platform verifies every update on a candidate first. Leave it out.')];
}

const DEFAULT_MEMORY_MEGABYTES = 2048;

/** One request at a time is sent to it. */
function resolveCandidate({ candidate }: CheckedRequest): ResolvedSettings['serverlessCandidate'] {
  if (candidate?.type !== 'serverless') return null;
  const memoryMegabytes = candidate.memoryMegabytes ?? DEFAULT_MEMORY_MEGABYTES;
  return { type: 'serverless', memoryMegabytes, maximumConcurrency: 1 };
}

function candidateProblems({ candidate, verification, network }: CheckedRequest): Problem[] {
  if (candidate === undefined) return [];
  if (verification === 'live')
    return [problem('candidate', 'With verification "live" there is none. Leave one of them out.')];
  // https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html#serverless-endpoints-how-it-works-exclusions
  if (candidate.type === 'serverless' && network?.isolation !== false)
    return [
      problem(
        'candidate.type',
        'SageMaker has no network isolation for serverless endpoints. Set network.isolation to false, or use "instance".',
      ),
    ];
  return [];
}

function tagProblems(tags: Record<string, string>): Problem[] {
  const count = Object.keys(tags).length;
  const ours = Object.keys(tags).filter((key) => key.startsWith(OUR_TAGS));
  return [
    ...(count > MAXIMUM_TAGS ? [problem('tags', `Found ${count} tags. Allowed: at most ${MAXIMUM_TAGS}.`)] : []),
    ...ours.map((key) => problem(`tags.${key}`, `Tags that begin with ${OUR_TAGS} are set by this system alone.`)),
  ];
}
