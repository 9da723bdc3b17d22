// What a request asks for that the platform does not allow, or that does not fit together.
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { trustEnvironment } from '../archive/trust.ts';
import { lastingStrategyProblems } from '../guardrails/strategy-problems.ts';
import { hostingTypeOf } from '../hosting/hosting-types.ts';
import { problem } from '../problems/problems.ts';
import type { CheckedRequest } from './check-request.ts';
import { environmentProblems } from './environment-problems.ts';
import { notSupportedYet } from './not-supported-yet.ts';
import type { ResolvedSettings } from './with-defaults.ts';

// SageMaker takes 50 tags for each resource; the rest of them is ours:
// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html
const MAXIMUM_TAGS = 45;
const OUR_TAGS = 'sagemaker-deployer:';

/** `settings`: the request with every default. */
export const settingsProblems = (
  request: CheckedRequest,
  settings: ResolvedSettings,
  platform: PlatformSettings,
): Problem[] => [
  ...notSupportedYet(request, platform.allowTrust),
  ...ignoreProblems(request),
  ...hostingProblems(request, settings, platform),
  ...verificationProblems(request, platform),
  ...candidateProblems(request),
  ...lastingStrategyProblems({ ...settings, instanceTypes: instanceTypesOf(settings.hosting) }),
  ...environmentProblems(settings.environment, trustEnvironment(request.trust)),
  ...tagProblems(settings.tags),
];

function hostingProblems(
  { hosting, scaling }: CheckedRequest,
  settings: ResolvedSettings,
  platform: PlatformSettings,
): Problem[] {
  return hostingTypeOf(settings.hosting.type).problems({ hosting, scaling }, settings, platform);
}

function instanceTypesOf(hosting: ResolvedSettings['hosting']): string[] {
  const instances = hostingTypeOf(hosting.type).instances(hosting);
  return instances === null ? [] : [instances.type];
}

function verificationProblems({ verification }: CheckedRequest, { requireCandidate }: PlatformSettings): Problem[] {
  if (verification !== 'live' || !requireCandidate) return [];
  return [problem('verification', 'This platform verifies every update on a candidate first. Leave it out.')];
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

function ignoreProblems({ ignore, model }: CheckedRequest): Problem[] {
  if (ignore === undefined || model !== undefined) return [];
  return [problem('ignore', 'It is said of the archive that the request names as model, and this one names none.')];
}

function tagProblems(tags: Record<string, string>): Problem[] {
  const count = Object.keys(tags).length;
  const ours = Object.keys(tags).filter((key) => key.startsWith(OUR_TAGS));
  return [
    ...(count > MAXIMUM_TAGS ? [problem('tags', `Found ${count} tags. Allowed: at most ${MAXIMUM_TAGS}.`)] : []),
    ...ours.map((key) => problem(`tags.${key}`, `Tags that begin with ${OUR_TAGS} are set by this system alone.`)),
  ];
}
