// What a request leaves out comes from the newest release in the ledger, or nothing does.

import { neverLeased } from '../../lambdas/core/lease/lease.ts';
import { resolveRequest } from '../../lambdas/tasks/resolve-request.ts';
import { PLATFORM } from '../../simulate/world/stack-names.ts';
import type { KeptSettings } from '../../state-machine/contract/kept-settings.ts';
import type { PlatformSettings } from '../../state-machine/contract/platform.ts';
import { aRelease } from '../core/a-variant.ts';
import { AccountPorts, BUCKET } from '../ports/account-ports.ts';
import { inMemoryImages } from '../ports/images.ts';
import { aResolvedRequest } from './a-resolved-request.ts';

const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
const image = (character: string) => ({ digest: `sha256:${character.repeat(64)}`, mediaType, architecture: 'amd64' });
const KEY = 'models/iris/v1/model.tar.gz';
const MANIFEST = 'models/iris/rollout.json';
const UPLOADED = {
  ...{ source: 'aws.s3', 'detail-type': 'Object Created' },
  detail: { bucket: { name: BUCKET }, object: { key: KEY } },
};
const settings: KeptSettings = {
  hosting: { type: 'realtime', instanceType: 'ml.m5.xlarge', instanceCount: 2 },
  scaling: { minimum: 2, maximum: 8, target: 50 },
  environment: { LEVEL: 'info' },
  strategy: { type: 'canary', canaryPercent: 10, waitSeconds: 60 },
  canaryInvocations: { requests: 3 },
  network: { isolation: false },
  dataCapture: { samplingPercent: 10 },
  tags: { team: 'flowers' },
};
const resolvedSettings = {
  hosting: { instanceType: 'ml.m5.xlarge', instanceCount: 2 },
  scaling: { minimum: 2, maximum: 8, target: 50 },
  environment: { LEVEL: 'info' },
  strategy: { traffic: { type: 'canary', canaryPercent: 10, waitSeconds: 60 } },
  canaryInvocations: { requests: 3 },
  networkIsolation: false,
  dataCapture: { samplingPercent: 10 },
  tags: { team: 'flowers' },
};

function world(platform: Partial<PlatformSettings> = {}) {
  const account = new AccountPorts();
  account.upload(KEY, 'x');
  const images = inMemoryImages({ serving: { one: image('1') }, 'team/own': { v1: image('2'), v2: image('3') } });
  const ports = { ...account.ports, images };
  const servingImage = { repositoryName: 'serving', tag: 'one' };
  const stack = {
    ...{ bucketName: BUCKET, accountId: '123456789012', region: 'eu-west-1' },
    settings: {
      ...{ ...PLATFORM.settings, servingImage, allowedRepositories: ['team/own'], maximumInstances: 10 },
      ...{ allowedInstanceTypes: ['ml.m5.large', 'ml.m5.xlarge'], defaultInstanceType: 'ml.m5.large', ...platform },
    },
  };
  const execution = { id: 'arn:execution', name: 'rollout-1', startedAt: '2026-01-01T00:00:00Z' };
  const resolve = (trigger: unknown) => resolveRequest(ports, stack)({ execution, trigger, request: null });
  const resolved = async (trigger: unknown) => {
    expect((await resolve(trigger)).problems).toEqual([]);
    return account.document('rollouts/iris/rollout-1/request.json');
  };
  return { account, resolve, resolved };
}
const released = (platform?: Partial<PlatformSettings>, change: KeptSettings = {}) => {
  const there = world(platform);
  there.account.released(aRelease({ rolloutId: 'older' }), {
    ...aRelease({ rolloutId: 'one', releasedAt: '2026-01-01T01:00:00.000Z' }),
    settings: { ...settings, ...change },
  });
  return there;
};

test('a plain upload keeps all of them', async () => {
  const { resolved } = released();
  expect(await resolved(UPLOADED)).toMatchObject({ ...resolvedSettings, merged: { keptFrom: 'one', asked: {} } });
});

test('a request changes what it names, field by field, and nothing else', async () => {
  const { resolved } = released();
  const asked = { endpointName: 'iris', scaling: { minimum: 1, maximum: 3 } };
  expect(await resolved(asked)).toMatchObject({
    ...resolvedSettings,
    scaling: { minimum: 1, maximum: 3, target: 50 },
    merged: { asked },
  });
});

test('the manifest goes before the release, and the request before both', async () => {
  const { account, resolved } = released();
  account.upload(MANIFEST, JSON.stringify({ tags: { team: 'manifest' }, environment: { LEVEL: 'manifest' } }));
  expect(await resolved({ endpointName: 'iris', environment: { LEVEL: 'request' } })).toMatchObject({
    ...resolvedSettings,
    tags: { team: 'manifest' },
    environment: { LEVEL: 'request' },
  });
});

