// A request for an endpoint that was adopted: what it leaves out keeps the value that the live configuration has, for there is no
// release that could say it.
import type { KeptSettings } from '../../../state-machine/contract/kept-settings.ts';
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { ResolvedRequest } from '../../../state-machine/contract/resolved-request.ts';
import { hostingTypeOf } from '../hosting/hosting-types.ts';
import { captureS3Uri } from '../naming/object-keys.ts';
import { problem } from '../problems/problems.ts';
import { resolveSettings } from './resolve-settings.ts';
import { settingsOf } from './settings-of.ts';
import type { StackEnvironment } from './stack-environment.ts';
import { withLookedUp } from './with-defaults.ts';

export interface LiveMerge {
  request: ResolvedRequest;
  /** What there is before it; of what no configuration tells, a strategy for example, what is wanted. */
  set: KeptSettings | null;
  problems: Problem[];
}

/** `wanted`: as it was resolved before anybody looked at the endpoint; a rollback needs nothing of it. */
export function mergedWithLive(
  wanted: ResolvedRequest,
  live: KeptSettings,
  { bucketName, settings: platform }: Pick<StackEnvironment, 'bucketName' | 'settings'>,
): LiveMerge {
  if (wanted.merged === undefined) return { request: wanted, set: null, problems: [] };
  const { asked } = wanted.merged;
  const { image: _, ...kept } = live;
  const source = { settings: kept, from: 'the endpoint as it is' };
  const capture = captureS3Uri(bucketName, wanted.endpointName);
  const { wanted: merged, settings, problems } = resolveSettings(asked, source, platform, capture);
  const lookedUp = new Map(wanted.variants?.map((variant) => [variant.name, variant]));
  const request = { ...wanted, ...withLookedUp(settings, lookedUp), settings: settingsOf(merged, settings) };
  const isAsked = asked.image !== undefined || asked.reset === 'all' || (asked.reset ?? []).includes('image');
  const set = setOver(request.settings, live, platform);
  return {
    request,
    set,
    problems: [
      ...problems,
      ...(set.image === undefined || isAsked ? [] : unnamedImage(set.image)),
      ...processorProblems(wanted, request),
    ],
  };
}

/** What is set now: by the live configuration, and what no configuration tells by `others`. The stack's own image is no setting. */
export function setOver(others: KeptSettings, live: KeptSettings, { servingImage }: PlatformSettings): KeptSettings {
  const { image, ...told } = live;
  const { image: _, dataCapture: __, ...untold } = others;
  const isForeign = image !== undefined && repositoryOf(image) !== servingImage.repositoryName;
  return { ...untold, environment: {}, tags: {}, ...told, ...(isForeign && { image }) };
}

/** Nobody has named it to this stack, so that it was not looked up; and the stack's own is another container. */
function unnamedImage(image: string): Problem[] {
  const message = `The endpoint serves with ${image}. Name it in the request to keep it, or send "reset": ["image"] for the stack's own image.`;
  return [problem('image', message)];
}

const repositoryOf = (image: string): string => image.replace(/^[^/]*\.[^/]*\//, '').replace(/[:@].*$/, '');

/** The image was checked for what the request said alone. */
function processorProblems(wanted: ResolvedRequest, merged: ResolvedRequest): Problem[] {
  const processors = ({ hosting, variants }: ResolvedRequest) =>
    (variants ?? [{ hosting }]).map((each) => hostingTypeOf(each.hosting.type).processor(each.hosting));
  const checked = processors(wanted);
  for (const [index, live] of processors(merged).entries()) {
    const before = checked[index]?.architecture ?? live.architecture;
    if (before === live.architecture) continue;
    const message = `The endpoint runs on ${live.name}, which is ${live.architecture}, and the image was checked for ${before}. Name the instance type in the request, with an image for it.`;
    return [problem('hosting.instanceType', message)];
  }
  return [];
}
