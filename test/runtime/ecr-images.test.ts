import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ecrImages } from '../../lambdas/aws/ecr-images.ts';
import { type Call, Refusal, sdkAnswers } from './sdk-answers.ts';

const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json';
const manifest = { schemaVersion: 2, config: { digest: 'sha256:cc' }, layers: [{ digest: 'sha256:aa' }] };

function images(content: object, mediaType = DOCKER, download = async (_url: string) => '{"architecture":"arm64"}') {
  const { calls, options } = sdkAnswers(({ operation }: Call) =>
    operation === 'BatchGetImage'
      ? {
          images: [
            {
              imageId: { imageDigest: 'sha256:dd' },
              imageManifest: JSON.stringify(content),
              imageManifestMediaType: mediaType,
            },
          ],
        }
      : { downloadUrl: 'https://signed/', layerDigest: 'sha256:cc' },
  );
  return { calls, images: ecrImages(new ECRClient(options), download) };
}

test('digest and media type come from the manifest, the architecture from the configuration that it names', async () => {
  const urls: string[] = [];
  const world = images(manifest, DOCKER, async (url) => {
    urls.push(url);
    return '{"architecture":"arm64","os":"linux"}';
  });
  expect(await world.images.describe('serving', { tag: 'abc' })).toEqual({
    digest: 'sha256:dd',
    mediaType: DOCKER,
    architecture: 'arm64',
  });
  expect(urls).toEqual(['https://signed/']);
  expect(world.calls).toEqual([
    {
      operation: 'BatchGetImage',
      input: {
        repositoryName: 'serving',
        imageIds: [{ imageTag: 'abc' }],
        acceptedMediaTypes: expect.arrayContaining([DOCKER, 'application/vnd.oci.image.manifest.v1+json']),
      },
    },
    { operation: 'GetDownloadUrlForLayer', input: { repositoryName: 'serving', layerDigest: 'sha256:cc' } },
  ]);
});

test('its size is that of its layers, where the manifest tells all of them', async () => {
  const layers = [
    { digest: 'sha256:aa', size: 40 },
    { digest: 'sha256:bb', size: 2 },
  ];
  const sized = await images({ ...manifest, layers }).images.describe('serving', { tag: 'abc' });
  expect(sized).toMatchObject({ layerBytes: 42 });
  const unsized = await images({ ...manifest, layers: [...layers, {}] }).images.describe('serving', { tag: 'abc' });
  expect(unsized).not.toHaveProperty('layerBytes');
});

test('an image is found by digest too', async () => {
  const world = images(manifest);
  await world.images.describe('serving', { digest: 'sha256:dd' });
  expect(world.calls[0]?.input.imageIds).toEqual([{ imageDigest: 'sha256:dd' }]);
});

test.each([
  ['a list of images', { manifests: [] }, 'application/vnd.oci.image.index.v1+json'],
  ['an image without layers', { ...manifest, layers: [] }, DOCKER],
])('the architecture of %s is unknown, and not asked for', async (_, content, mediaType) => {
  const world = images(content, mediaType, () => Promise.reject(new Error('Unexpected download')));
  expect(await world.images.describe('serving', { tag: 'abc' })).toEqual({
    digest: 'sha256:dd',
    mediaType,
    architecture: null,
  });
  expect(world.calls).toHaveLength(1);
});

test('an absent image is null: by failure, by an empty list, without its repository', async () => {
  for (const answer of [
    () => ({ images: [], failures: [{ failureCode: 'ImageNotFound' }] }),
    () => ({}),
    () => {
      throw new Refusal('RepositoryNotFoundException');
    },
  ]) {
    const client = new ECRClient(sdkAnswers(answer).options);
    expect(await ecrImages(client).describe('serving', { tag: 'abc' })).toBeNull();
  }
});

test.each([
  ['ThrottlingException', 400, 'Throttled'],
  ['AccessDeniedException', 400, 'AccessDenied'],
  ['ServerException', 500, 'ServiceUnavailable'],
  ['LayersNotFoundException', 400, 'CallRefused'],
])('%s is %s', async (name, status, expected) => {
  const client = new ECRClient(
    sdkAnswers(() => {
      throw new Refusal(name, status as number);
    }).options,
  );
  await expect(ecrImages(client).describe('serving', { tag: 'abc' })).rejects.toMatchObject({ name: expected });
});

test('a configuration that cannot be downloaded is no unknown architecture', async () => {
  const server = createServer((_, response) => response.writeHead(403).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const downloadUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { options } = sdkAnswers(({ operation }) =>
    operation === 'BatchGetImage'
      ? { images: [{ imageId: { imageDigest: 'sha256:dd' }, imageManifest: JSON.stringify(manifest) }] }
      : { downloadUrl },
  );
  try {
    await expect(ecrImages(new ECRClient(options)).describe('serving', { tag: 'abc' })).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      message: expect.stringContaining('HTTP 403'),
    });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
