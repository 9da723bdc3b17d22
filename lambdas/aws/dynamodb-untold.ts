// The port `Untold` on the ledger's table; beside the ledger, whose functions need no batches.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ROLLOUT_SORT_KEY, rolloutPartition } from '../core/ledger-keys.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Untold } from '../ports/untold.ts';
import { toRolloutError } from './sdk-error.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const BATCH_SIZE = 100;

export function dynamoDbUntold(client: DynamoDBClient, tableName: string): Untold {
  const documents = DynamoDBDocumentClient.from(client);
  return {
    async among(rolloutIds) {
      const without = new Set(rolloutIds);
      const all = [...without].map((rolloutId) => ({ pk: rolloutPartition(rolloutId), sk: ROLLOUT_SORT_KEY }));
      try {
        for (let at = 0; at < all.length; at += BATCH_SIZE) {
          let asked: Record<string, unknown>[] = all.slice(at, at + BATCH_SIZE);
          while (asked.length > 0) {
            const RequestItems = { [tableName]: { Keys: asked, ConsistentRead: true } };
            const { Responses, UnprocessedKeys } = await documents.send(new BatchGetCommand({ RequestItems }));
            for (const { pk } of Responses?.[tableName] ?? [])
              without.delete(String(pk).slice(rolloutPartition('').length));
            const left = UnprocessedKeys?.[tableName]?.Keys ?? [];
            if (left.length === asked.length)
              throw new RolloutError('Throttled', 'The ledger answered none of a batch.');
            asked = left;
          }
        }
      } catch (error) {
        throw toRolloutError(error);
      }
      return [...without];
    },
  };
}
