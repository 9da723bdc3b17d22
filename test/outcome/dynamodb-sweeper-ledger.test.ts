// Which rollouts have no outcome: by batches of the ledger's keys.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoDbSweeperLedger } from '../../lambdas/aws/dynamodb-sweeper-ledger.ts';
import { type Call, Refusal, sdkAnswers } from '../runtime/sdk-answers.ts';

function ledger(answer: (call: Call) => object) {
  const { calls, options } = sdkAnswers(answer);
  return { calls, ledger: dynamoDbSweeperLedger(new DynamoDBClient(options), 'table') };
}

const keysOf = ({ input }: Call) =>
  (input.RequestItems as Record<string, { Keys: { pk: { S: string } }[] }>).table!.Keys.map(({ pk }) => pk.S);

test('which rollouts have no outcome is asked a hundred at a time, and what was not answered again', async () => {
  const names = Array.from({ length: 130 }, (_, index) => `r${index}`);
  let isFirst = true;
  const world = ledger((call) => {
    const keys = keysOf(call);
    const [answered, left] = isFirst ? [keys.slice(0, 60), keys.slice(60)] : [keys, []];
    isFirst = false;
    const items = answered.filter((key) => key !== 'rollout#r7' && key !== 'rollout#r99' && key !== 'rollout#r129');
    const asItem = (key: string) => ({ pk: { S: key }, sk: { S: 'outcome' } });
    return {
      Responses: { table: items.map(asItem) },
      UnprocessedKeys: left.length === 0 ? {} : { table: { Keys: left.map(asItem) } },
    };
  });
  expect(await world.ledger.withoutOutcome([...names, 'r7'])).toEqual(['r7', 'r99', 'r129']);
  expect(world.calls.map((call) => [call.operation, keysOf(call).length])).toEqual([
    ['BatchGetItem', 100],
    ['BatchGetItem', 40],
    ['BatchGetItem', 30],
  ]);
  expect(world.calls[1]?.input).toMatchObject({ RequestItems: { table: { ConsistentRead: true } } });
});

test('a batch of which nothing is answered is throttled, and a ledger that is asked nothing is not called', async () => {
  const world = ledger(({ input }) => ({ Responses: {}, UnprocessedKeys: input.RequestItems as object }));
  await expect(world.ledger.withoutOutcome(['a'])).rejects.toMatchObject({ name: 'Throttled' });
  expect(await world.ledger.withoutOutcome([])).toEqual([]);
  expect(world.calls).toHaveLength(1);
});

test('what the table refuses is told as one of our errors', async () => {
  const world = ledger(() => {
    throw new Refusal('AccessDeniedException');
  });
  await expect(world.ledger.withoutOutcome(['a'])).rejects.toMatchObject({ name: 'AccessDenied' });
});
