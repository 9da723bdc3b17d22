import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoDbLedger } from '../../lambdas/aws/dynamodb-ledger.ts';
import { dynamoDbOutcomeRecords } from '../../lambdas/aws/dynamodb-outcome-records.ts';
import { dynamoDbReleaseSettings } from '../../lambdas/aws/dynamodb-release-settings.ts';
import { neverLeased } from '../../lambdas/core/lease/lease.ts';
import { aRelease } from '../core/a-variant.ts';
import { type Call, Refusal, sdkAnswers } from '../runtime/sdk-answers.ts';
import { anOutcome } from './an-outcome.ts';

function ledger(answer: (call: Call) => object = () => ({})) {
  const { calls, options } = sdkAnswers(answer);
  const client = new DynamoDBClient(options);
  return { calls, ledger: { ...dynamoDbLedger(client, 'table'), ...dynamoDbOutcomeRecords(client, 'table') } };
}

interface Put {
  Put: { TableName: string; Item: Record<string, { S?: string }>; ConditionExpression?: string };
}
const putsOf = ({ input }: Call) => (input.TransactItems as Put[]).map(({ Put: put }) => put);
const cancelled = (...codes: string[]) =>
  ledger(() => {
    const CancellationReasons = codes.map((Code) => ({ Code }));
    throw new Refusal('TransactionCanceledException', 400, { message: 'm', CancellationReasons });
  }).ledger;

test('outcome, release and upload are written at once, on the condition that they are new', async () => {
  const world = ledger();
  const outcome = anOutcome();
  await world.ledger.record(outcome, aRelease({ rolloutId: 'rollout-1', releasedAt: outcome.endedAt }), null);
  expect(world.calls.map(({ operation }) => operation)).toEqual(['TransactWriteItems']);
  const puts = putsOf(world.calls[0]!);
  expect(
    puts.map(({ TableName, Item, ConditionExpression }) => [TableName, Item.pk?.S, Item.sk?.S, ConditionExpression]),
  ).toEqual([
    ['table', 'rollout#rollout-1', 'outcome', 'attribute_not_exists(pk)'],
    ['table', 'endpoint#iris', 'outcome#2026-01-01T11:00:00.000Z#rollout-1', undefined],
    ['table', 'endpoint#iris', 'release#2026-01-01T12:00:00.000Z#rollout-1', undefined],
    ['table', 'upload#v1#models/iris/v1/model.tar.gz', '2026-01-01T11:00:00.000Z#rollout-1', undefined],
  ]);
  expect(puts[1]?.Item.outcome).toEqual({ S: 'deployed' });
  expect(puts[3]?.Item.outcome).toEqual({ S: 'deployed' });
});

const previous = { ...neverLeased('iris'), version: 7 };
test('the lease goes in the same transaction, on the condition that nobody has written it since', async () => {
  const world = ledger();
  expect(await world.ledger.record(anOutcome(), null, { previous, next: { ...previous, freedAt: 'now' } })).toBe(true);
  const { Item, ConditionExpression } = putsOf(world.calls[0]!).at(-1)!;
  expect([Item.pk?.S, Item.sk?.S, Item.version, ConditionExpression]).toEqual([
    'lease',
    'iris',
    { N: '8' },
    'version = :version',
  ]);
  const left = { previous, next: previous };
  await expect(cancelled('None', 'None', 'ConditionalCheckFailed').record(anOutcome(), null, left)).resolves.toBe(
    false,
  );
});

test('a rollout of an unknown endpoint and without upload has its record too', async () => {
  const world = ledger();
  await world.ledger.record(anOutcome({ endpointName: null, upload: null }), null, null);
  expect(putsOf(world.calls[0]!).map(({ Item }) => Item.pk?.S)).toEqual(['rollout#rollout-1', 'endpoint#']);
});

test('what is recorded already is left as it is', async () => {
  await expect(cancelled('ConditionalCheckFailed', 'None').record(anOutcome(), null, null)).resolves.toBe(true);
});

test('a conflict is no success', async () => {
  await expect(cancelled('TransactionConflict', 'None').record(anOutcome(), null, null)).rejects.toMatchObject({
    name: 'ServiceUnavailable',
  });
  await expect(cancelled('None', 'ConditionalCheckFailed').record(anOutcome(), null, null)).rejects.toMatchObject({
    name: 'ServiceUnavailable',
  });
});

