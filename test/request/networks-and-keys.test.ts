// Private networks and keys: what the platform lists is allowed, anything else refused with the setting's name, and all of it is
// kept and handed on.
import fc from 'fast-check';
import type { CheckedRequest } from '../../lambdas/core/request/check-request.ts';
import { checkRequest } from '../../lambdas/core/request/check-request.ts';
import type { Kept } from '../../lambdas/core/request/keep-settings.ts';
import { resolveSettings } from '../../lambdas/core/request/resolve-settings.ts';
import { settingsOf } from '../../lambdas/core/request/settings-of.ts';
import { KEY_ARN, PLATFORM, VPC as vpc } from '../../simulate/world/stack-names.ts';
import type { PlatformSettings } from '../../state-machine/contract/platform.ts';
import { runs } from '../setup/runs.ts';

const resolved = (request: CheckedRequest, kept: Kept | null = null, change: Partial<PlatformSettings> = {}) =>
  resolveSettings(request, kept, { ...PLATFORM.settings, ...change }, 's3://capture');
const problemsOf = (...given: Parameters<typeof resolved>) =>
  resolved(...given).problems.map(({ where, message }) => `${where}: ${message}`);
const none = { allowedSubnetIds: [], allowedSecurityGroupIds: [], allowedKmsKeyArns: [] };
const encryption = { volumeKmsKeyArn: KEY_ARN, captureKmsKeyArn: KEY_ARN };
const otherKey = KEY_ARN.replace('1234abcd', 'ffffffff');

test('the contract takes them', () => {
  expect(checkRequest({ network: { vpc }, encryption }).problems).toEqual([]);
});

test.each([
  'alias/mine',
  '1234abcd-12ab-34cd-56ef-1234567890ab',
  KEY_ARN.replace(/key\/.*/, 'alias/mine'),
  `${KEY_ARN}*`,
  `${KEY_ARN}\n`,
])('a key is named by its ARN, not as %j', (volumeKmsKeyArn) => {
  const [problem, ...more] = checkRequest({ encryption: { volumeKmsKeyArn } }).problems;
  expect(more).toEqual([]);
  expect(problem).toMatchObject({ where: 'encryption.volumeKmsKeyArn', message: expect.stringContaining('no alias') });
});

test('what the settings list is allowed, and handed on in one order', () => {
  const { problems, settings, wanted } = resolved({
    network: { vpc: { ...vpc, subnetIds: [...vpc.subnetIds].reverse() } },
    encryption,
    dataCapture: { samplingPercent: 10 },
  });
  expect(problems).toEqual([]);
  expect(settings).toMatchObject({
    ...{ networkIsolation: true, vpc, volumeKmsKeyArn: KEY_ARN },
    dataCapture: { kmsKeyArn: KEY_ARN },
  });
  expect(settingsOf(wanted, settings)).toMatchObject({ network: { isolation: true, vpc }, encryption });
});

test('where nothing is asked for, nothing is there', () => {
  const { settings } = resolved({ dataCapture: { samplingPercent: 10 } });
  expect(settings).not.toHaveProperty('vpc');
  expect(settings).not.toHaveProperty('volumeKmsKeyArn');
  expect(settings.dataCapture).not.toHaveProperty('kmsKeyArn');
});

test('everything else is refused at once, with the setting, what it lists and what was found', () => {
  const request: CheckedRequest = {
    network: { vpc: { subnetIds: ['subnet-1', vpc.subnetIds[0]!, 'subnet-2'], securityGroupIds: ['sg-1'] } },
    encryption: { volumeKmsKeyArn: otherKey, captureKmsKeyArn: otherKey },
  };
  expect(problemsOf(request)).toEqual([
    "network.vpc.subnetIds: Found subnet-1, subnet-2, which the platform's setting allowedSubnetIds does not list. Allowed: subnet-0123abcd, subnet-4567cdef.",
    "network.vpc.securityGroupIds: Found sg-1, which the platform's setting allowedSecurityGroupIds does not list. Allowed: sg-0123abcd.",
    ...['volume', 'capture'].map(
      (of) =>
        `encryption.${of}KmsKeyArn: Found ${otherKey}, which the platform's setting allowedKmsKeyArns does not list. Allowed: ${KEY_ARN}.`,
    ),
  ]);
  const messages = problemsOf({ network: { vpc }, encryption }, null, none);
  expect(messages).toHaveLength(4);
  for (const message of messages) expect(message).toMatch(/Allowed: none\.$/);
});

