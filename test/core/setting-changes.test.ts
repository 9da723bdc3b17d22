import { settingChanges } from '../../lambdas/core/planning/setting-changes.ts';
import type { KeptSettings } from '../../state-machine/contract/kept-settings.ts';

const digest = (character: string) => `sha256:${character.repeat(64)}`;
const changes = (before: KeptSettings, after: KeptSettings, digests: [string | null, string | null] = [null, null]) =>
  settingChanges({ settings: before, imageDigest: digests[0] }, { settings: after, imageDigest: digests[1] });

test('each field that differs, from what to what', () => {
  const hosting = { type: 'realtime', instanceType: 'ml.m5.large', instanceCount: 1 } as const;
  const after: KeptSettings = { hosting: { ...hosting, instanceCount: 2 }, scaling: 'none', tags: { team: 'b' } };
  expect(changes({ hosting, scaling: { maximum: 5 }, tags: { team: 'a', gone: '1' } }, after)).toEqual([
    { setting: 'hosting.instanceCount', from: '1', to: '2' },
    { setting: 'scaling', from: null, to: '"none"' },
    { setting: 'scaling.maximum', from: '5', to: null },
    { setting: 'tags.gone', from: '"1"', to: null },
    { setting: 'tags.team', from: '"a"', to: '"b"' },
  ]);
  expect(changes(after, { ...after })).toEqual([]);
});

test('networks and keys, each list by itself', () => {
  const vpc = { subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] };
  const before: KeptSettings = { network: { isolation: true, vpc }, encryption: { volumeKmsKeyArn: 'arn:aws:kms:1' } };
  const after: KeptSettings = {
    network: { isolation: true, vpc: { ...vpc, subnetIds: ['subnet-1', 'subnet-3'] } },
    encryption: { volumeKmsKeyArn: 'arn:aws:kms:2', captureKmsKeyArn: 'arn:aws:kms:1' },
  };
  expect(changes(before, after)).toEqual([
    { setting: 'encryption.captureKmsKeyArn', from: null, to: '"arn:aws:kms:1"' },
    { setting: 'encryption.volumeKmsKeyArn', from: '"arn:aws:kms:1"', to: '"arn:aws:kms:2"' },
    { setting: 'network.vpc.subnetIds', from: '["subnet-1","subnet-2"]', to: '["subnet-1","subnet-3"]' },
  ]);
  expect(changes(before, {})).toHaveLength(4);
});

test('values of the environment are not told', () => {
  const told = changes(
    { environment: { A: 'hunter1', B: 'hunter2', C: 'same' } },
    { environment: { B: 'hunter3', C: 'same', D: 'hunter4' } },
  );
  expect(told).toEqual([
    { setting: 'environment.A', from: '(a value)', to: null },
    { setting: 'environment.B', from: '(a value)', to: '(another value)' },
    { setting: 'environment.D', from: null, to: '(a value)' },
  ]);
});

test('an image that changes under its name is told by its digest, one that changes its name by that', () => {
  expect(changes({}, {}, [digest('1'), digest('2')])).toEqual([
    { setting: 'image', from: `the stack's image, ${digest('1')}`, to: `the stack's image, ${digest('2')}` },
  ]);
  expect(changes({ image: 'own:a' }, { image: 'own:b' }, [digest('1'), digest('2')])).toEqual([
    { setting: 'image', from: '"own:a"', to: '"own:b"' },
  ]);
  expect(changes({ image: 'own:a' }, { image: 'own:a' }, [digest('1'), digest('1')])).toEqual([]);
});

test('long values are cut', () => {
  const [change] = changes({}, { tags: { a: 'x'.repeat(256) } });
  expect(change?.to).toHaveLength(100);
});
