import fc from 'fast-check';
import { SERVABLE_MODEL_FILES } from '../../lambdas/core/archive/servable-model-files.ts';
import { TRUST_VARIABLE } from '../../lambdas/core/archive/trust.ts';
import { resolveRequest } from '../../lambdas/tasks/resolve-request.ts';
import { KEY_ARN } from '../../simulate/world/stack-names.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { PlatformSettings } from '../../state-machine/contract/platform.ts';
import { ResolvedRequestSchema } from '../../state-machine/contract/resolved-request.ts';
import { aRelease, aVariant } from '../core/a-variant.ts';
import { anOutcome } from '../outcome/an-outcome.ts';
import { AccountPorts, BUCKET } from '../ports/account-ports.ts';
import { inMemoryImages } from '../ports/images.ts';
import { unexpected } from '../ports/unexpected.ts';
import { runs } from '../setup/runs.ts';
import { aResolvedRequest } from './a-resolved-request.ts';
import { PLATFORM_SETTINGS } from './platform-settings.ts';

const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json';
const digest = (character: string) => `sha256:${character.repeat(64)}`;
const HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

const images = {
  serving: { abc: { digest: digest('1'), mediaType: DOCKER, architecture: 'amd64' } },
  'team/own': {
    arm: { digest: digest('2'), mediaType: DOCKER, architecture: 'arm64' },
    oci: { digest: digest('3'), mediaType: 'application/vnd.oci.image.manifest.v1+json', architecture: 'amd64' },
    list: { digest: digest('4'), mediaType: 'application/vnd.oci.image.index.v1+json', architecture: null },
    [digest('2')]: { digest: digest('2'), mediaType: DOCKER, architecture: 'arm64' },
  },
};

function world(changes: Partial<PlatformSettings> = {}) {
  const account = new AccountPorts();
  const platform = {
    bucketName: BUCKET,
    accountId: '123456789012',
    region: 'eu-west-1',
    settings: { ...PLATFORM_SETTINGS, ...changes },
  };
  const ports = { ...account.ports, images: inMemoryImages(images) };
  const execution = { id: 'arn:execution', name: 'rollout-1', startedAt: '2026-01-01T00:00:00Z' };
  const run = (trigger: unknown) => resolveRequest(ports, platform)({ execution, trigger, request: null });
  return { account, ports, platform, run };
}

const created = (key: string, bucket = BUCKET) => ({
  version: '0',
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: bucket }, object: { key, size: 1, etag: 'x', 'version-id': 'not-to-be-trusted' } },
});
const uri = (key: string) => `s3://${BUCKET}/${key}`;
const KEY = 'models/iris/v1/model.tar.gz';
const places = ({ problems }: { problems: readonly { where: string }[] }) => problems.map(({ where }) => where);

