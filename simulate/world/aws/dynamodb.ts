// One DynamoDB table in memory, at the level of the document client: items as plain JSON, conditions as they are written.
import { AwsError } from '../../../local/hosting/aws-error.ts';
import { type Item, isTrue } from './expression.ts';

interface Put {
  readonly Item: Item;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

/** What an input may hold, by operation: whatever else it holds has a meaning here that nobody simulates. */
const KNOWN: Record<string, readonly string[]> = {
  GetItem: ['TableName', 'Key', 'ConsistentRead'],
  Query: [
    ...['TableName', 'KeyConditionExpression', 'ExpressionAttributeValues', 'ScanIndexForward', 'Limit'],
    ...['ConsistentRead', 'ExclusiveStartKey'],
  ],
  PutItem: ['TableName', 'Item', 'ConditionExpression', 'ExpressionAttributeValues'],
  TransactWriteItems: ['TransactItems'],
  BatchGetItem: ['RequestItems'],
};

export class DynamoDb {
  /** Items by partition, then by sort key. */
  readonly partitions: Map<string, Map<string, Item>>;

  constructor(before?: DynamoDb) {
    this.partitions = new Map([...(before?.partitions ?? [])].map(([pk, items]) => [pk, new Map(items)]));
  }

  items(): Item[] {
    return [...this.partitions.values()].flatMap((items) => [...items.values()]);
  }

  perform(operation: string, input: Record<string, unknown>): object {
    const unknown = Object.keys(input).filter((member) => !KNOWN[operation]?.includes(member));
    if (unknown.length > 0)
      throw new Error(`The simulated DynamoDB does not know ${operation} with ${unknown.join(', ')}.`);
    switch (operation) {
      case 'GetItem':
        return { Item: this.#get(input.Key as Item) };
      case 'Query':
        return this.#query(input);
      case 'PutItem':
        return this.#put(input as unknown as Put);
      case 'TransactWriteItems':
        return this.#transact(input.TransactItems as { Put: Put }[]);
      case 'BatchGetItem': {
        const [[table, { Keys = [] } = {}] = ['', {}]] = Object.entries(
          input.RequestItems as Record<string, { Keys?: Item[] }>,
        );
        const found = Keys.map((key) => this.#get(key)).filter((item) => item !== undefined);
        return { Responses: { [table]: found }, UnprocessedKeys: {} };
      }
      default:
        throw new Error(`The simulated DynamoDB does not answer ${operation}.`);
    }
  }

  #get(key: Item): Item | undefined {
    return this.partitions.get(String(key.pk))?.get(String(key.sk));
  }

  #query(input: Record<string, unknown>): object {
    const condition = String(input.KeyConditionExpression);
    const values = (input.ExpressionAttributeValues ?? {}) as Record<string, unknown>;
    const [, partition = ''] = /^pk = (:\w+)/.exec(condition) ?? [];
    const after = (input.ExclusiveStartKey as Item | undefined)?.sk;
    const found = [...(this.partitions.get(String(values[partition])) ?? new Map<string, Item>()).values()]
      .filter((item) => isTrue(condition, item, values))
      .sort((one, other) => (String(one.sk) < String(other.sk) ? -1 : 1));
    if (input.ScanIndexForward === false) found.reverse();
    const start = after === undefined ? 0 : found.findIndex(({ sk }) => sk === after) + 1;
    const Items = found.slice(start, start + ((input.Limit as number | undefined) ?? found.length));
    const isMore = start + Items.length < found.length;
    const LastEvaluatedKey = isMore ? { pk: Items.at(-1)?.pk, sk: Items.at(-1)?.sk } : undefined;
    return { Items, Count: Items.length, LastEvaluatedKey };
  }

  #put(put: Put): object {
    if (!this.#isAllowed(put))
      throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed', {
        Item: this.#get(put.Item),
      });
    this.#apply(put);
    return {};
  }

  /** All or nothing: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
  #transact(actions: readonly { Put: Put }[]): object {
    const other = actions.flatMap((action) => Object.keys(action)).find((kind) => kind !== 'Put');
    if (other !== undefined) throw new Error(`The simulated DynamoDB does not know ${other} in a transaction.`);
    const puts = actions.map(({ Put: put }) => put);
    const keys = puts.map(({ Item: { pk, sk } }) => `${pk}\n${sk}`);
    if (new Set(keys).size < keys.length)
      throw new AwsError('ValidationException', 'Transaction request cannot include multiple operations on one item');
    const allowed = puts.map((put) => this.#isAllowed(put));
    if (allowed.includes(false)) {
      const CancellationReasons = allowed.map((isAllowed) => ({ Code: isAllowed ? 'None' : 'ConditionalCheckFailed' }));
      const reasons = CancellationReasons.map(({ Code }) => Code).join(', ');
      const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons}]`;
      throw new AwsError('TransactionCanceledException', message, { CancellationReasons });
    }
    for (const put of puts) this.#apply(put);
    return {};
  }

  #isAllowed({ Item: item, ConditionExpression: condition, ExpressionAttributeValues: values = {} }: Put): boolean {
    return condition === undefined || isTrue(condition, this.#get(item) ?? {}, values);
  }

  #apply({ Item: item }: Put): void {
    const pk = String(item.pk);
    const items = this.partitions.get(pk) ?? new Map<string, Item>();
    this.partitions.set(pk, items);
    items.set(String(item.sk), kept(item));
  }
}

/** As the document client's marshalling leaves it, nothing shared; frozen, because reads hand it out as it is. */
function kept<Value>(value: Value): Value;
function kept(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return Object.freeze(value.map(kept));
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) if (member !== undefined) copy[key] = kept(member);
  return Object.freeze(copy);
}
