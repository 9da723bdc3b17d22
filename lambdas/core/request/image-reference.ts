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
  if (host !== undefined && host !== home) return { problem: otherRegistry(host, repository, registry, home) };
  if (!registry.allowedRepositories.includes(repository)) {
    const allowed = registry.allowedRepositories.join(', ') || 'none';
    return {
      problem: `The repository ${repository.slice(0, 120)} is not allowed by the platform. Allowed: ${allowed}.`,
    };
  }
  return { repositoryName: repository, reference: tag === undefined ? { digest: digest! } : { tag } };
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
const ecrHost = /^\d{12}\.dkr\.ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/** Why not from there. What this deployer cannot do is not put on SageMaker, which does host AWS's prebuilt images. */
function otherRegistry(host: string, repository: string, { region }: Registry, home: string): string {
  const named = host.slice(0, 120);
  const copy = `Push a copy to ${home}, into a repository that the platform allows, and name that.`;
  const ecrRegion = ecrHost.exec(host)?.groups?.region;
  if (ecrRegion === undefined)
    // https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-containers-inference-private.html
    return `${named} is no private registry of Amazon ECR. SageMaker pulls from others through a VPC only, which is not supported yet. ${copy}`;
  if (ecrRegion !== region)
    return `${named} is in ${ecrRegion}, and SageMaker hosts images of its own region, ${region}. ${copy}`;
  return `The registry of another account, ${named}, is not supported yet, AWS's prebuilt images included. SageMaker could host ${repository.slice(0, 80)}, but this deployer rolls out what it has pinned to its digest and checked, and may read the registry of its own account only. ${copy}`;
}

export function imageUri(registry: Registry, repositoryName: string, digest: string): string {
  return `${registryHost(registry)}/${repositoryName}@${digest}`;
}

// https://docs.aws.amazon.com/general/latest/gr/ecr.html
function registryHost({ accountId, region }: Registry): string {
  return `${accountId}.dkr.ecr.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}