describe('an upload', () => {
  test('becomes a request with every default, for the version that is current', async () => {
    const { account, run } = world();
    account.upload(KEY, 'older');
    const upload = account.upload(KEY, 'newer');
    expect(await run(created(KEY))).toEqual({
      action: 'deploy',
      recovers: null,
      resolvedAt: '2026-01-01T12:00:00.000Z',
      trigger: { bucket: BUCKET, key: 'rollouts/iris/rollout-1/trigger.json' },
      problems: [],
      endpointName: 'iris',
      upload,
      servedArtifactSha256: null,
      servableModelFiles: SERVABLE_MODEL_FILES,
      document: { bucket: BUCKET, key: 'rollouts/iris/rollout-1/request.json' },
      trial: { imageTag: 'abc', goldenCases: null, accept: '' },
      correlationId: null,
      startedByKey: KEY,
    });
    const document = account.document('rollouts/iris/rollout-1/request.json');
    expect(ResolvedRequestSchema.parse(document)).toEqual(document);
    const image = { uri: `${HOST}/serving@${digest('1')}`, digest: digest('1'), repositoryName: 'serving' };
    const merged = { keptFrom: null, asked: {} };
    expect(document).toEqual({ ...aResolvedRequest({ image }), settings: expect.any(Object), merged });
  });

  test.each(['models/iris/v1%2F2/model.tar.gz', 'models/iris/1.0+build 7/model.tar.gz'])(
    'is found under its literal key: %s',
    async (key) => {
      const { account, run } = world();
      const upload = account.upload(key, 'x');
      expect(await run(created(key))).toMatchObject({ problems: [], endpointName: 'iris', upload });
    },
  );

  test('may run code where the manifest trusts it and the platform allows that', async () => {
    const { account, run } = world({ allowTrust: true });
    account.upload(KEY, 'x');
    account.upload('models/iris/rollout.json', JSON.stringify({ trust: 'f'.repeat(64) }));
    expect(await run(created(KEY))).toMatchObject({ problems: [], trust: 'f'.repeat(64) });
  });

  test('leaves room for the variable that trust becomes', async () => {
    const { account, run } = world({ allowTrust: true });
    account.upload(KEY, 'x');
    const environment = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`A${index}`, 'x']));
    const manifest = { trust: 'f'.repeat(64), environment };
    account.upload('models/iris/rollout.json', JSON.stringify(manifest));
    expect(await run(created(KEY))).toMatchObject({
      problems: [{ where: 'environment', message: expect.stringContaining('at most 99') }],
    });
  });

  test('cannot set the variable that trust becomes', async () => {
    const { account, run } = world({ allowTrust: true });
    account.upload(KEY, 'x');
    account.upload('models/iris/rollout.json', JSON.stringify({ environment: { [TRUST_VARIABLE]: 'f'.repeat(64) } }));
    expect(places(await run(created(KEY)))).toEqual([`environment.${TRUST_VARIABLE}`]);
  });

  test('that waited stays the version that was accepted, unless its object was deleted meanwhile', async () => {
    const { account, ports, platform, run } = world();
    const accepted = account.upload(KEY, 'accepted');
    const before = await run(created(KEY));
    const again = () =>
      resolveRequest(
        ports,
        platform,
      )({
        execution: { id: 'arn:execution', name: 'rollout-1', startedAt: '2026-01-01T00:00:00Z' },
        trigger: null,
        request: before,
      });
    account.upload(KEY, 'newer, with an event of its own');
    expect(await again()).toMatchObject({ problems: [], upload: accepted });
    account.remove(KEY);
    expect(await again()).toMatchObject({ problems: [{ message: expect.stringContaining('deleted') }] });
  });

  test('without an endpoint goes to the default one', async () => {
    const { account, run } = world();
    account.upload('models/v7/model.tar.gz', 'x');
    expect(await run(created('models/v7/model.tar.gz'))).toMatchObject({ problems: [], endpointName: 'main' });
  });

  test('without an endpoint is refused where there is no default one', async () => {
    const { account, run } = world({ defaultEndpointName: null });
    const upload = account.upload('models/v7/model.tar.gz', 'x');
    expect(await run(created('models/v7/model.tar.gz'))).toMatchObject({
      problems: [{ message: expect.stringContaining('No default endpoint') }],
      upload,
      document: null,
    });
  });

  test.each([
    ['has releases', 'iris'],
    ['has uploads', 'wine'],
    ['is the default one', 'main'],
  ])('whose version is the name of an endpoint that %s has forgotten the version', async (_, name) => {
    const { account, run } = world();
    account.released(aRelease());
    account.upload('models/wine/v1/model.tar.gz', 'x');
    account.upload(`models/${name}/model.tar.gz`, 'x');
    const { problems, document } = await run(created(`models/${name}/model.tar.gz`));
    expect(document).toBeNull();
    expect(problems).toEqual([
      { where: `models/${name}/model.tar.gz`, message: expect.stringContaining('did you forget the version?') },
    ]);
  });

  test('that fits no layout is rejected with the layouts named, and still looked into', async () => {
    const { account, run } = world();
    const upload = account.upload('models/iris/model.tgz', 'x');
    expect(await run(created('models/iris/model.tgz'))).toMatchObject({
      problems: [{ where: 'models/iris/model.tgz', message: expect.stringContaining('models/<endpoint>/<version>/') }],
      endpointName: null,
      upload,
      document: null,
    });
  });

  test('that is gone by now is rejected', async () => {
    const { account, run } = world();
    account.upload(KEY, 'x');
    account.remove(KEY);
    expect(await run(created(KEY))).toMatchObject({
      problems: [{ where: KEY, message: expect.stringContaining('deleted') }],
      upload: null,
    });
  });

  test('of another bucket is rejected without a look at it', async () => {
    const { ports, platform } = world();
    const run = resolveRequest({ ...ports, uploads: unexpected('uploads') }, platform);
    const execution = { id: 'a', name: 'n', startedAt: 's' };
    expect(await run({ execution, trigger: created(KEY, 'other'), request: null })).toMatchObject({
      problems: [{ message: expect.stringContaining('another bucket') }],
    });
  });

  test('outside the platform prefix is rejected', async () => {
    const { account, run } = world({ endpointNamePrefix: 'team-' });
    account.upload(KEY, 'x');
    expect(places(await run(created(KEY)))).toEqual(['endpointName']);
  });
});

