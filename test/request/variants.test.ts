// A request that names the variants of its endpoint, and an upload for one of them: what is wanted of each, and where its model is.
import fc from 'fast-check';
import { inspectArtifact } from '../../lambdas/tasks/inspect-artifact.ts';
import { resolveRequest } from '../../lambdas/tasks/resolve-request.ts';
import type { RequestOutput } from '../../state-machine/contract/outputs.ts';
import type { PlatformSettings } from '../../state-machine/contract/platform.ts';
import { type ResolvedRequest, ResolvedRequestSchema } from '../../state-machine/contract/resolved-request.ts';
import { aRelease, aVariant } from '../core/a-variant.ts';
import { AccountPorts, BUCKET } from '../ports/account-ports.ts';
import { inMemoryImages } from '../ports/images.ts';
import { runs } from '../setup/runs.ts';
import { PLATFORM_SETTINGS } from './platform-settings.ts';

const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json';
const images = {
  serving: { abc: { digest: `sha256:${'1'.repeat(64)}`, mediaType: DOCKER, architecture: 'amd64' } },
  'team/own': {
    arm: { digest: `sha256:${'2'.repeat(64)}`, mediaType: DOCKER, architecture: 'arm64' },
    intel: { digest: `sha256:${'3'.repeat(64)}`, mediaType: DOCKER, architecture: 'amd64' },
  },
};
const HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const SHA = { primary: 'a'.repeat(64), challenger: 'b'.repeat(64) };

function world(changes: Partial<PlatformSettings> = {}) {
  const account = new AccountPorts();
  const settings = { ...PLATFORM_SETTINGS, ...changes };
  const platform = { bucketName: BUCKET, accountId: '123456789012', region: 'eu-west-1', settings };
  const ports = { ...account.ports, images: inMemoryImages(images) };
  const execution = { id: 'arn:execution', name: 'rollout-2', startedAt: '2026-01-01T00:00:00Z' };
  const run = (trigger: unknown, request: RequestOutput | null = null) =>
    resolveRequest(ports, platform)({ execution, trigger, request });
  const inspect = (request: RequestOutput) =>
    inspectArtifact(account.ports, settings)({ execution, request, artifact: null });
  const resolved = (output: RequestOutput): ResolvedRequest =>
    ResolvedRequestSchema.parse(output.document && account.document(output.document.key));
  return { account, run, inspect, resolved };
}

/** What the newest release has: the variants by name and weight, and the settings that it keeps. */
function released(account: AccountPorts, weights: Record<string, number>, settings: object = {}) {
  const variants = Object.entries(weights).map(([name, weight]) =>
    aVariant({ name, weight, artifactSha256: SHA[name as keyof typeof SHA] ?? 'c'.repeat(64) }),
  );
  const listed = Object.entries(weights).map(([name, weight]) => ({ name, weight }));
  const named = listed.length > 1 ? { variants: listed } : {};
  account.released({ ...aRelease({ variants, rolloutId: 'r1' }), settings: { ...named, ...settings } });
}

const uri = (key: string) => `s3://${BUCKET}/${key}`;
const created = (key: string) => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: BUCKET }, object: { key } },
});
const places = ({ problems }: { problems: readonly { where: string }[] }) => problems.map(({ where }) => where);
const KEY = 'models/iris/challenger/v2/model.tar.gz';
const AB = [{ name: 'primary', weight: 9 }, { name: 'challenger' }];

