// The port `Leases` on the ledger's table.
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { type Lease, LeaseSchema } from '../../state-machine/contract/lease.ts';
import { LEASE_PARTITION } from '../core/naming/ledger-keys.ts';
import type { Leases } from '../ports/leases.ts';
import { toRolloutError } from './sdk-error.ts';

export function dynamoDbLeases(client: DynamoDBClient, tableName: string): Leases {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return {
    async read(endpointName) {
      const Key = { pk: LEASE_PARTITION, sk: endpointName };
      const get = new GetCommand({ TableName: tableName, Key, ConsistentRead: true });
      const { Item } = await renamed(documents.send(get));
      return Item === undefined ? null : z.parse(LeaseSchema, Item);
    },
    async replace(previous, next) {
      try {
        await documents.send(new PutCommand(leasePut(tableName, previous, next)));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw toRolloutError(error);
      }
    },
    async inUse() {
      const leases: Lease[] = [];
      const query = {
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': LEASE_PARTITION },
      };
      try {
        for await (const { Items = [] } of paginateQuery({ client: documents }, query))
          leases.push(...Items.map((item) => z.parse(LeaseSchema, item)));
      } catch (error) {
        throw toRolloutError(error);
      }
      return leases.filter(({ owner, waiting }) => owner !== null || waiting.length > 0);
    },
  };
}

/** A write of the whole record on the condition that it is still the one that was read. */
export const leasePut = (tableName: string, previous: Lease, next: Lease) => ({
  TableName: tableName,
  Item: { pk: LEASE_PARTITION, sk: next.endpointName, ...next, version: previous.version + 1 },
  ...(previous.version === 0
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : { ConditionExpression: 'version = :version', ExpressionAttributeValues: { ':version': previous.version } }),
});

async function renamed<T>(sent: Promise<T>): Promise<T> {
  try {
    return await sent;
  } catch (error) {
    throw toRolloutError(error);
  }
}