describe("an endpoint's manifest", () => {
  const MANIFEST = 'models/iris/rollout.json';
  const manifest = {
    hosting: { type: 'realtime', instanceType: 'ml.c7g.large', instanceCount: 2 },
    image: 'team/own:arm',
    environment: { LEVEL: 'info' },
    tags: { team: 'a' },
  };

  test('gives the defaults; a request overrides it key by key', async () => {
    const { account, run } = world();
    account.upload(KEY, 'x');
    account.upload(MANIFEST, JSON.stringify(manifest));
    const trigger = { model: { s3Uri: uri(KEY) }, tags: { team: 'b' }, scaling: 'none', correlationId: 'c' };
    expect(await run(trigger)).toMatchObject({ problems: [], correlationId: 'c', servableModelFiles: null });
    expect(account.document('rollouts/iris/rollout-1/request.json')).toMatchObject({
      hosting: { instanceType: 'ml.c7g.large', instanceCount: 2 },
      image: { uri: `${HOST}/team/own@${digest('2')}` },
      environment: { LEVEL: 'info' },
      tags: { team: 'b' },
      scaling: null,
    });
  });

  test('that changes starts a rollout of the newest upload whose archive is not known to be bad', async () => {
    const { account, run } = world();
    const lastModified = '2026-05-05T00:00:00.000Z';
    const refused = (change: Partial<Outcome>) =>
      account.ports.ledger.record(anOutcome({ outcome: 'rejected', ...change }), null, null);
    account.upload('models/iris/v3/model.tar.gz', 'x', { lastModified: '2025-01-01T00:00:00.000Z' });
    const newest = account.upload('models/iris/v2/model.tar.gz', 'x', { lastModified });
    account.upload('models/iris/v1/model.tar.gz', 'x', { lastModified });
    const bad = account.upload('models/iris/v9/model.tar.gz', 'x', { lastModified: '2026-06-06T00:00:00.000Z' });
    account.upload('models/wine/v1/model.tar.gz', 'x');
    account.upload(MANIFEST, '{}');
    await refused({ rolloutId: 'r', archive: 'rejected', upload: bad });
    // The manifest that this one mends was bad, not the archive.
    await refused({ rolloutId: 's', archive: 'accepted', upload: newest });
    expect(await run(created(MANIFEST))).toMatchObject({
      problems: [],
      endpointName: 'iris',
      upload: newest,
      startedByKey: MANIFEST,
    });
  });

  test('without any acceptable upload is rejected in friendly words', async () => {
    const { account, run } = world();
    account.upload(MANIFEST, '{}');
    expect(await run(created(MANIFEST))).toMatchObject({
      problems: [
        { where: MANIFEST, message: expect.stringContaining('Upload one to s3://models-bucket/models/iris/') },
      ],
      upload: null,
    });
  });

  test('has its problems named with its key, and the upload is looked into all the same', async () => {
    const { account, run } = world();
    const upload = account.upload(KEY, 'x');
    const wrong = { model: { s3Uri: uri(KEY) }, endpointName: 'wine', tag: {}, scaling: 5, reset: 'all' };
    account.upload(MANIFEST, JSON.stringify(wrong));
    const { problems, ...rest } = await run(created(KEY));
    expect(places({ problems }).sort()).toEqual(
      ['model', 'endpointName', 'tag', 'scaling', 'reset'].map((where) => `${MANIFEST}: ${where}`).sort(),
    );
    expect(rest).toMatchObject({ upload, endpointName: 'iris', document: null });
  });

  test.each([
    ['{"environment": {"KEY": "hunter2"', /not JSON/],
    ['[]', /Found a list/],
    [' '.repeat(300 * 1024), /at most/],
  ])('that cannot be read is a problem: %.40s', async (text, message) => {
    const { account, run } = world();
    account.upload(KEY, 'x');
    account.upload(MANIFEST, text);
    const { problems } = await run(created(KEY));
    expect(problems).toEqual([{ where: MANIFEST, message: expect.stringMatching(message) }]);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });
});

