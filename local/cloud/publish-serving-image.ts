// Registers the serving image in the local ECR, as `npm run image:publish` does in AWS.
import { createHash } from 'node:crypto';
import { DescribeImagesCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import type { CloudEnvironment } from './cloud-environment.ts';

const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

/**
 * Puts the image of every stack that has one (outputs RepositoryUri and ServingImageTag), unless it is there.
 *
 * @returns the digests, `sha256:...`
 */
export async function publishServingImage(
  env: CloudEnvironment,
  outputs: Record<string, Record<string, string>>,
): Promise<string[]> {
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY };
  const ecr = new ECRClient({ endpoint: env.AWS_ENDPOINT_URL, region: env.AWS_REGION, credentials });
  const digests: string[] = [];
  for (const { RepositoryUri, ServingImageTag } of Object.values(outputs)) {
    if (!RepositoryUri || !ServingImageTag) continue;
    digests.push(await putImage(ecr, RepositoryUri.slice(RepositoryUri.indexOf('/') + 1), ServingImageTag));
  }
  ecr.destroy();
  return digests;
}

/**
 * A Docker schema 2 manifest for linux/amd64. There are no layers: nothing pulls from the local ECR, fleets run the
 * serving image's own code. The digest is a real one, of this manifest.
 */
async function putImage(ecr: ECRClient, repositoryName: string, imageTag: string): Promise<string> {
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } });
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: DOCKER_MANIFEST,
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      size: Buffer.byteLength(config),
      digest: `sha256:${createHash('sha256').update(config).digest('hex')}`,
    },
    layers: [],
  });
  const existing = await ecr.send(new DescribeImagesCommand({ repositoryName, filter: { tagStatus: 'TAGGED' } }));
  const tagged = existing.imageDetails?.find(({ imageTags }) => imageTags?.includes(imageTag));
  if (tagged) return tagged.imageDigest!;
  const put = new PutImageCommand({ repositoryName, imageTag, imageManifest, imageManifestMediaType: DOCKER_MANIFEST });
  const { image } = await ecr.send(put);
  return image!.imageId!.imageDigest!;
}
