// Pins the image to its digest, if SageMaker can host it.
import type { Problem } from '../../../../state-machine/contract/problem.ts';
import type { ResolvedHosting, ResolvedImage } from '../../../../state-machine/contract/resolved-request.ts';
import { hostingTypeOf } from '../../../core/hosting/hosting-types.ts';
import type { Processor } from '../../../core/hosting/processor.ts';
import { problem } from '../../../core/problems/problems.ts';
import { imageProblems } from '../../../core/request/image-problems.ts';
import { imageUri, parseImage } from '../../../core/request/image-reference.ts';
import type { Kept } from '../../../core/request/keep-settings.ts';
import { ofKept } from '../../../core/request/kept-problems.ts';
import type { ResolvedMerge } from '../../../core/request/resolve-settings.ts';
import type { StackEnvironment } from '../../../core/request/stack-environment.ts';
import type { Images } from '../../../ports/images.ts';

interface Found {
  image: ResolvedImage | null;
  problems: Problem[];
}

/** Of a request that keeps settings; `source`: whose they are. */
export async function resolveImage(
  images: Images,
  stack: StackEnvironment,
  { wanted, kept, settings: { hosting } }: ResolvedMerge,
  source: Kept | null,
): Promise<Found> {
  const { image, problems } = await pinnedImage(
    images,
    stack,
    wanted.image,
    hostingTypeOf(hosting.type).processor(hosting),
  );
  if (source === null || !kept.includes('image')) return { image, problems };
  return { image, problems: problems.map((each) => ofKept(each, 'image', source)) };
}

/** Of one variant where they are named; `asked`: as it is wanted of it. */
export const variantImage = (
  images: Images,
  stack: StackEnvironment,
  asked: string | undefined,
  hosting: ResolvedHosting,
): Promise<Found> => pinnedImage(images, stack, asked, hostingTypeOf(hosting.type).processor(hosting));

/** `asked`: the request's image; undefined for the platform's serving image, which is always allowed. */
async function pinnedImage(
  images: Images,
  { accountId, region, settings }: StackEnvironment,
  asked: string | undefined,
  processor: Processor,
): Promise<Found> {
  const { repositoryName: ownRepository, tag: ownTag } = settings.servingImage;
  const registry = { accountId, region, allowedRepositories: settings.allowedRepositories };
  const parsed =
    asked === undefined
      ? { repositoryName: ownRepository, reference: { tag: ownTag } }
      : parseImage(asked, {
          ...registry,
          allowedRepositories: [...new Set([ownRepository, ...settings.allowedRepositories])],
        });
  if ('problem' in parsed) return wrong([parsed.problem]);

  const { repositoryName, reference } = parsed;
  const found = await images.describe(repositoryName, reference);
  const name = 'tag' in reference ? `${repositoryName}:${reference.tag}` : `${repositoryName}@${reference.digest}`;
  if (found === null) {
    const remedy =
      repositoryName === ownRepository ? 'Publish the serving image: npm run image:publish' : 'Push it first.';
    return wrong([`There is no image ${name} yet. ${remedy}`]);
  }
  const problems = imageProblems(found, processor);
  if (problems.length > 0) return wrong(problems.map((text) => `${name}: ${text}`));
  const uri = imageUri(registry, repositoryName, found.digest);
  return { image: { uri, digest: found.digest, repositoryName }, problems: [] };
}

const wrong = (messages: string[]) => ({ image: null, problems: messages.map((text) => problem('image', text)) });