describe('a request', () => {
  test('comes alike from a person, and from another service by event', async () => {
    const request = { model: { s3Uri: uri(KEY) } };
    const event = { source: 'orders', 'detail-type': 'RolloutRequested', detail: request };
    for (const trigger of [request, event]) {
      const { account, run } = world();
      account.upload(KEY, 'x');
      expect(await run(trigger)).toMatchObject({ problems: [], endpointName: 'iris' });
    }
  });

  test('may name an older version, and another endpoint than the folder', async () => {
    const { account, run } = world();
    const older = account.upload(KEY, 'older');
    account.upload(KEY, 'newer');
    const trigger = { endpointName: 'copy', model: { s3Uri: uri(KEY), versionId: older.versionId } };
    expect(await run(trigger)).toMatchObject({ problems: [], endpointName: 'copy', upload: older });
  });

  test('without a model keeps the artifact of the newest release', async () => {
    const { account, run } = world();
    account.released(
      aRelease({ variants: [aVariant({ artifactSha256: 'b'.repeat(64) })], releasedAt: '2026-02-01T00:00:00.000Z' }),
      aRelease(),
    );
    expect(await run({ endpointName: 'iris', scaling: { maximum: 3 } })).toMatchObject({
      problems: [],
      upload: null,
      servedArtifactSha256: 'b'.repeat(64),
    });
  });

  test('brings golden cases in itself', async () => {
    const { account, run } = world();
    account.upload(KEY, 'x');
    const cases = [{ name: 'a', request: { body: { instances: [[1]] } }, expect: { status: 200 } }];
    await run({ model: { s3Uri: uri(KEY) }, canaryInvocations: { cases } });
    expect(account.document('rollouts/iris/rollout-1/golden-cases.json')).toMatchObject({
      cases: [{ name: 'a', request: { contentType: 'application/json' }, expect: { tolerance: 0 } }],
    });
    expect(account.document('rollouts/iris/rollout-1/request.json')).toMatchObject({
      goldenCases: { bucket: BUCKET, key: 'rollouts/iris/rollout-1/golden-cases.json' },
    });
  });

  test('brings golden cases in an object', async () => {
    const { account, run } = world();
    account.upload(KEY, 'x');
    const cases = [{ name: 'a', request: { body: 1 }, expect: { status: '4xx' } }];
    account.upload('golden-cases/iris.json', JSON.stringify({ cases }));
    await run({ model: { s3Uri: uri(KEY) }, canaryInvocations: { casesS3Uri: uri('golden-cases/iris.json') } });
    expect(account.document('rollouts/iris/rollout-1/golden-cases.json')).toMatchObject({ cases: [{ name: 'a' }] });
  });

  test.each<[string, object, object, object | null]>([
    ['nothing', {}, { traffic: { type: 'allAtOnce' }, terminationWaitSeconds: 0, maximumExecutionSeconds: null }, null],
    [
      'a canary',
      {
        strategy: { type: 'canary', canaryPercent: 10, waitSeconds: 60 },
        canaryInvocations: { maximumP99Milliseconds: 900 },
      },
      {
        traffic: { type: 'canary', canaryPercent: 10, waitSeconds: 60 },
        terminationWaitSeconds: 60,
        maximumExecutionSeconds: null,
      },
      { maximumErrorPercent: 5, maximumP99Milliseconds: 900, names: [] },
    ],
    [
      'a rolling update, and alarms',
      {
        strategy: { type: 'rolling', batchPercent: 20, waitSeconds: 60, maximumExecutionSeconds: 7200 },
        alarms: { maximumErrorPercent: 1, maximumP99Milliseconds: 50, names: ['a', 'a'] },
      },
      {
        traffic: { type: 'rolling', batchPercent: 20, waitSeconds: 60 },
        terminationWaitSeconds: 0,
        maximumExecutionSeconds: 7200,
      },
      { maximumErrorPercent: 1, maximumP99Milliseconds: 50, names: ['a'] },
    ],
    [
      'a bake',
      { strategy: { type: 'allAtOnce', terminationWaitSeconds: 60 } },
      { traffic: { type: 'allAtOnce' }, terminationWaitSeconds: 60, maximumExecutionSeconds: null },
      { maximumErrorPercent: 5, maximumP99Milliseconds: 5000, names: [] },
    ],
  ])('has the gaps of its strategy filled: %s', async (_name, wish, strategy, alarms) => {
    const { account, run } = world();
    account.upload(KEY, 'x');
    expect(await run({ model: { s3Uri: uri(KEY) }, ...wish })).toMatchObject({ problems: [] });
    expect(account.document('rollouts/iris/rollout-1/request.json')).toMatchObject({ strategy, alarms });
  });

  test('has all of its problems told at once', async () => {
    const { account, run } = world();
    const upload = account.upload(KEY, 'x');
    const result = await run({
      model: { s3Uri: uri(KEY) },
      endpoint: 'iris',
      image: 'nginx:latest',
      hosting: { type: 'realtime', instanceType: 'ml.p5.48xlarge', instanceCount: 99 },
      scaling: {
        minimum: 4,
        maximum: 3,
        schedules: [{ name: 'a', expression: 'at(2020-01-01T00:00:00)', minimum: 3 }],
      },
      strategy: { type: 'allAtOnce' },
      network: { vpc: { subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] } },
      encryption: { volumeKmsKeyArn: KEY_ARN, captureKmsKeyArn: KEY_ARN },
      alarms: {},
      trust: 'f'.repeat(64),
      environment: { AWS_REGION: 'x', sagemaker_program: 'y' },
      tags: { 'sagemaker-deployer:stack': 'mine' },
      canaryInvocations: { casesS3Uri: 's3://other/golden-cases/cases.json' },
      correlationId: 'c-1',
    });
    expect(result).toMatchObject({ upload, endpointName: 'iris', document: null, correlationId: 'c-1' });
    expect([...new Set(places(result))].sort()).toEqual(
      [
        'endpoint',
        'image',
        'hosting.instanceType',
        'hosting.instanceCount',
        'scaling.minimum',
        'scaling.schedules.0.expression',
        'network.vpc.subnetIds',
        'network.vpc.securityGroupIds',
        'encryption.volumeKmsKeyArn',
        'encryption.captureKmsKeyArn',
        'alarms',
        'trust',
        'environment.AWS_REGION',
        'environment.sagemaker_program',
        'tags.sagemaker-deployer:stack',
        'canaryInvocations.casesS3Uri',
      ].sort(),
    );
    expect(account.documentKeys()).toEqual([]);
  });

  test.each<[string, object, string, RegExp]>([
    [
      'waits that end after the time for the update',
      { strategy: { type: 'linear', stepPercent: 10, waitSeconds: 600, maximumExecutionSeconds: 3600 } },
      'strategy.maximumExecutionSeconds',
      /All waits together take 5700 s/,
    ],
    ['alarms that nothing waits for', { alarms: { names: ['a'] } }, 'alarms', /Give strategy\.terminationWaitSeconds/],
    [
      'a candidate where there is none',
      { candidate: { type: 'instance' }, verification: 'live' },
      'candidate',
      /there is none/,
    ],
    [
      'a serverless candidate',
      { candidate: { type: 'serverless' } },
      'candidate.type',
      /Set network\.isolation to false/,
    ],
    [
      'a serverless candidate of 1500 MB',
      { candidate: { type: 'serverless', memoryMegabytes: 1500 }, network: { isolation: false } },
      'candidate.memoryMegabytes',
      /1024/,
    ],
    ['trust', { trust: 'f'.repeat(64) }, 'trust', /allows no artifact/],
    ['an unknown metric', { scaling: { metric: 'CPUUtilization' } }, 'scaling.metric', /Found "CPUUtilization"/],
    [
      'a metric without its statistic',
      { scaling: { metric: { customized: { namespace: 'own', metricName: 'queue' } }, target: 3 } },
      'scaling.metric.customized.statistic',
      /missing/,
    ],
    [
      'a metric without a target',
      { scaling: { metric: 'SageMakerVariantConcurrentRequestsPerModelHighResolution' } },
      'scaling.target',
      /It is missing/,
    ],
    [
      'a schedule beyond the platform',
      { scaling: { schedules: [{ name: 'day', expression: 'rate(1 day)', maximum: 9 }] } },
      'scaling.schedules.0.maximum',
      /Found 9\. The platform allows at most 8/,
    ],
    [
      'two schedules of one name',
      {
        scaling: {
          schedules: ['rate(1 day)', 'rate(2 days)'].map((expression) => ({ name: 'day', expression, minimum: 1 })),
        },
      },
      'scaling.schedules.1.name',
      /Found "day" twice/,
    ],
    [
      'a schedule that a maximum contradicts',
      { scaling: { maximum: 3, schedules: [{ name: 'day', expression: 'rate(1 day)', minimum: 4 }] } },
      'scaling.schedules.0.minimum',
      /Found 4, and the maximum may be 3 then/,
    ],
    [
      'a schedule to no instance',
      { scaling: { schedules: [{ name: 'night', expression: 'rate(1 day)', minimum: 0, maximum: 2 }] } },
      'scaling.schedules.0.minimum',
      /keeps at least 1/,
    ],
    [
      'a schedule in a timezone that there is not',
      { scaling: { schedules: [{ name: 'day', expression: 'rate(1 day)', minimum: 1, timezone: 'Europe/Berlim' }] } },
      'scaling.schedules.0.timezone',
      /Did you mean "Europe\/Berlin"/,
    ],
    ['too many instances', { scaling: { maximum: 9 } }, 'scaling.maximum', /Found 9\. The platform allows at most 8/],
    [
      'more than scaling',
      { hosting: { type: 'realtime', instanceCount: 4 }, scaling: { maximum: 3 } },
      'hosting.instanceCount',
      /more than scaling.maximum, 3/,
    ],
    [
      'another type',
      { hosting: { type: 'realtime', instanceType: 'ml.m5.xlarge' } },
      'hosting.instanceType',
      /Allowed: ml.m5.large, ml.c7g.large/,
    ],
    [
      'many variables',
      { environment: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`A${index}`, 'x'])) },
      'environment',
      /Found 101 variables/,
    ],
    [
      'large variables',
      { environment: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`A${index}`, 'x'.repeat(1000)])) },
      'environment',
      /Allowed: at most 32768/,
    ],
    [
      'many tags',
      { tags: Object.fromEntries(Array.from({ length: 46 }, (_, index) => [`t${index}`, 'x'])) },
      'tags',
      /Found 46 tags/,
    ],
    [
      'large cases',
      { canaryInvocations: { cases: [{ name: 'a', request: { body: 'x'.repeat(9000) }, expect: { status: 200 } }] } },
      'canaryInvocations.cases',
      /bytes as JSON\. Allowed: at most 8192/,
    ],
    [
      'both cases',
      {
        canaryInvocations: {
          cases: [{ name: 'a', request: { body: 1 }, expect: { status: 200 } }],
          casesS3Uri: 's3://models-bucket/golden-cases/x.json',
        },
      },
      'canaryInvocations.casesS3Uri',
      /Give one/,
    ],
    [
      'absent cases',
      { canaryInvocations: { casesS3Uri: 's3://models-bucket/golden-cases/absent.json' } },
      'canaryInvocations.casesS3Uri',
      /no such object/,
    ],
    [
      'foreign account',
      { image: '999999999999.dkr.ecr.eu-west-1.amazonaws.com/team/own:arm' },
      'image',
      /of another account/,
    ],
    [
      'foreign region',
      { image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/team/own:arm' },
      'image',
      /of its own region/,
    ],
    [
      'foreign repository',
      { image: `${HOST}/other:1` },
      'image',
      /not allowed by the platform\. Allowed: serving, team\/own/,
    ],
    ['no tag', { image: `${HOST}/team/own` }, 'image', /<repository>:<tag>/],
    ['no image', { image: `${HOST}/team/own:absent` }, 'image', /no image team\/own:absent yet\. Push it first/],
    ['OCI', { image: `${HOST}/team/own:oci` }, 'image', /Docker schema 2.*--provenance=false --sbom=false/],
    ['a list', { image: `${HOST}/team/own:list` }, 'image', /several platforms/],
    [
      'arm on Intel',
      { image: `${HOST}/team/own@${digest('2')}` },
      'image',
      /built for arm64, but ml.m5.large runs amd64/,
    ],
    [
      'Intel on arm',
      { hosting: { type: 'realtime', instanceType: 'ml.c7g.large' } },
      'image',
      /built for amd64, but ml.c7g.large runs arm64/,
    ],
  ])('is refused by name: %s', async (_, wish, where, message) => {
    const { account, run } = world();
    account.upload(KEY, 'x');
    const { problems, document } = await run({ model: { s3Uri: uri(KEY) }, ...wish });
    expect(problems).toEqual([{ where, message: expect.stringMatching(message) }]);
    expect([document, account.documentKeys()]).toEqual([null, []]);
  });

  test.each<[string, object, string, RegExp]>([
    ['no endpoint', {}, 'endpointName', /missing/],
    ['a wrong endpoint', { endpointName: 'Iris' }, 'endpointName', /Found "Iris"/],
    ['nothing to serve', { endpointName: 'iris' }, 'model', /nothing was deployed/],
    [
      'a foreign bucket',
      { endpointName: 'iris', model: { s3Uri: 's3://other/m.tar.gz' } },
      'model.s3Uri',
      /aws s3 cp <it> s3:\/\/models-bucket\/models\/iris\//,
    ],
    [
      'a foreign folder',
      { model: { s3Uri: uri('artifacts/x/model.tar.gz') } },
      'model.s3Uri',
      /Models are read from s3:\/\/models-bucket\/models\//,
    ],
    [
      'no archive',
      { endpointName: 'iris', model: { s3Uri: uri(KEY) } },
      'model',
      /There is no s3:\/\/models-bucket\/models\/iris/,
    ],
    ['no version', { endpointName: 'iris', model: { s3Uri: uri(KEY), versionId: 'v9' } }, 'model', /no version v9 of/],
    ['half a model', { endpointName: 'iris', model: {} }, 'model.s3Uri', /missing/],
  ])('is refused once for %s', async (_, trigger, where, message) => {
    const { run } = world();
    expect((await run(trigger)).problems).toEqual([{ where, message: expect.stringMatching(message) }]);
  });

  test('for the serving image before it was published says how to publish it', async () => {
    const { account, run } = world({ servingImage: { repositoryName: 'serving', tag: 'unpublished' } });
    account.upload(KEY, 'x');
    expect((await run(created(KEY))).problems).toEqual([
      { where: 'image', message: expect.stringContaining('npm run image:publish') },
    ]);
  });

  test('keeps the default scaling within what the platform allows, and above what was asked for', async () => {
    for (const [maximumInstances, instanceCount, maximum] of [
      [2, 1, 2],
      [8, 1, 5],
      [8, 7, 7],
    ]) {
      const { account, run } = world({ maximumInstances });
      account.upload(KEY, 'x');
      await run({ model: { s3Uri: uri(KEY) }, hosting: { type: 'realtime', instanceCount } });
      expect(account.document('rollouts/iris/rollout-1/request.json')).toMatchObject({
        scaling: { minimum: 1, maximum },
      });
    }
  });

  test.each([
    [{ type: 'serverless' }, { type: 'serverless', memoryMegabytes: 2048, maximumConcurrency: 1 }],
    [
      { type: 'serverless', memoryMegabytes: 6144 },
      { type: 'serverless', memoryMegabytes: 6144, maximumConcurrency: 1 },
    ],
    [{ type: 'instance' }, null],
  ])('has the candidate %j', async (candidate, serverlessCandidate) => {
    const { account, run } = world();
    account.upload(KEY, 'x');
    expect(await run({ model: { s3Uri: uri(KEY) }, candidate, network: { isolation: false } })).toMatchObject({
      problems: [],
    });
    expect(account.document('rollouts/iris/rollout-1/request.json')).toMatchObject({ serverlessCandidate });
  });

  test('captures data where the stack keeps it', async () => {
    const { account, run } = world();
    account.upload(KEY, 'x');
    await run({ model: { s3Uri: uri(KEY) }, dataCapture: { samplingPercent: 10 }, network: { isolation: false } });
    expect(account.document('rollouts/iris/rollout-1/request.json')).toMatchObject({
      dataCapture: {
        samplingPercent: 10,
        capture: ['input', 'output'],
        destinationS3Uri: 's3://models-bucket/capture/iris/',
      },
      networkIsolation: false,
    });
  });
});