test('what is reset comes from the manifest, then from the platform', async () => {
  const { account, resolved } = released();
  account.upload(MANIFEST, JSON.stringify({ hosting: { type: 'realtime', instanceCount: 3 } }));
  expect(await resolved({ endpointName: 'iris', reset: ['hosting', 'tags'] })).toMatchObject({
    ...resolvedSettings,
    hosting: { instanceType: 'ml.m5.large', instanceCount: 3 },
    tags: {},
  });
  const { scaling, environment, ...rest } = aResolvedRequest();
  expect(await resolved({ endpointName: 'iris', reset: 'all' })).toMatchObject({
    ...{ scaling, environment, dataCapture: null, strategy: rest.strategy, networkIsolation: true },
    hosting: { instanceType: 'ml.m5.large', instanceCount: 3 },
  });
});

test('the name of an image is kept and looked up again, and the stack’s own image is not', async () => {
  const { account, resolved } = released({}, { image: 'team/own:v1' });
  expect(await resolved(UPLOADED)).toMatchObject({
    image: { digest: image('2').digest },
    settings: { image: 'team/own:v1' },
  });
  account.released({ ...aRelease({ rolloutId: 'two', releasedAt: '2026-01-01T02:00:00.000Z' }), settings });
  const next = await resolved(UPLOADED);
  expect(next).toMatchObject({ image: { digest: image('1').digest }, merged: { keptFrom: 'two' } });
  expect(next).not.toHaveProperty('settings.image');
});

test('golden cases, trust and where it is verified are not kept', async () => {
  const { account, resolved } = released({ allowTrust: true });
  const cases = [{ name: 'a', request: { body: 1 }, expect: { status: 200 } }];
  const asked = { model: { s3Uri: `s3://${BUCKET}/${KEY}` }, trust: 'f'.repeat(64), verification: 'live' };
  const document = (await resolved({ ...asked, canaryInvocations: { cases } })) as { settings: KeptSettings };
  expect(document).toMatchObject({ trust: 'f'.repeat(64), verification: 'live', goldenCases: {} });
  expect(JSON.stringify(document.settings)).not.toMatch(/"cases"|ffff|live/);
  account.released({
    ...aRelease({ rolloutId: 'two', releasedAt: '2026-01-01T02:00:00.000Z' }),
    settings: document.settings,
  });
  expect(await resolved(UPLOADED)).toMatchObject({
    ...{ ...resolvedSettings, trust: null, verification: 'candidate', goldenCases: null },
  });
});

test('after a retirement nothing is kept', async () => {
  const { account, resolved } = released();
  const lease = { ...neverLeased('iris'), retirement: { rolloutId: 'away', at: '2026-01-01T01:30:00.000Z' } };
  await account.ports.leases.replace(neverLeased('iris'), lease);
  const { hosting, tags } = aResolvedRequest();
  expect(await resolved(UPLOADED)).toMatchObject({ hosting, tags, merged: { keptFrom: null } });
});

test('a release of before settings were kept gives those of its request', async () => {
  const { account, resolved } = world();
  account.released(aRelease({ rolloutId: 'one' }));
  const earlier = aResolvedRequest({ tags: { team: 'flowers' }, scaling: null });
  await account.ports.documents.write('rollouts/iris/one/request.json', {
    ...earlier,
    image: { ...earlier.image, repositoryName: 'serving' },
  });
  expect(await resolved(UPLOADED)).toMatchObject({
    tags: { team: 'flowers' },
    scaling: null,
    merged: { keptFrom: 'one' },
  });
});

test('and where that is gone, the platform’s defaults, of which nobody knows better', async () => {
  const { account, resolved } = world();
  account.released(aRelease({ rolloutId: 'one' }));
  expect(await resolved(UPLOADED)).toMatchObject({ tags: {}, merged: { keptFrom: 'one' } });
});

test('all problems of kept values are told at once, with the release and the reset of each', async () => {
  const change = { allowedInstanceTypes: ['ml.m5.large'], maximumInstances: 4, allowedRepositories: [] };
  const { account, resolve } = released(change, { image: 'team/own:v1' });
  const { problems } = await resolve(UPLOADED);
  const cure = (key: string) =>
    `"${key}" is kept from the release one: ask for another value, or send "reset": ["${key}"].`;
  expect(problems).toEqual([
    { where: 'hosting.instanceType', message: expect.stringContaining(cure('hosting')) },
    { where: 'scaling.maximum', message: expect.stringContaining(cure('scaling')) },
    { where: 'image', message: expect.stringContaining(cure('image')) },
  ]);
  expect(account.documentKeys()).toEqual([]);
  expect(await resolve({ endpointName: 'iris', reset: ['hosting', 'scaling', 'image'] })).toMatchObject({
    problems: [],
  });
});

test('a reset that names nothing known is refused with what may be reset', async () => {
  const { problems } = await released().resolve({ endpointName: 'iris', reset: ['model'] });
  expect(problems).toEqual([{ where: 'reset', message: expect.stringMatching(/"all".*"hosting".*"tags"/) }]);
});
