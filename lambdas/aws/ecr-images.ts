// Images in ECR: the manifest tells digest and media type, the configuration that it names the architecture.
import { BatchGetImageCommand, type ECRClient, GetDownloadUrlForLayerCommand } from '@aws-sdk/client-ecr';
import { RolloutError } from '../core/rollout-error.ts';
import type { Images } from '../ports/images.ts';
import { toRolloutError } from './sdk-error.ts';

/** All that a repository may hold: what is not accepted by name is translated, and would seem to be something else. */
const MEDIA_TYPES = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
];

interface Manifest {
  mediaType?: string;
  /** Absent in lists of images. */
  config?: { digest?: string };
  layers?: { size?: number }[];
}

/** `download` gets the text behind a URL that ECR signed. */
export function ecrImages(client: ECRClient, download: (url: string) => Promise<string> = downloadText): Images {
  /**
   * An image without layers holds nothing that could run, and nothing to ask for: only the local cloud has such, whose
   * registry keeps no blobs. Every other image has its configuration: PutImage refuses manifests whose layers are missing,
   * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html
   */
  async function architecture(repositoryName: string, { config, layers = [] }: Manifest): Promise<string | null> {
    if (config?.digest === undefined || layers.length === 0) return null;
    const command = new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest: config.digest });
    const { downloadUrl } = await client.send(command);
    const configuration = JSON.parse(await download(downloadUrl!)) as { architecture?: string };
    return configuration.architecture ?? null;
  }

  return {
    async describe(repositoryName, reference) {
      const imageId = 'tag' in reference ? { imageTag: reference.tag } : { imageDigest: reference.digest };
      try {
        const { images = [] } = await client.send(
          new BatchGetImageCommand({ repositoryName, imageIds: [imageId], acceptedMediaTypes: MEDIA_TYPES }),
        );
        const image = images[0];
        if (image?.imageId?.imageDigest === undefined) return null;
        const manifest = JSON.parse(image.imageManifest ?? '{}') as Manifest;
        return {
          digest: image.imageId.imageDigest,
          mediaType: image.imageManifestMediaType ?? manifest.mediaType ?? 'unknown',
          architecture: await architecture(repositoryName, manifest),
          ...bytesOf(manifest),
        };
      } catch (error) {
        if ((error as Error).name === 'RepositoryNotFoundException') return null;
        throw toRolloutError(error);
      }
    },
  };
}

/** https://docs.docker.com/reference/api/registry: each layer of a schema 2 manifest has its size. */
function bytesOf({ layers = [] }: Manifest): { layerBytes?: number } {
  const sizes = layers.map(({ size }) => size);
  if (sizes.length === 0 || !sizes.every((size) => typeof size === 'number')) return {};
  return { layerBytes: sizes.reduce((sum, size) => sum + size, 0) };
}

async function downloadText(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return await response.text();
  } catch (error) {
    const why = (error as Error).message;
    throw new RolloutError('ServiceUnavailable', `The image's configuration was not readable: ${why}`, {
      cause: error,
    });
  }
}
