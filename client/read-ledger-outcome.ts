// Reads how a rollout ended from the ledger: of an execution that was stopped another one has told it there.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import {
  endpointPartition,
  OUTCOME_PREFIX,
  outcomeSortKey,
  ROLLOUT_SORT_KEY,
  rolloutPartition,
} from '../lambdas/core/naming/ledger-keys.ts';
import { type Outcome, OutcomeSchema } from '../state-machine/contract/outcome.ts';

/** Null while there is none. */
export async function readLedgerOutcome(
  client: DynamoDBClient,
  tableName: string,
  rolloutId: string,
): Promise<Outcome | null> {
  const documents = DynamoDBDocumentClient.from(client);
  const get = async (Key: { pk: string; sk: string }) =>
    (await documents.send(new GetCommand({ TableName: tableName, Key, ConsistentRead: true }))).Item;
  const place = await get({ pk: rolloutPartition(rolloutId), sk: ROLLOUT_SORT_KEY });
  if (place === undefined) return null;
  const { endpointName, startedAt } = place as Pick<Outcome, 'endpointName' | 'startedAt'>;
  const sk = outcomeSortKey({ rolloutId, startedAt });
  return OutcomeSchema.parse(await get({ pk: endpointPartition(endpointName), sk }));
}

/** Of the rollouts that have ended the one that started last; null while none has. */
export async function readNewestOutcome(
  client: DynamoDBClient,
  tableName: string,
  endpointName: string,
): Promise<Outcome | null> {
  const { Items: [newest] = [] } = await DynamoDBDocumentClient.from(client).send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: 'pk = :endpoint AND begins_with(sk, :outcome)',
      ExpressionAttributeValues: { ':endpoint': endpointPartition(endpointName), ':outcome': OUTCOME_PREFIX },
      ScanIndexForward: false,
      Limit: 1,
    }),
  );
  return newest === undefined ? null : OutcomeSchema.parse(newest);
}
