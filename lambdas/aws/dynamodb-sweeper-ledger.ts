// The port `SweeperLedger` on the ledger's table; beside the ledger, which is in the bundles of many tasks.
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { ROLLOUT_SORT_KEY, rolloutPartition } from '../core/naming/ledger-keys.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { SweeperLedger } from '../ports/sweeper-ledger.ts';
import { toRolloutError } from './sdk-error.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const BATCH_SIZE = 100;

export function dynamoDbSweeperLedger(client: DynamoDBClient, tableName: string): SweeperLedger {
  const documents = DynamoDBDocumentClient.from(client);
  return {
    async withoutOutcome(rolloutIds) {
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

    async sweptSince(now) {
      const Key = { pk: 'sweeper', sk: 'since' };
      // The first sweep follows the stack within minutes: what was uploaded in between is this stack's own.
      const at = new Date(now.getTime() - 15 * 60_000).toISOString();
      try {
        const put = { TableName: tableName, Item: { ...Key, at }, ConditionExpression: 'attribute_not_exists(pk)' };
        await documents.send(new PutCommand(put));
        return at;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw toRolloutError(error);
      }
      try {
        const { Item } = await documents.send(new GetCommand({ TableName: tableName, Key }));
        return String(Item?.at ?? at);
      } catch (error) {
        throw toRolloutError(error);
      }
    },
  };
}
