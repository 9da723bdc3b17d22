// What ECR holds under a tag: digest, media type and architecture.
import { BatchGetImageCommand, type ECRClient, GetDownloadUrlForLayerCommand } from '@aws-sdk/client-ecr';

export interface PublishedImage {
  digest: string;
  mediaType: string;
  architecture: string | null;
}

/** ECR would translate into what is accepted, so everything is. */
const acceptedMediaTypes = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
];

/** Null when the tag is not there. `download` gets the JSON behind a URL that ECR signed. */
export async function describeImage(
  client: ECRClient,
  repositoryName: string,
  imageTag: string,
  download: (url: string) => Promise<unknown> = downloadJson,
): Promise<PublishedImage | null> {
  const { images = [] } = await client.send(
    new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag }], acceptedMediaTypes }),
  );
  const image = images[0];
  if (!image?.imageId?.imageDigest) return null;
  const manifest = JSON.parse(image.imageManifest ?? '{}') as {
    mediaType?: string;
    config?: { digest?: string };
    layers?: unknown[];
  };
  return {
    digest: image.imageId.imageDigest,
    mediaType: image.imageManifestMediaType ?? manifest.mediaType ?? 'unknown',
    architecture: manifest.config?.digest
      ? await architecture(client, repositoryName, manifest.config.digest, download)
      : null,
  };
}

async function architecture(
  client: ECRClient,
  repositoryName: string,
  layerDigest: string,
  download: (url: string) => Promise<unknown>,
): Promise<string | null> {
  const { downloadUrl } = await client.send(new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest }));
  return ((await download(downloadUrl!)) as { architecture?: string }).architecture ?? null;
}

async function downloadJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return await response.json();
  } catch (error) {
    throw new Error(`The image is there, and its configuration is not readable: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}