test('the message keeps what was found, however long the list is', () => {
  const allowedSubnetIds = Array.from({ length: 32 }, (_, index) => `subnet-${`${index}`.padStart(17, '0')}`);
  const [message] = problemsOf({ network: { vpc } }, null, { allowedSubnetIds });
  expect(message).toMatch(/^network\.vpc\.subnetIds: Found subnet-0123abcd, subnet-4567cdef, .*allowedSubnetIds/);
});

describe('kept ones', () => {
  const kept: Kept = { settings: { network: { isolation: false, vpc }, encryption }, from: 'the release r1' };

  test('stay where the request leaves them out, field by field', () => {
    const { settings } = resolved({ network: { isolation: true } }, kept);
    expect(settings).toMatchObject({ networkIsolation: true, vpc, volumeKmsKeyArn: KEY_ARN });
    expect(resolved({ reset: ['network'] }, kept).settings).not.toHaveProperty('vpc');
    expect(resolved({ reset: ['encryption'] }, kept).settings).not.toHaveProperty('volumeKmsKeyArn');
  });

  test('are refused with the release and the reset that helps, once the platform lists them no more', () => {
    const cure = (key: string) =>
      new RegExp(`"${key}" is kept from the release r1: ask for another value, or send "reset": \\["${key}"\\]\\.$`);
    const [subnets, groups, volume, capture] = problemsOf({}, kept, none);
    for (const message of [subnets, groups]) expect(message).toMatch(cure('network'));
    for (const message of [volume, capture]) expect(message).toMatch(cure('encryption'));
  });

  test('do not fit a serverless candidate', () => {
    expect(problemsOf({ candidate: { type: 'serverless' } }, kept)).toEqual([
      expect.stringMatching(/^network\.vpc: A serverless candidate cannot be in a VPC.*"reset": \["network"\]\.$/),
      expect.stringMatching(/^encryption\.volumeKmsKeyArn: A serverless candidate has no volume.*\["encryption"\]\.$/),
    ]);
  });
});

test('a serverless candidate takes a key for captured data, which it has none of', () => {
  const request: CheckedRequest = {
    ...{ candidate: { type: 'serverless' }, network: { isolation: false } },
    ...{ dataCapture: { samplingPercent: 1 }, encryption: { captureKmsKeyArn: KEY_ARN } },
  };
  expect(problemsOf(request)).toEqual([]);
});

describe('instances with local storage', () => {
  const asking = (instanceType: string): Parameters<typeof problemsOf> => [
    { hosting: { type: 'realtime', instanceType }, encryption: { volumeKmsKeyArn: KEY_ARN } },
    null,
    { allowedInstanceTypes: [instanceType] },
  ];

  test.each(['ml.m5d.large', 'ml.c6gd.xlarge', 'ml.m5dn.large', 'ml.g4dn.xlarge', 'ml.g5.xlarge', 'ml.p4d.24xlarge'])(
    '%s: no key for its volume',
    (type) => {
      expect(problemsOf(...asking(type))).toEqual([
        `encryption.volumeKmsKeyArn: ${type} has local storage, which its hardware encrypts: SageMaker takes no key for it. Leave it out, or use an instance type without local storage, such as ml.m5.large.`,
      ]);
    },
  );

  test.each(['ml.m5.large', 'ml.c6i.large', 'ml.t2.medium', 'ml.g5g.xlarge', 'ml.r8g.large', 'ml.inf2.xlarge'])(
    '%s: a key',
    (type) => expect(problemsOf(...asking(type))).toEqual([]),
  );
});

test('any lists: refused are those that name something else, whole; accepted is the same network in any order', () => {
  const ids = Array.from({ length: 8 }, (_, index) => `subnet-${index}`);
  const named = fc.shuffledSubarray(ids, { minLength: 2 });
  const property = fc.property(named, fc.subarray(ids), fc.nat(), (subnetIds, allowedSubnetIds, turns) => {
    const turned = [...subnetIds.slice(turns % subnetIds.length), ...subnetIds.slice(0, turns % subnetIds.length)];
    const asked = (order: string[]) =>
      resolved({ network: { vpc: { ...vpc, subnetIds: order } } }, null, { allowedSubnetIds });
    const { problems, settings } = asked(subnetIds);
    const others = subnetIds.filter((id) => !allowedSubnetIds.includes(id));
    expect(problems.map(({ where }) => where)).toEqual(others.length === 0 ? [] : ['network.vpc.subnetIds']);
    for (const { message } of problems) expect(message.split(', which ')[0]).toBe(`Found ${others.join(', ')}`);
    expect(asked(turned).settings.vpc).toEqual(settings.vpc);
    expect(new Set(settings.vpc?.subnetIds)).toEqual(new Set(subnetIds));
  });
  fc.assert(property, { numRuns: runs(200) });
});