describe('a request', () => {
  test('adds a variant beside what serves; each has what it says, then what is said of all', async () => {
    const { account, run, resolved } = world();
    released(account, { primary: 1 }, { environment: { MODE: 'all' } });
    const upload = account.upload('models/iris/v2/model.tar.gz', 'x');
    const output = await run({
      endpointName: 'iris',
      hosting: { type: 'realtime', instanceCount: 2, startupTimeoutSeconds: 300 },
      variants: [
        { name: 'primary', weight: 9 },
        {
          name: 'challenger',
          model: { s3Uri: uri('models/iris/v2/model.tar.gz') },
          image: `${HOST}/team/own:intel`,
          environment: { MODE: 'own' },
          hosting: { type: 'realtime', instanceCount: 1 },
          scaling: 'none',
          canaryInvocations: {
            cases: [{ name: 'c', request: { contentType: 'text/csv', body: '1' }, expect: { status: 200 } }],
          },
        },
      ],
    });
    expect(output).toMatchObject({
      problems: [],
      endpointName: 'iris',
      upload,
      uploadVariant: 'challenger',
      models: [
        { variantName: 'primary', upload: null, servedArtifactSha256: SHA.primary },
        { variantName: 'challenger', upload, servedArtifactSha256: null, servableModelFiles: null },
      ],
    });
    const request = resolved(output);
    expect(request.variants).toMatchObject([
      {
        ...{ name: 'primary', weight: 9, environment: { MODE: 'all' }, goldenCases: null, trust: null },
        image: { repositoryName: 'serving' },
        hosting: { instanceCount: 2, startupTimeoutSeconds: 300 },
        scaling: { minimum: 1 },
      },
      {
        ...{ name: 'challenger', weight: 1, environment: { MODE: 'own' }, scaling: null },
        image: { repositoryName: 'team/own' },
        hosting: { instanceCount: 1, startupTimeoutSeconds: 300 },
        goldenCases: { key: 'rollouts/iris/rollout-2/golden-cases-challenger.json' },
      },
    ]);
    expect(request.image.repositoryName).toBe('serving');
    // Of what is said of one model nothing is kept; of a variant what it said, with its weight.
    expect(request.settings?.variants).toEqual([
      { name: 'primary', weight: 9 },
      {
        ...{ name: 'challenger', weight: 1, image: `${HOST}/team/own:intel`, environment: { MODE: 'own' } },
        ...{ hosting: { type: 'realtime', instanceCount: 1 }, scaling: 'none' },
      },
    ]);
  });

  test('that leaves the variants out keeps them; one that lists one keeps what that had', async () => {
    const { account, run, resolved } = world();
    const kept = [
      { name: 'primary', weight: 3, environment: { A: '1' } },
      { name: 'challenger', weight: 1 },
    ];
    released(account, { primary: 3, challenger: 1 }, { variants: kept });
    const all = resolved(await run({ endpointName: 'iris', tags: { team: 'a' } }));
    expect(all.variants).toMatchObject([
      { name: 'primary', weight: 3, environment: { A: '1' } },
      { name: 'challenger', weight: 1, environment: {} },
    ]);
    const output = await run({ endpointName: 'iris', variants: [{ name: 'primary', scaling: 'none' }] });
    expect(output.models).toMatchObject([{ variantName: 'primary', servedArtifactSha256: SHA.primary }]);
    expect(resolved(output).variants).toMatchObject([{ weight: 3, environment: { A: '1' }, scaling: null }]);
  });

  test('tells all that is wrong with its variants at once, where it is written', async () => {
    const { run } = world({ maximumInstances: 4 });
    const output = await run({
      endpointName: 'iris',
      trust: 'f'.repeat(64),
      canaryInvocations: { casesS3Uri: uri('golden-cases/a.json') },
      hosting: { type: 'realtime', instanceType: 'ml.p5.48xlarge' },
      variants: [
        { name: 'a', weight: 0, environment: { AWS_X: 'secret' } },
        { name: 'a', weight: 0, hosting: { type: 'realtime', instanceCount: 3 }, image: 'team/other:1' },
        { name: 'b', weight: 0, model: { s3Uri: 's3://other/model.tar.gz' }, scaling: { minimum: 4, maximum: 2 } },
      ],
    });
    expect(places(output).sort()).toEqual(
      [
        'variants.1.name',
        'variants',
        'trust',
        'canaryInvocations.casesS3Uri',
        'hosting.instanceType',
        'variants.0.environment.AWS_X',
        'variants.1.hosting.instanceType',
        'variants.1.image',
        'variants.2.model.s3Uri',
        'variants.2.scaling.minimum',
        'variants.0.model',
        'variants.1.model',
        'variants',
      ].sort(),
    );
    expect(JSON.stringify(output.problems)).not.toContain('secret');
  });

  test.each([
    ['a name that SageMaker does not take', { name: 'a_b' }, 'variants.0.name'],
    ['a weight below 0', { name: 'a', weight: -1 }, 'variants.0.weight'],
    ['a key that no variant has', { name: 'a', network: {} }, 'variants.0.network'],
    ['an environment that is no text', { name: 'a', environment: { A: 7_654_321 } }, 'variants.0.environment.A'],
  ])('%s is refused, and nothing of an environment told', async (_, variant, where) => {
    const { run } = world();
    const output = await run({ endpointName: 'iris', variants: [variant] });
    // Of models nothing is said where nobody can tell which are meant.
    expect(places(output)).toEqual([where]);
    expect(JSON.stringify(output.problems)).not.toContain('7654321');
  });

  test('several variants are realtime, and an endpoint of several stays one of named variants', async () => {
    const { account, run } = world();
    released(account, { primary: 1, challenger: 1 });
    const output = await run({ endpointName: 'iris', reset: ['variants'] });
    expect(output.problems).toEqual([
      { where: 'reset', message: expect.stringContaining('has the variants primary, challenger') },
    ]);
    // So nobody is sent there.
    account.upload(KEY, 'x');
    const { problems } = await run({ endpointName: 'iris', model: { s3Uri: uri(KEY) } });
    const [said] = problems.filter(({ where }) => where === 'model');
    expect(said?.message).toContain('list the variants that are wanted in "variants".');
    expect(JSON.stringify(problems)).not.toContain('reset');
  });

  test('names no weight that SageMaker would round to 0', async () => {
    const { account, run } = world();
    released(account, { primary: 1, challenger: 1 });
    const variants = [{ name: 'primary', weight: 1e-9 }, { name: 'challenger', weight: 1e-10 }]; // biome-ignore format: one line
    expect((await run({ endpointName: 'iris', variants })).problems).toEqual([
      { where: 'variants.1.weight', message: 'Found 1e-10. Allowed: 0, or 1e-9 and more.' },
    ]);
  });

  test('names the model of its only variant once', async () => {
    const { account, run } = world();
    released(account, { primary: 1 });
    account.upload(KEY, 'x');
    const model = { s3Uri: uri(KEY) };
    const output = await run({ endpointName: 'iris', model, variants: [{ name: 'primary', model }] });
    expect(output.problems).toEqual([
      { where: 'model', message: 'The variant "primary" names a model too. Leave one of them out.' },
    ]);
  });

  test('gives its only variant the archive of another one, and says whose it is now', async () => {
    const { account, run } = world();
    released(account, { primary: 1, challenger: 1 });
    account.upload(KEY, 'x');
    const output = await run({ endpointName: 'iris', model: { s3Uri: uri(KEY) }, variants: [{ name: 'primary' }] });
    expect(output).toMatchObject({ problems: [], upload: { key: KEY }, uploadVariant: 'primary' });
  });
});

