// Reads from the ledger what was released to an endpoint.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { endpointPartition, RELEASE_PREFIX } from '../lambdas/core/naming/ledger-keys.ts';
import { type Release, ReleaseSchema } from '../state-machine/contract/release.ts';

/** The newest first. */
export async function listReleases(
  client: DynamoDBClient,
  tableName: string,
  endpointName: string,
  limit = 20,
): Promise<Release[]> {
  const { Items = [] } = await DynamoDBDocumentClient.from(client).send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: 'pk = :endpoint AND begins_with(sk, :release)',
      ExpressionAttributeValues: { ':endpoint': endpointPartition(endpointName), ':release': RELEASE_PREFIX },
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  return Items.map(({ pk: _pk, sk: _sk, ...release }) => z.parse(ReleaseSchema, release));
}
