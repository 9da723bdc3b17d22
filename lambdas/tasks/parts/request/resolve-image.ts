// Pins the image to its digest, if SageMaker can host it.
import type { Problem } from '../../../../state-machine/contract/problem.ts';
import type { ResolvedImage } from '../../../../state-machine/contract/resolved-request.ts';
import type { Processor } from '../../../core/hosting/processor.ts';
import { problem } from '../../../core/problems/problems.ts';
import { imageProblems } from '../../../core/request/image-problems.ts';
import { imageUri, parseImage } from '../../../core/request/image-reference.ts';
import type { StackEnvironment } from '../../../core/request/stack-environment.ts';
import type { Images } from '../../../ports/images.ts';

/** `asked`: the request's image; undefined for the platform's serving image, which is always allowed. */
export async function resolveImage(
  images: Images,
  { accountId, region, settings }: StackEnvironment,
  asked: string | undefined,
  processor: Processor,
): Promise<{ image: ResolvedImage | null; problems: Problem[] }> {
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
