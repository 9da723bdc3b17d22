// Whether SageMaker can host an image.
import type { Processor } from '../hosting/processor.ts';
import type { ImageDescription } from './image-description.ts';

const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const lists = new Set([
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.index.v1+json',
]);
const BUILD = 'docker buildx build --provenance=false --sbom=false --output type=docker --platform linux/';

/**
 * What is wrong with the image, in whole sentences. SageMaker takes Docker schema 2 manifests only ("Unsupported manifest
 * media type"). An unknown architecture passes: only a registry without layers leaves it unknown, see `aws/ecr-images.ts`.
 */
export function imageProblems(image: ImageDescription, processor: Processor): string[] {
  const wanted = processor.architecture;
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
    problems.push(`It is built for ${image.architecture}, but ${processor.name} runs ${wanted}: ${BUILD}${wanted} ...`);
  }
  const { maximumImageBytes: limit = Number.POSITIVE_INFINITY } = processor;
  // Unpacked it is larger: what is too large compressed is so in any case.
  if (image.layerBytes !== undefined && image.layerBytes > limit) {
    problems.push(
      `It has ${image.layerBytes} bytes, compressed, and ${processor.name} takes at most ${limit}. Make it smaller, or use hosting.type "realtime".`,
    );
  }
  return problems;
}
