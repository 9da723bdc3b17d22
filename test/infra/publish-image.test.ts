// image:publish: what it builds, and what it makes of what arrived.
import type { PublishedImage } from '../../infra/describe-image.ts';
import { type PublishOptions, publishImage } from '../../infra/publish-image.ts';

const good: PublishedImage = {
  digest: 'sha256:0',
  mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  architecture: 'amd64',
};
const REGISTRY = '111122223333.dkr.ecr.us-east-1.amazonaws.com';

function publishing(options: Partial<PublishOptions> & { arrives?: PublishedImage | null } = {}) {
  const { arrives = good, ...given } = options;
  const ran: { parameters: string[]; input?: string }[] = [];
  const result = publishImage({
    repositoryUri: `${REGISTRY}/serving`,
    stackTag: 'src-1',
    sourceTag: 'src-1',
    sourceDirectory: '/project/serving-image',
    target: 'lite',
    describe: async () => (ran.some(({ parameters }) => parameters.includes('build')) ? arrives : null),
    password: async () => 'secret',
    docker: async (parameters, input) => {
      ran.push({ parameters, input });
    },
    tell: () => {},
    ...given,
  });
  return { result, ran };
}

it('builds for linux/amd64 without attestations, as Docker schema 2, and pushes the stack’s tag', async () => {
  const { result, ran } = publishing();
  expect(await result).toEqual(good);
  const [, login, build, logout] = ran;
  expect(login).toEqual({ parameters: ['login', '--username', 'AWS', '--password-stdin', REGISTRY], input: 'secret' });
  expect(build!.parameters).toEqual([
    ...[
      'buildx',
      'build',
      '--platform',
      'linux/amd64',
      '--target',
      'lite',
      '--provenance=false',
      '--sbom=false',
      '--output',
    ],
    `type=image,name=${REGISTRY}/serving:src-1,push=true,oci-mediatypes=false`,
    '/project/serving-image',
  ]);
  expect(logout!.parameters).toEqual(['logout', REGISTRY]);
});

it('does nothing when the tag is there', async () => {
  const { result, ran } = publishing({ describe: async () => good });
  expect(await result).toEqual(good);
  expect(ran).toEqual([]);
});

it('says what to do without Docker', async () => {
  const docker = () => Promise.reject(new Error('There is no docker on the PATH.'));
  await expect(publishing({ docker }).result).rejects.toThrow(/Docker with buildx is needed.*no docker on the PATH/);
});

it('wants the stack deployed from the same source', async () => {
  const { result, ran } = publishing({ sourceTag: 'src-2' });
  await expect(result).rejects.toThrow(/rolls out the image src-1, and this checkout builds src-2: run npm run deploy/);
  expect(ran).toEqual([]);
});

it('takes a tag that the stack’s owner chose as it is', async () => {
  const { result } = publishing({ stackTag: '2026-01' });
  expect(await result).toEqual(good);
});

it.each([
  [{ ...good, mediaType: 'application/vnd.oci.image.manifest.v1+json' }, /media type is application\/vnd\.oci/],
  [{ ...good, architecture: 'arm64' }, /architecture is arm64, not amd64/],
  [null, /the repository does not know it/],
])('does not accept %j', async (arrives, message) => {
  await expect(publishing({ arrives }).result).rejects.toThrow(message);
});

it('logs out of the registry when the build fails', async () => {
  const ran: string[] = [];
  const docker = async ([name, verb]: string[]) => {
    ran.push(name!);
    if (verb === 'build') throw new Error('no space left');
  };
  await expect(publishing({ docker }).result).rejects.toThrow('no space left');
  expect(ran.at(-1)).toBe('logout');
});
