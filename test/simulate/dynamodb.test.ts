// The simulated DynamoDB knows what the adapters ask of it, and refuses everything else by its name.
import { DynamoDb } from '../../simulate/world/aws/dynamodb.ts';

const Key = { pk: 'lease', sk: 'iris' };
const Item = { ...Key, version: 1 };

function withItem(): DynamoDb {
  const table = new DynamoDb();
  table.perform('PutItem', { Item });
  return table;
}
const refused = (operation: string, input: object) => () =>
  withItem().perform(operation, input as Record<string, unknown>);

test.each([
  ['UpdateItem', { Key, UpdateExpression: 'SET version = :one' }, 'UpdateItem'],
  ['DeleteItem', { Key }, 'DeleteItem'],
  ['Query', { KeyConditionExpression: 'pk = :pk', FilterExpression: 'version = :one' }, 'FilterExpression'],
  ['PutItem', { Item, ReturnValues: 'ALL_OLD' }, 'ReturnValues'],
  ['PutItem', { Item, ConditionExpression: 'version IN (:one, :two)' }, 'version IN'],
  ['PutItem', { Item, ConditionExpression: 'version BETWEEN :one AND :two' }, 'version BETWEEN'],
  ['PutItem', { Item, ConditionExpression: 'contains(sk, :one)' }, 'contains'],
  ['PutItem', { Item, ConditionExpression: 'version = :one OR attribute_not_exists(pk)' }, 'OR'],
  ['TransactWriteItems', { TransactItems: [{ Delete: { Key } }] }, 'Delete'],
])('%s is refused with %j', (operation, input, name) => {
  expect(refused(operation, input)).toThrow(name);
});

test('a condition compares with what is there', () => {
  const table = withItem();
  const put = (version: number) => ({
    ...{ Item: { ...Item, version: 2 }, ConditionExpression: 'version = :version' },
    ExpressionAttributeValues: { ':version': version },
  });
  expect(() => table.perform('PutItem', put(7))).toThrow('conditional');
  table.perform('PutItem', put(1));
  expect(table.perform('GetItem', { Key })).toEqual({ Item: { ...Item, version: 2 } });
});

test('a query goes on where its last page ended', () => {
  const table = withItem();
  table.perform('PutItem', { Item: { pk: 'lease', sk: 'wine' } });
  const query = {
    ...{ KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)', Limit: 1 },
    ExpressionAttributeValues: { ':pk': 'lease', ':prefix': '' },
  };
  const first = table.perform('Query', query) as { LastEvaluatedKey: object };
  expect(first).toMatchObject({ Items: [{ sk: 'iris' }], LastEvaluatedKey: Key });
  const { LastEvaluatedKey: ExclusiveStartKey } = first;
  expect(table.perform('Query', { ...query, ExclusiveStartKey })).toMatchObject({ Items: [{ sk: 'wine' }] });
});
