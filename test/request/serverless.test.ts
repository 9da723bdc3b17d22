// Requests for serverless endpoints: their defaults, what is refused of them by name, and what is kept.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckedRequest, checkRequest } from '../../lambdas/core/request/check-request.ts';
import type { Kept } from '../../lambdas/core/request/keep-settings.ts';
import { offlineProblems } from '../../lambdas/core/request/offline-problems.ts';
import { resolveSettings } from '../../lambdas/core/request/resolve-settings.ts';
import { chosenRelease } from '../../lambdas/core/request/rollback-request.ts';
import { settingsOf } from '../../lambdas/core/request/settings-of.ts';
import { KEY_ARN, PLATFORM, VPC as vpc } from '../../simulate/world/stack-names.ts';
import type { PlatformSettings } from '../../state-machine/contract/platform.ts';
import type { Release } from '../../state-machine/contract/release.ts';
import { ALL_AT_ONCE } from '../../state-machine/contract/resolved-request.ts';
import { aVariant } from '../core/a-variant.ts';

const platform = {
  ...PLATFORM.settings,
  allowedSubnetIds: vpc.subnetIds,
  allowedSecurityGroupIds: vpc.securityGroupIds,
};
const resolved = (request: CheckedRequest, kept: Kept | null = null, change: Partial<PlatformSettings> = {}) =>
  resolveSettings(request, kept, { ...platform, ...change }, 's3://capture');
const problemsOf = (...given: Parameters<typeof resolved>) =>
  resolved(...given).problems.map(({ where, message }) => `${where}: ${message}`);

const hosting = { type: 'serverless', memoryMegabytes: 2048, maximumConcurrency: 5 } as const;
const warm = { ...hosting, provisionedConcurrency: 2 } as const;

test('nothing more has to be said: no isolation, no scaling, all at once', () => {
  const { settings, problems, wanted } = resolved({ hosting });
  expect(problems).toEqual([]);
  expect(settings).toMatchObject({
    ...{ hosting, scaling: null, networkIsolation: false, dataCapture: null, strategy: ALL_AT_ONCE, alarms: null },
  });
  expect(settings.hosting).not.toHaveProperty('provisionedConcurrency');
  // What is kept can be asked for again.
  const again = { settings: settingsOf(wanted, settings), from: 'the release r' };
  expect(resolved({}, again)).toMatchObject({ problems: [], settings });
  expect(checkRequest(again.settings).problems).toEqual([]);
});

test('what is provisioned scales where that is asked for, by its own metric', () => {
  expect(resolved({ hosting: warm }).settings.scaling).toBeNull();
  const { settings, problems } = resolved({ hosting: warm, scaling: {} });
  expect(problems).toEqual([]);
  expect(settings.scaling).toEqual({
    ...{ minimum: 1, maximum: 5, metric: 'SageMakerVariantProvisionedConcurrencyUtilization', target: 0.7 },
    ...{ scaleInCooldownSeconds: 300, scaleOutCooldownSeconds: 60 },
  });
});

test('everything that it excludes is refused by name, at once', () => {
  const request: CheckedRequest = {
    ...{ hosting, network: { isolation: true, vpc }, encryption: { volumeKmsKeyArn: KEY_ARN } },
    dataCapture: { samplingPercent: 10 },
    strategy: { type: 'canary', canaryPercent: 10, waitSeconds: 60 },
    ...{ alarms: { maximumErrorPercent: 5 }, candidate: { type: 'instance' } },
  };
  expect(problemsOf(request).map((text) => text.replace(/ Leave it out.*| Set it.*/, ''))).toEqual([
    'network.isolation: SageMaker has none for serverless endpoints.',
    'network.vpc: A serverless endpoint cannot be in a VPC: SageMaker has none there.',
    expect.stringMatching(/^encryption.volumeKmsKeyArn: .* copy of the image/),
    'dataCapture: SageMaker captures nothing of serverless endpoints.',
    expect.stringMatching(/^strategy: .* guardrails are for instances/),
    expect.stringMatching(/^alarms: /),
    expect.stringMatching(/^candidate: /),
  ]);
});

