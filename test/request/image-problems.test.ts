// Which images SageMaker can host: by name, by manifest, and by the processor of the instance type.
import { hostingTypeOf } from '../../lambdas/core/hosting/hosting-types.ts';
import { processorOf } from '../../lambdas/core/hosting/processor.ts';
import { imageProblems } from '../../lambdas/core/request/image-problems.ts';
import { imageUri, parseImage } from '../../lambdas/core/request/image-reference.ts';

const graviton = 'm6g m6gd m7g m7gd m8g c6g c6gd c6gn c7g c7gd c7gn c8g r6g r6gd r7g r7gd r8g g5g x2gd is4gen';
const others =
  'm4 m5 m5d m6i m6id m7i c4 c5 c5d c5n c6i c7i r5 r5d r7i t2 t3 g4dn g5 g6 g6e p2 p3 p3dn p4d p4de p5 p5e p5en inf1 inf2 trn1 trn1n trn2 u-6tb1';

test.each(graviton.split(' '))('ml.%s is Graviton', (family) => {
  expect(processorOf(`ml.${family}.large`).architecture).toBe('arm64');
});
test.each(others.split(' '))('ml.%s is not', (family) => {
  expect(processorOf(`ml.${family}.12xlarge`).architecture).toBe('amd64');
});

const registry = { accountId: '123456789012', region: 'eu-west-1', allowedRepositories: ['a', 'team/b.c_d-e'] };
const digest = `sha256:${'0'.repeat(64)}`;

test.each([
  ['a:1', { repositoryName: 'a', reference: { tag: '1' } }],
  [
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/b.c_d-e:v1.2-x',
    { repositoryName: 'team/b.c_d-e', reference: { tag: 'v1.2-x' } },
  ],
  [`123456789012.dkr.ecr.eu-west-1.amazonaws.com/a@${digest}`, { repositoryName: 'a', reference: { digest } }],
])('%s', (text, expected) => expect(parseImage(text, registry)).toEqual(expected));

test.each([
  '',
  'a',
  'a:',
  'a@sha256:12',
  'A:1',
  'a:1@x',
  `a:${'x'.repeat(129)}`,
  'a/../b:1',
  'http://a:1',
  'public.ecr.aws/a:1',
  'docker.io/a:1',
])('%j is not accepted', (text) => expect(parseImage(text, registry)).toEqual({ problem: expect.any(String) }));

test.each([
  [
    '763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference:2.1.0-cpu-py310',
    /^The registry of another account, 763104351884\..*, is not supported yet, AWS's prebuilt images included\. SageMaker could host pytorch-inference, but .* Push a copy to 123456789012\./,
  ],
  [
    '763104351884.dkr.ecr.us-east-1.amazonaws.com/a:1',
    /is in us-east-1, and SageMaker hosts images of its own region, eu-w/,
  ],
  ['123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1', /is in us-east-1, /],
  ['public.ecr.aws/a:1', /^public\.ecr\.aws is no private registry of Amazon ECR\. .* Push a copy to /],
])('%s is refused for the true reason', (text, problem) => {
  expect(parseImage(text, registry)).toEqual({ problem: expect.stringMatching(problem) });
});

test('the address that SageMaker pulls from names the digest', () => {
  expect(imageUri(registry, 'a', digest)).toBe(`123456789012.dkr.ecr.eu-west-1.amazonaws.com/a@${digest}`);
  expect(imageUri({ ...registry, region: 'cn-north-1' }, 'a', digest)).toContain('.cn-north-1.amazonaws.com.cn/');
});

const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json';
const OCI = 'application/vnd.oci.image.manifest.v1+json';
test.each([
  ['one for the processor', DOCKER, 'amd64', 'ml.m5.large', []],
  ['one for Graviton', DOCKER, 'arm64', 'ml.m7g.large', []],
  ['one of which nobody knows the processor', DOCKER, null, 'ml.m7g.large', []],
  [
    'one for another processor',
    DOCKER,
    'arm64',
    'ml.m5.large',
    [/for arm64, but ml\.m5\.large runs amd64: .*linux\/amd64/],
  ],
  ['an OCI image', OCI, 'amd64', 'ml.m5.large', [/oci\.image\.manifest.*Docker schema 2/]],
  ['an OCI image for another processor', OCI, 'amd64', 'ml.m7g.large', [/Docker schema 2/, /for amd64, but/]],
  ['a list', 'application/vnd.oci.image.index.v1+json', null, 'ml.m7g.large', [/list of images.*linux\/arm64/]],
])('%s', (_name, mediaType, architecture, instanceType, problems) => {
  expect(imageProblems({ digest, mediaType, architecture }, processorOf(instanceType))).toEqual(
    problems.map((problem) => expect.stringMatching(problem)),
  );
});

test('a serverless endpoint takes images of 10 GB at most, as far as the registry tells their size', () => {
  const serverless = hostingTypeOf('serverless').processor({
    ...{ type: 'serverless', memoryMegabytes: 1024, maximumConcurrency: 1 },
  });
  const image = { digest, mediaType: DOCKER, architecture: 'amd64' };
  const limit = 10_737_418_240;
  for (const fits of [{}, { layerBytes: limit }]) expect(imageProblems({ ...image, ...fits }, serverless)).toEqual([]);
  expect(imageProblems({ ...image, layerBytes: limit + 1 }, serverless)).toEqual([
    'It has 10737418241 bytes, compressed, and a serverless endpoint takes at most 10737418240. Make it smaller, or use hosting.type "realtime".',
  ]);
  expect(imageProblems({ ...image, layerBytes: 2 * limit }, processorOf('ml.m5.large'))).toEqual([]);
});

test('of a name that is not accepted 120 characters are told', () => {
  const host = `${'h'.repeat(150)}.io`;
  for (const text of ['-'.repeat(200), `${host}/a:1`, `${'r'.repeat(150)}:1`])
    expect(JSON.stringify(parseImage(text, registry))).not.toMatch(/-{121}|h{121}|r{121}/);
  expect(parseImage('b:1', { ...registry, allowedRepositories: [] })).toEqual({
    problem: expect.stringContaining('Allowed: none.'),
  });
});
