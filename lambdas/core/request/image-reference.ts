// The name of a container image: which repository, and which image in it.

export interface ImageReference {
  repositoryName: string;
  reference: { tag: string } | { digest: string };
}

/** Where this stack may take images from. */
export interface Registry {
  accountId: string;
  region: string;
  allowedRepositories: readonly string[];
}

// Names as ECR allows them: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
const image =
  /^(?:(?<host>[^/]+\.[^/]+)\/)?(?<repository>[a-z0-9]+(?:[._/-][a-z0-9]+)*)(?::(?<tag>[\w][\w.-]{0,127})|@(?<digest>sha256:[0-9a-f]{64}))$/;

/** An image of an allowed repository, or why not. The registry's host may be left out. */
export function parseImage(text: string, registry: Registry): ImageReference | { problem: string } {
  const { host, repository, tag, digest } = image.exec(text)?.groups ?? {};
  const home = registryHost(registry);
  if (repository === undefined) {
    return {
      problem: `Found "${text.slice(0, 120)}". Allowed: ${home}/<repository>:<tag>, or @sha256:<digest> in place of the tag.`,
    };
  }
  if (host !== undefined && host !== home) {
    return {
      problem: `Images of ${host.slice(0, 120)} are not accepted: SageMaker pulls from the account and region that it runs in. Push the image to ${home}.`,
    };
  }
  if (!registry.allowedRepositories.includes(repository)) {
    const allowed = registry.allowedRepositories.join(', ') || 'none';
    return {
      problem: `The repository ${repository.slice(0, 120)} is not allowed by the platform. Allowed: ${allowed}.`,
    };
  }
  return { repositoryName: repository, reference: tag === undefined ? { digest: digest! } : { tag } };
}

export function imageUri(registry: Registry, repositoryName: string, digest: string): string {
  return `${registryHost(registry)}/${repositoryName}@${digest}`;
}

// https://docs.aws.amazon.com/general/latest/gr/ecr.html
function registryHost({ accountId, region }: Registry): string {
  return `${accountId}.dkr.ecr.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}
