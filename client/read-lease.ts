// Reads who changes an endpoint now, and who waits for it.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { LEASE_PARTITION } from '../lambdas/core/naming/ledger-keys.ts';
import { type Lease, LeaseSchema } from '../state-machine/contract/lease.ts';

/** Null when no rollout ever asked for the endpoint. */
export async function readLease(
  client: DynamoDBClient,
  tableName: string,
  endpointName: string,
): Promise<Lease | null> {
  const Key = { pk: LEASE_PARTITION, sk: endpointName };
  const { Item } = await DynamoDBDocumentClient.from(client).send(
    new GetCommand({ TableName: tableName, Key, ConsistentRead: true }),
  );
  return Item === undefined ? null : LeaseSchema.parse(Item);
}