test.each<[string, CheckedRequest, RegExp[]]>([
  [
    'more than the platform allows',
    { hosting: { ...hosting, maximumConcurrency: 21 } },
    [/^hosting.maximumConcurrency: Found 21\. The platform allows at most 20/],
  ],
  [
    'more provisioned than possible',
    { hosting: { ...hosting, provisionedConcurrency: 6 } },
    [/^hosting.provisionedConcurrency: Found 6, which is more than hosting.maximumConcurrency, 5/],
  ],
  [
    'scaling of nothing',
    { hosting, scaling: { maximum: 3 } },
    [/^scaling: .* and there is none\. Give hosting.provisi/],
  ],
  [
    'scaling of instances',
    {
      hosting: warm,
      scaling: { metric: 'SageMakerVariantInvocationsPerInstance', target: 70, minimum: 7, maximum: 6 },
    },
    [
      /^scaling.metric: It is of instances/,
      /^scaling.target: Found 70\. It is a share/,
      /^scaling.minimum: Found 7\. It is more than hosting.maximumConcurrency, 5/,
      /^scaling.maximum: Found 6\. It is more than hosting.maximumConcurrency, 5/,
      /^scaling.minimum: Found 7, which is more than scaling.maximum, 6/,
    ],
  ],
  [
    'a maximum below it',
    { hosting: warm, scaling: { maximum: 1 } },
    [/^hosting.provisionedConcurrency: Found 2, which/],
  ],
  [
    'its metric for instances',
    { scaling: { metric: 'SageMakerVariantProvisionedConcurrencyUtilization', target: 0.7 } },
    [/^scaling.metric: It is of serverless hosting/],
  ],
  [
    'a metric of its own without a target, and a schedule to nothing and beyond',
    {
      hosting: warm,
      scaling: {
        minimum: 0,
        metric: { customized: { namespace: 'Own', metricName: 'Visitors', statistic: 'Sum' } },
        schedules: [{ name: 'a', expression: 'rate(1 day)', minimum: 0, maximum: 6 }],
      },
    },
    [
      /^scaling.minimum: Found 0\. A provisioned concurrency is at least 1/,
      /^scaling.target: It is missing, and has a default only for SageMakerVariantProvisionedConcurrencyUtilization/,
      /^scaling.schedules.0.minimum: Found 0\. A provisioned concurrency/,
      /^scaling.schedules.0.maximum: Found 6\. It is more than hosting.maximumConcurrency, 5/,
    ],
  ],
  [
    'several variants',
    { hosting, variants: [{ name: 'a' }, { name: 'b' }] },
    [/^variants: Several variants are hosted as "realtime"/],
  ],
  [
    'a variant of its own hosting',
    { variants: [{ name: 'a', hosting }] },
    [/^variants: A serverless endpoint has one variant/],
  ],
])('%s is refused', (_what, request, expected) => {
  expect(problemsOf(request)).toEqual(expected.map((text) => expect.stringMatching(text)));
});

test.each([1000, 2500, 7168])('%d MB are no memory of it', (memoryMegabytes) => {
  expect(checkRequest({ hosting: { ...hosting, memoryMegabytes } }).problems).toMatchObject([
    { where: 'hosting.memoryMegabytes' },
  ]);
});

test('kept settings that conflict are told with the reset that cures them', () => {
  const kept = {
    settings: settingsOf({}, resolved({ dataCapture: { samplingPercent: 5 } }).settings),
    from: 'the release r',
  };
  const problems = problemsOf({ hosting }, kept);
  expect(problems).toEqual([
    expect.stringMatching(/^scaling\.metric: .* send "reset": \["scaling"\]\.$/),
    expect.stringMatching(/^scaling: .*"scaling" is kept from the release r: .* send "reset": \["scaling"\]\.$/),
    expect.stringMatching(/^network.isolation: .*"network" is kept .* send "reset": \["network"\]\.$/),
    expect.stringMatching(/^dataCapture: .*"dataCapture" is kept .* send "reset": \["dataCapture"\]\.$/),
  ]);
  const reset: CheckedRequest['reset'] = ['scaling', 'network', 'dataCapture'];
  expect(problemsOf({ hosting, reset }, kept)).toEqual([]);
});

test('the example is a manifest without a problem', () => {
  const path = join(import.meta.dirname, '../../examples/serverless/rollout.json');
  const example: unknown = JSON.parse(readFileSync(path, 'utf8'));
  expect(offlineProblems(example, true)).toEqual([]);
});

test('a rollback goes to no release of another type of hosting', () => {
  const release = (
    rolloutId: string,
    artifactSha256: string,
    capacity: Release['variants'][0]['capacity'],
  ): Release => ({
    ...{ endpointName: 'iris', rolloutId, action: 'deploy', endpointConfigName: rolloutId, upload: null },
    ...{ variants: [aVariant({ artifactSha256, capacity })], releasedAt: '2026-01-01T00:00:00.000Z' },
  });
  const { capacity: onInstances } = aVariant();
  const releases = [release('3', 'c', hosting), release('2', 'b', onInstances), release('1', 'a', hosting)];
  const to = (id?: string) =>
    chosenRelease({ action: 'rollback', endpointName: 'iris', ...(id && { to: id }) }, releases);
  expect(to()).toMatchObject({ release: { rolloutId: '1' } });
  expect(to('2')).toMatchObject({
    problem: {
      where: 'to',
      message: expect.stringMatching(/^The release 2 is of another type of hosting\. .* serverless/),
    },
  });
});