test('releases come back as they were written, the newest first, read consistently', async () => {
  const release = aRelease({ upload: { key: 'k', versionId: 'v' } });
  const stored = ledger();
  await stored.ledger.record(anOutcome(), release, null);
  const Items = [putsOf(stored.calls[0]!)[2]?.Item];
  const world = ledger(() => ({ Items }));
  expect(await world.ledger.releases('iris', 3)).toEqual([release]);
  expect(world.calls[0]).toMatchObject({
    operation: 'Query',
    input: {
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': { S: 'endpoint#iris' }, ':prefix': { S: 'release#' } },
      ScanIndexForward: false,
      Limit: 3,
      ConsistentRead: true,
    },
  });
});

test('the settings of a release are written with it, and apart from it', async () => {
  const settings = { environment: { LEVEL: 'info' }, scaling: 'none' } as const;
  const stored = ledger();
  await stored.ledger.record(anOutcome(), { ...aRelease(), settings }, null);
  const items = putsOf(stored.calls[0]!).map(({ Item }) => Item);
  expect(JSON.stringify(items.find(({ sk }) => sk?.S?.startsWith('release#')))).not.toContain('LEVEL');
  const Item = items.find(({ sk }) => sk?.S === 'settings#earlier');
  const { calls, options } = sdkAnswers(() => ({ Item }));
  expect(await dynamoDbReleaseSettings(new DynamoDBClient(options), 'table').find(aRelease())).toEqual(settings);
  expect(calls).toMatchObject([
    {
      operation: 'GetItem',
      input: { Key: { pk: { S: 'endpoint#iris' }, sk: { S: 'settings#earlier' } }, ConsistentRead: true },
    },
  ]);
  const none = new DynamoDBClient(sdkAnswers(() => ({})).options);
  expect(await dynamoDbReleaseSettings(none, 'table').find(aRelease())).toBeNull();
});

test.each(['iris', null])(
  'an outcome is found by the name of its rollout alone, of the endpoint %p',
  async (endpointName) => {
    const outcome = anOutcome({ endpointName });
    const stored = ledger();
    await stored.ledger.record(outcome, null, null);
    const kept = putsOf(stored.calls[0]!).map(({ Item }) => Item);
    const world = ledger(({ input }) => {
      const { ':pk': pk, ':prefix': sk } = input.ExpressionAttributeValues as Record<string, { S: string }>;
      return { Items: kept.filter((item) => item.pk?.S === pk?.S && item.sk?.S === sk?.S) };
    });
    expect(await world.ledger.findOutcome('rollout-1')).toEqual(outcome);
    expect(await world.ledger.findOutcome('rollout-2')).toBeNull();
    expect(world.calls.map(({ operation, input }) => [operation, input.ConsistentRead])).toEqual(
      Array(3).fill(['Query', true]),
    );
  },
);

test('how one version of an upload ended last is found; of another version nothing is known', async () => {
  const item = { outcome: { S: 'rejected' }, archive: { S: 'rejected' }, rolloutId: { S: 'one' } };
  const world = ledger(({ input }) =>
    JSON.stringify(input).includes('upload#v1#') ? { Items: [item] } : { Items: [] },
  );
  const key = 'models/iris/v1/model.tar.gz';
  expect(await world.ledger.findUpload({ key, versionId: 'v1' })).toMatchObject({
    outcome: 'rejected',
    archive: 'rejected',
  });
  expect(await world.ledger.findUpload({ key, versionId: 'v2' })).toBeNull();
  expect(world.calls[0]?.input).toMatchObject({
    KeyConditionExpression: 'pk = :pk',
    Limit: 1,
    ScanIndexForward: false,
  });
});

test.each([
  ['ProvisionedThroughputExceededException', 400, 'Throttled'],
  ['AccessDeniedException', 400, 'AccessDenied'],
  ['InternalServerError', 500, 'ServiceUnavailable'],
  ['TransactionConflictException', 400, 'NotReady'],
  ['ValidationException', 400, 'CallRefused'],
])('%s is told as one of our errors', async (name, status, expected) => {
  const refuse = () => {
    throw new Refusal(name, status);
  };
  await expect(ledger(refuse).ledger.record(anOutcome(), null, null)).rejects.toMatchObject({ name: expected });
  await expect(ledger(refuse).ledger.releases('iris', 1)).rejects.toMatchObject({ name: expected });
});
