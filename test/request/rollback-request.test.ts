// A rollback on request: the release that it goes to, and the request that it repeats.
import { requestedAction } from '../../lambdas/core/request/requested-action.ts';
import { answersAlike, chosenRelease, repeatedRequest } from '../../lambdas/core/request/rollback-request.ts';
import type { PlatformSettings } from '../../state-machine/contract/platform.ts';
import { ALL_AT_ONCE } from '../../state-machine/contract/resolved-request.ts';
import { aRelease, aVariant } from '../core/a-variant.ts';
import { aResolvedRequest } from './a-resolved-request.ts';

const modelNumber = (number: number) => [aVariant({ artifactSha256: String(number).padStart(64, '0') })];
const releases = Array.from({ length: 30 }, (_, index) =>
  aRelease({ rolloutId: `r${index}`, variants: modelNumber(index) }),
);
const request = { action: 'rollback', endpointName: 'iris' } as const;
const servingImage = { repositoryName: 'serving', tag: 'one' };
const platform = (allowTrust: boolean) => ({ allowTrust, servingImage }) as PlatformSettings;

test.each<[string, string | undefined, number, string | null]>([
  ['the one before the newest', undefined, 30, 'r1'],
  ['a named one, however old', 'r29', 30, 'r29'],
  ['one that is not there', 'other', 30, null],
  ['none before the only one', undefined, 1, null],
])('%s', (_, to, count, chosen) => {
  const found = chosenRelease({ ...request, to }, releases.slice(0, count));
  expect('release' in found ? found.release.rolloutId : null).toBe(chosen);
});

test.each<[string, number[], string | null]>([
  ['past changes of settings alone', [3, 3, 3, 2], 'r3'],
  ['past the model that serves again', [2, 2, 3, 2], 'r2'],
  ['nowhere, where all are of one model', [3, 3], null],
])('without a name it goes %s', (_, numbers, chosen) => {
  const all = numbers.map((number, index) => aRelease({ rolloutId: `r${index}`, variants: modelNumber(number) }));
  const found = chosenRelease(request, all);
  expect('release' in found ? found.release.rolloutId : null).toBe(chosen);
  if (chosen !== null) return;
  expect('problem' in found && found.problem.message).toContain('no release before with another model');
});

test('the same artifact on another image is another model', () => {
  const [one] = modelNumber(1);
  const on = (imageDigest: string) => aRelease({ variants: [{ ...one!, imageDigest }] });
  expect(answersAlike(on('sha256:a'), on('sha256:b'))).toBe(false);
  expect(answersAlike(on('sha256:a'), { ...on('sha256:a'), endpointConfigName: 'other' })).toBe(true);
  expect(answersAlike(on('sha256:a'), undefined)).toBe(false);
});

test('releases are listed, but not more than anybody reads', () => {
  const found = chosenRelease({ ...request, to: 'other' }, releases);
  expect('problem' in found && found.problem.message).toMatch(/r0, r1.* r19\.$/);
  const none = chosenRelease(request, []);
  expect('problem' in none && none.problem.message).toMatch(/Its releases, the newest first: none\./);
});

test('the request of the release is repeated at once and without alarms, if it may still run', () => {
  const trusting = aResolvedRequest({ trust: 'f'.repeat(64), verification: 'candidate' });
  const repeated = (...given: [typeof trusting | null, boolean]) =>
    repeatedRequest(request, releases[1]!, given[0], releases[0], platform(given[1]));
  const now = { verification: 'live', strategy: ALL_AT_ONCE, alarms: null };
  expect(repeated(trusting, true)).toEqual({ resolved: { ...trusting, ...now, settings: expect.any(Object) } });
  expect(repeated(trusting, false)).toMatchObject({ problem: { where: 'to' } });
  expect(repeated(null, true)).toMatchObject({ problem: { where: 'to' } });
  const asked = repeatedRequest(
    { ...request, verification: 'candidate' },
    releases[1]!,
    trusting,
    releases[0],
    platform(true),
  );
  expect(asked).toMatchObject({ resolved: { verification: 'candidate' } });
});

test('the release keeps its settings for the next request, strategy and alarms included', () => {
  const settings = {
    strategy: { type: 'allAtOnce', terminationWaitSeconds: 60 },
    alarms: { names: ['mine'] },
  } as const;
  const merged = { keptFrom: 'r7', asked: { tags: { a: '1' } } };
  const released = aResolvedRequest({ settings: { ...settings, alarms: { names: ['mine'] } }, merged });
  const repeated = repeatedRequest(request, releases[1]!, released, releases[0], platform(false));
  expect(repeated).toMatchObject({ resolved: { settings, strategy: ALL_AT_ONCE } });
  // Nothing of it is merged with what was released since.
  expect(repeated).not.toHaveProperty('resolved.merged');
});

test.each<[unknown, string | null]>([
  [{}, 'deploy'],
  [null, 'deploy'],
  ['text', 'deploy'],
  [{ action: 'deploy' }, 'deploy'],
  [{ action: 'rollback' }, 'rollback'],
  [{ action: 'retireEndpoint' }, 'retireEndpoint'],
  [{ action: 'recover' }, 'recover'],
  [{ action: 'Rollback' }, null],
  [{ action: null }, null],
])('%j asks for %s', (asked, action) => {
  const found = requestedAction(asked);
  expect('action' in found ? found.action : null).toBe(action);
});

test('a release with a network or a key that the settings do not list any more is refused, with all of them', () => {
  const dataCapture = {
    samplingPercent: 1,
    capture: ['input' as const],
    destinationS3Uri: 's3://b/c',
    kmsKeyArn: 'key-2',
  };
  const vpc = { subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] };
  const earlier = aResolvedRequest({ vpc, volumeKmsKeyArn: 'key-1', dataCapture });
  const listed = {
    allowedSubnetIds: vpc.subnetIds,
    allowedSecurityGroupIds: ['sg-1'],
    allowedKmsKeyArns: ['key-1', 'key-2'],
  };
  const repeated = (change: Partial<typeof listed>) =>
    repeatedRequest(request, releases[1]!, earlier, releases[0], { ...platform(false), ...listed, ...change });
  expect(repeated({})).toMatchObject({ resolved: { vpc, volumeKmsKeyArn: 'key-1', dataCapture } });
  expect(repeated({ allowedSubnetIds: ['subnet-1'], allowedKmsKeyArns: ['key-1'] })).toEqual({
    problem: {
      where: 'to',
      message:
        "The release r1 needs networks, keys or topics that the platform's settings do not list any more, of allowedSubnetIds: subnet-2; of allowedKmsKeyArns: key-2.",
    },
  });
});