describe('anything else', () => {
  test.each<[unknown]>([
    [null],
    ['text'],
    [5],
    [[]],
    [{ 'detail-type': 'Other', detail: {} }],
    [{ ...created(KEY), detail: {} }],
  ])('%j is rejected with what is accepted', async (trigger) => {
    const { problems } = await world().run(trigger);
    expect(problems).toEqual([{ where: '(input)', message: expect.stringContaining('Accepted are') }]);
  });

  test('an event whose detail is no request is rejected as a request', async () => {
    const { problems } = await world().run({ 'detail-type': 'RolloutRequested', source: 'x', detail: 'text' });
    expect(places({ problems })).toEqual(['(request)']);
  });

  test('whatever comes in: problems and a document exclude each other, and nothing secret is told', async () => {
    const piece = fc.oneof(
      fc.constantFrom('iris', 'none', 5, null, { type: 'realtime' }, { s3Uri: uri(KEY) }),
      fc.anything(),
    );
    const request = fc.record(
      {
        endpointName: piece,
        model: fc.oneof(fc.constant({ s3Uri: uri(KEY) }), piece),
        hosting: piece,
        scaling: piece,
        canaryInvocations: piece,
        environment: fc.dictionary(fc.string(), fc.constantFrom('hunter2', ['hunter2'])),
        stranger: piece,
      },
      { requiredKeys: [] },
    );
    const trigger = fc.oneof(
      request,
      fc.anything(),
      fc.string().map((key) => created(`models/${key}`)),
    );
    await fc.assert(
      fc.asyncProperty(trigger, async (input) => {
        const { account, run } = world();
        account.upload(KEY, 'x');
        const { problems, document } = await run(input);
        expect(document === null).toBe(problems.length > 0);
        expect(account.documentKeys().length > 0).toBe(document !== null);
        expect(problems.length).toBeLessThanOrEqual(40);
        expect(JSON.stringify(problems)).not.toContain('hunter2');
      }),
      { numRuns: runs(500) },
    );
  });
});
