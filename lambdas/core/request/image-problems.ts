// Whether SageMaker can host an image on an instance type.
import type { ImageDescription } from './image-description.ts';

const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const lists = new Set([
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.index.v1+json',
]);
const BUILD = 'docker buildx build --provenance=false --sbom=false --output type=docker --platform linux/';

/**
 * Graviton families carry a `g` right after their generation, as in m6g, c7gd, r8g, g5g:
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */
export function architectureOf(instanceType: string): 'amd64' | 'arm64' {
  return /^ml\.[a-z]+(-[a-z]+)?\d+g[a-z]*\./.test(instanceType) ? 'arm64' : 'amd64';
}

/**
 * What is wrong with the image, in whole sentences. SageMaker takes Docker schema 2 manifests only ("Unsupported manifest
 * media type"). An unknown architecture passes: only a registry without layers leaves it unknown, see `aws/ecr-images.ts`.
 */
export function imageProblems(image: ImageDescription, instanceType: string): string[] {
  const wanted = architectureOf(instanceType);
  if (lists.has(image.mediaType)) {
    return [`It is a list of images for several platforms. SageMaker takes a single one: ${BUILD}${wanted} ...`];
  }
  const problems: string[] = [];
  if (image.mediaType !== DOCKER_MANIFEST) {
    problems.push(
      `Its manifest is ${image.mediaType}; SageMaker takes Docker schema 2 (${DOCKER_MANIFEST}) only. Build it with: ${BUILD}${wanted} ...`,
    );
  }
  if (image.architecture !== null && image.architecture !== wanted) {
    problems.push(`It is built for ${image.architecture}, but ${instanceType} runs ${wanted}: ${BUILD}${wanted} ...`);
  }
  return problems;
}
