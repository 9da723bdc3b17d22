// What the input of a stopped execution says of it, and how the executions are named that tell its end.
import { endpointOfInput, isRecovery, stoppedRollout } from '../../lambdas/core/recovery/stopped-rollout.ts';
import { isRecoveryName, recoveryName, unreportedName } from '../../lambdas/core/recovery/sweep-names.ts';

const uploaded = (key: string) => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: 'b' }, object: { key } },
});

test.each<[string, unknown, string | null]>([
  ['a request', { endpointName: 'iris' }, 'iris'],
  ['an action', { action: 'retireEndpoint', endpointName: 'iris' }, 'iris'],
  ['the request of another service', { 'detail-type': 'RolloutRequested', detail: { endpointName: 'iris' } }, 'iris'],
  ['a request that names a model alone', { model: { s3Uri: 's3://b/models/iris/v1/model.tar.gz' } }, 'iris'],
  ['an upload', uploaded('models/iris/v1/model.tar.gz'), 'iris'],
  ['a manifest', uploaded('models/iris/rollout.json'), 'iris'],
  ['an upload for the default endpoint', uploaded('models/v1/model.tar.gz'), 'standard'],
  ['an upload that fits no layout', uploaded('models/model.tar.gz'), null],
  ['a name that no endpoint has', { endpointName: 'Iris!' }, null],
  [
    'such a name beside a model',
    { endpointName: 'Iris!', model: { s3Uri: 's3://b/models/iris/v1/model.tar.gz' } },
    null,
  ],
  ['a model that is no address', { model: { s3Uri: 'iris' } }, null],
  ['a model that is no object', { model: 'iris' }, null],
  ['nothing', {}, null],
  ['no object', 'iris', null],
  ['a list', [{ endpointName: 'iris' }], null],
  ['null', null, null],
  ['an event of something else', { 'detail-type': 'Other', detail: { endpointName: 'iris' } }, null],
])('the endpoint of %s', (_, input, endpointName) => {
  expect(endpointOfInput(input, 'standard')).toBe(endpointName);
});

const found = { isRunning: false, status: 'ABORTED', startedAt: '2026-01-01T00:00:00.000Z', stoppedAt: null };
test.each<[unknown, string, string | null]>([
  [{ action: 'retireEndpoint', correlationId: 'c' }, 'retireEndpoint', 'c'],
  [{ 'detail-type': 'RolloutRequested', detail: { action: 'rollback', correlationId: 'c' } }, 'rollback', 'c'],
  [{ action: 'explode', correlationId: 7 }, 'deploy', null],
  [{ correlationId: 'c'.repeat(300) }, 'deploy', 'c'.repeat(128)],
  [uploaded('models/iris/v1/model.tar.gz'), 'deploy', null],
  ['text', 'deploy', null],
])('of %j it is known what was asked for, and it says nothing of an upload', (input, action, correlationId) => {
  expect(stoppedRollout('one', 'arn:one', { ...found, input })).toEqual({
    ...{ rolloutId: 'one', executionArn: 'arn:one', startedAt: found.startedAt, action, correlationId },
    ...{ upload: null, startedByKey: null },
  });
});

test.each([
  [{ action: 'recover', endpointName: 'iris', rolloutId: 'one' }, true],
  [{ action: 'rollback' }, false],
  [null, false],
  ['recover', false],
])('%j is a recovery: %p', (input, is) => expect(isRecovery(input)).toBe(is));

const stoppedAt = '2026-01-01T10:59:00.000Z';
test.each([
  [0, 'recover-0h-one'],
  [59.9, 'recover-0h-one'],
  [60, 'recover-1h-one'],
  [24 * 60 - 1, 'recover-23h-one'],
  // The clock of the function may be behind that of Step Functions.
  [-1, 'recover-0h-one'],
])('%d minutes after its end it is told by %s', (minutes, name) => {
  expect(unreportedName('one', stoppedAt, new Date(Date.parse(stoppedAt) + minutes * 60_000))).toBe(name);
});

test('names are not too long, no two are the same, and all of recoveries are known as such', () => {
  const [long, other] = ['x'.repeat(80), `y${'x'.repeat(79)}`];
  const now = new Date(Date.parse(stoppedAt) + 5 * 3_600_000);
  const names = ['one', long, other].flatMap((id) => [
    unreportedName(id, stoppedAt, now),
    recoveryName(id, 5, stoppedAt, now),
  ]);
  expect(new Set(names).size).toBe(6);
  for (const name of names) expect([name.length <= 80, isRecoveryName(name)]).toEqual([true, true]);
  expect(['recover-me', 'rollout-1', 'upload-0123-2026', 'a-recover-1-b'].filter(isRecoveryName)).toEqual([]);
});
