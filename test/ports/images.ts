// A registry in memory. Being asked for a repository that it was not given fails the test.
import type { Images } from '../../lambdas/ports/images.ts';

type Description = NonNullable<Awaited<ReturnType<Images['describe']>>>;

/** `repository` -> `tag` or `sha256:...` -> image. */
export function inMemoryImages(repositories: Record<string, Record<string, Description>>): Images {
  return {
    describe: async (repositoryName, reference) => {
      const images = repositories[repositoryName];
      if (images === undefined) throw new Error(`Unexpected repository: ${repositoryName}`);
      return images['tag' in reference ? reference.tag : reference.digest] ?? null;
    },
  };
}