describe('an upload', () => {
  test('for a variant of the newest release goes to that one, and the others stay', async () => {
    const { account, run, resolved } = world();
    released(account, { primary: 9, challenger: 1 });
    const upload = account.upload(KEY, 'x');
    const output = await run(created(KEY));
    expect(output).toMatchObject({ problems: [], endpointName: 'iris', upload, uploadVariant: 'challenger' });
    expect(output.models).toMatchObject([
      { upload: null, servedArtifactSha256: SHA.primary },
      { upload, servedArtifactSha256: null },
    ]);
    expect(resolved(output).variants?.map(({ weight }) => weight)).toEqual([9, 1]);
  });

  test.each([
    [
      'for a variant that the endpoint does not have',
      'models/iris/other/v1/model.tar.gz',
      { primary: 1, challenger: 1 },
    ],
    ['that names no variant, of several', 'models/iris/v3/model.tar.gz', { primary: 1, challenger: 1 }],
    ['of a training job, of several', 'models/iris/job-1/output/model.tar.gz', { primary: 1, challenger: 1 }],
    ['for a variant, where one serves of another name', KEY, { primary: 1 }],
    ['for a variant, where nothing serves', KEY, null],
  ])('%s is refused, and where to upload it instead is told', async (_, key, weights) => {
    const { account, run } = world();
    if (weights !== null) released(account, weights);
    account.upload(key, 'x');
    const { problems } = await run(created(key));
    const folders = Object.keys(weights ?? {}).length > 1 ? '<variant>/<version>' : '<version>';
    expect(problems).toEqual([
      { where: key, message: expect.stringContaining(`Upload to models/<endpoint>/${folders}/model.tar.gz`) },
    ]);
  });

  test('may name the only variant', async () => {
    const { account, run } = world();
    released(account, { primary: 1 });
    const upload = account.upload('models/iris/primary/v2/model.tar.gz', 'x');
    const output = await run(created(upload.key));
    expect(output).toMatchObject({ problems: [], upload });
    expect(output.models).toBeUndefined();
  });

  test('brings the manifest’s variants once there is a model of each', async () => {
    const { account, run } = world();
    account.upload('models/iris/rollout.json', JSON.stringify({ variants: AB }));
    const first = account.upload('models/iris/primary/v1/model.tar.gz', 'x');
    expect(await run(created(first.key))).toMatchObject({
      problems: [{ where: 'variants.1.model', message: expect.stringContaining('models/iris/challenger/<version>/') }],
    });
    const second = account.upload(KEY, 'y');
    expect((await run(created(KEY))).models).toMatchObject([
      { variantName: 'primary', upload: first },
      { variantName: 'challenger', upload: second },
    ]);
    // A manifest says nothing of one model.
    const bad = { variants: [{ name: 'primary', model: { s3Uri: uri(first.key) } }] };
    account.upload('models/iris/rollout.json', JSON.stringify(bad));
    expect(places(await run(created('models/iris/rollout.json')))).toContain(
      'models/iris/rollout.json: variants.0.model',
    );
  });

  test('a changed manifest takes the newest upload of each variant', async () => {
    const { account, run } = world();
    released(account, { primary: 1, challenger: 1 });
    account.upload(KEY, 'x');
    const newer = account.upload('models/iris/challenger/v3/model.tar.gz', 'x');
    account.upload(
      'models/iris/rollout.json',
      JSON.stringify({ variants: [{ name: 'primary' }, { name: 'challenger', weight: 3 }] }),
    );
    const output = await run(created('models/iris/rollout.json'));
    expect(output.models).toMatchObject([{ upload: null, servedArtifactSha256: SHA.primary }, { upload: newer }]);
  });

  test('for a variant that is not there says how there would be one', async () => {
    const { account, run } = world();
    released(account, { primary: 1 });
    account.upload(KEY, 'x');
    const [found] = (await run(created(KEY))).problems;
    expect(found?.message).toContain('name it with all others in "variants" of a request');
    expect(found?.message.length).toBeLessThan(500);
  });

  test('never adds a variant, whatever is kept and wherever it lies', () => {
    const names = fc.constantFrom('primary', 'challenger', 'third', 'v1');
    return fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(names, { minLength: 1, maxLength: 3 }),
        names,
        names,
        async (served, one, two) => {
          const { account, run, resolved } = world();
          released(account, Object.fromEntries(served.map((name) => [name, 1])));
          const key = `models/iris/${one}/${two}/model.tar.gz`;
          account.upload(key, 'x');
          const output = await run(created(key));
          if (output.problems.length > 0) return;
          const after = resolved(output).variants?.map(({ name }) => name) ?? served;
          expect([...after].sort()).toEqual([...served].sort());
        },
      ),
      { numRuns: runs(200) },
    );
  });
});

test('every archive of a request is inspected, and its problems say of which variant', async () => {
  const { account, run, inspect } = world();
  const keys = ['models/iris/v1/model.tar.gz', 'models/iris/v2/model.tar.gz'];
  for (const key of keys) account.upload(key, 'no archive');
  const request = await run({
    endpointName: 'iris',
    variants: keys.map((key, index) => ({ name: `v${index}`, model: { s3Uri: uri(key) } })),
  });
  const { verdict, problems, archive, variants } = await inspect(request);
  expect({ verdict, archive, variants }).toEqual({ verdict: 'rejected', archive: 'rejected', variants: undefined });
  expect(problems.map(({ where }) => where.split(':')[0])).toEqual(['variant v0', 'variant v1']);
});
