// One DynamoDB table in memory, at the level of the document client: items as plain JSON, conditions as they are written.
import { AwsError } from '../../../local/hosting/aws-error.ts';
import { type Item, isTrue, type Names, updated } from './expression.ts';

interface Write {
  readonly Item?: Item;
  readonly Key?: Item;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
  readonly ReturnValues?: string;
}
type Kind = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';

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
    switch (operation) {
      case 'GetItem':
        return { Item: this.#get(input.Key as Item) };
      case 'Query':
        return this.#query(input);
      case 'PutItem':
        return this.#alone('Put', input as Write);
      case 'UpdateItem':
        return this.#alone('Update', input as Write);
      case 'DeleteItem':
        return this.#alone('Delete', input as Write);
      case 'TransactWriteItems':
        return this.#transact(input.TransactItems as Partial<Record<Kind, Write>>[]);
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
    const names = namesOf(input as Write);
    const pk = /(?:^|\s)(#?\w+) = (:\w+)/.exec(String(input.KeyConditionExpression));
    const partition = this.partitions.get(String(names.values[pk?.[2] ?? ''])) ?? new Map<string, Item>();
    const found = [...partition.values()]
      .filter((item) => isTrue(String(input.KeyConditionExpression), item, names))
      .sort((one, other) => (String(one.sk) < String(other.sk) ? -1 : 1));
    if (input.ScanIndexForward === false) found.reverse();
    const page = found.slice(0, (input.Limit as number | undefined) ?? found.length);
    const filter = input.FilterExpression as string | undefined;
    const Items = page.filter((item) => filter === undefined || isTrue(filter, item, names));
    const LastEvaluatedKey = page.length < found.length ? { pk: page.at(-1)?.pk, sk: page.at(-1)?.sk } : undefined;
    return { Items, Count: Items.length, LastEvaluatedKey };
  }

  #alone(kind: Kind, write: Write): object {
    const before = this.#get(write.Key ?? write.Item!);
    if (!this.#isAllowed(write))
      throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed', { Item: before });
    this.#apply(kind, write);
    const Attributes =
      write.ReturnValues === 'ALL_NEW' ? this.#get(write.Key!) : write.ReturnValues === 'ALL_OLD' ? before : undefined;
    return { Attributes };
  }

  /** All or nothing: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
  #transact(actions: Partial<Record<Kind, Write>>[]): object {
    const writes = actions.map((action) => Object.entries(action)[0] as [Kind, Write]);
    const keys = writes.map(([, { Key, Item }]) => `${(Key ?? Item)?.pk}\n${(Key ?? Item)?.sk}`);
    if (new Set(keys).size < keys.length)
      throw new AwsError('ValidationException', 'Transaction request cannot include multiple operations on one item');
    const allowed = writes.map(([, write]) => this.#isAllowed(write));
    if (allowed.includes(false)) {
      const CancellationReasons = allowed.map((isAllowed) => ({ Code: isAllowed ? 'None' : 'ConditionalCheckFailed' }));
      const reasons = CancellationReasons.map(({ Code }) => Code).join(', ');
      const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons}]`;
      throw new AwsError('TransactionCanceledException', message, { CancellationReasons });
    }
    for (const [kind, write] of writes) this.#apply(kind, write);
    return {};
  }

  #isAllowed(write: Write): boolean {
    const { ConditionExpression: condition } = write;
    return condition === undefined || isTrue(condition, this.#get(write.Key ?? write.Item!) ?? {}, namesOf(write));
  }

  #apply(kind: Kind, write: Write): void {
    if (kind === 'ConditionCheck') return;
    const key = write.Key ?? write.Item!;
    const pk = String(key.pk);
    const items = this.partitions.get(pk) ?? new Map<string, Item>();
    this.partitions.set(pk, items);
    if (kind === 'Delete') items.delete(String(key.sk));
    else if (kind === 'Put') items.set(String(key.sk), kept(write.Item!));
    else
      items.set(
        String(key.sk),
        kept(updated(write.UpdateExpression ?? '', { ...this.#get(key), ...key }, namesOf(write))),
      );
  }
}

const namesOf = ({ ExpressionAttributeNames = {}, ExpressionAttributeValues = {} }: Write): Names => ({
  names: ExpressionAttributeNames,
  values: ExpressionAttributeValues,
});

/** As the document client's marshalling leaves it, nothing shared; frozen, because reads hand it out as it is. */
function kept<Value>(value: Value): Value;
function kept(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return Object.freeze(value.map(kept));
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) if (member !== undefined) copy[key] = kept(member);
  return Object.freeze(copy);
}
