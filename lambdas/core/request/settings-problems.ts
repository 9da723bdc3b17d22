// What a request asks for that the platform does not allow, or that does not fit together.
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { trustEnvironment } from '../archive/trust.ts';
import { lastingStrategyProblems } from '../guardrails/strategy-problems.ts';
import { hostingTypeOf } from '../hosting/hosting-types.ts';
import { mostInstances } from '../hosting/instance-limits.ts';
import { isServerless } from '../hosting/is-serverless.ts';
import { problem } from '../problems/problems.ts';
import { asyncProblems } from './async-problems.ts';
import type { CheckedRequest } from './check-request.ts';
import { environmentProblems } from './environment-problems.ts';
import { networkProblems } from './network-problems.ts';
import { serverlessProblems } from './serverless-problems.ts';
import { placedInVariant, requestOfVariant, type VariantRequest, variantSetProblems } from './variant-requests.ts';
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
  ...(request.variants === undefined
    ? problemsOfOne(request, settings, platform)
    : [...variantSetProblems(request), ...problemsOfEach(request, request.variants, settings, platform)]),
  ...verificationProblems(request, platform),
  ...(isServerless(settings) ? [] : candidateProblems(request)),
  ...networkProblems(request, settings, platform, hostingsOf(settings)),
  ...asyncProblems(request, settings),
  ...serverlessProblems(request, settings),
  ...(isServerless(settings)
    ? []
    : lastingStrategyProblems({
        ...settings,
        instanceTypes: [...new Set(hostingsOf(settings).flatMap(instanceTypesOf))],
      })),
  ...tagProblems(settings.tags),
];

const hostingsOf = ({ variants, hosting }: ResolvedSettings) =>
  variants === undefined ? [hosting] : variants.map((variant) => variant.hosting);

type OfVariant = Pick<ResolvedSettings, 'hosting' | 'scaling' | 'environment'>;

/** Of the only variant, or of one of several: `request` is what is wanted of this one. */
const problemsOfOne = (request: CheckedRequest, settings: OfVariant, platform: PlatformSettings): Problem[] => [
  ...trustProblems(request, platform),
  ...ignoreProblems(request),
  ...hostingProblems(request, settings, platform),
  ...environmentProblems(settings.environment, trustEnvironment(request.trust)),
];

/** What is wrong with a setting that is said of all is told once. */
function problemsOfEach(
  request: CheckedRequest,
  variants: readonly VariantRequest[],
  settings: ResolvedSettings,
  platform: PlatformSettings,
): Problem[] {
  const problems = new Map<string, Problem>();
  for (const [index, variant] of variants.entries()) {
    const own = requestOfVariant(request, variant);
    for (const each of problemsOfOne(own, settings.variants?.[index] ?? settings, platform)) {
      const found = placedInVariant(each, variant, index);
      problems.set(`${found.where} ${found.message}`, found);
    }
  }
  return [...problems.values(), ...sumProblems(settings, platform), ...severalProblems(settings)];
}

/** The platform's maximum is of an endpoint. */
function sumProblems({ variants = [] }: ResolvedSettings, { maximumInstances }: PlatformSettings): Problem[] {
  const counts = variants.map(({ hosting, scaling }) => {
    const instances = hostingTypeOf(hosting.type).instances(hosting);
    const count = instances?.count ?? 0;
    const most = scaling === null || instances === null ? 0 : mostInstances(scaling);
    return { count, maximum: Math.max(count, most) };
  });
  const sum = (of: (each: (typeof counts)[number]) => number) => counts.reduce((all, each) => all + of(each), 0);
  const limit = `The platform allows at most ${maximumInstances} instances for an endpoint`;
  const [instances, scaled] = [sum(({ count }) => count), sum(({ maximum }) => maximum)];
  // What one variant alone exceeds is told of that one.
  if (counts.some(({ maximum }) => maximum > maximumInstances)) return [];
  if (instances > maximumInstances)
    return [problem('variants', `Found ${instances} instances in all. ${limit}: give the variants fewer.`)];
  if (scaled > maximumInstances)
    return [
      problem(
        'variants',
        `Scaling allows ${scaled} instances in all. ${limit}: lower scaling.maximum of the variants.`,
      ),
    ];
  return [];
}

/** https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html#serverless-endpoints-how-it-works-exclusions */
function severalProblems({ variants = [] }: ResolvedSettings): Problem[] {
  const types = [...new Set(variants.map(({ hosting }) => hosting.type))];
  if (variants.length < 2 || types.every((type) => type === 'realtime')) return [];
  const message = `Several variants are hosted as "realtime", all of them. Found ${types.join(', ')}.`;
  return [problem('variants', message)];
}

function hostingProblems(
  { hosting, scaling }: CheckedRequest,
  settings: OfVariant,
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

function trustProblems({ trust }: CheckedRequest, { allowTrust }: PlatformSettings): Problem[] {
  if (trust === undefined || allowTrust) return [];
  return [problem('trust', 'This platform allows no artifact to run code of its own. Leave it out.')];
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
