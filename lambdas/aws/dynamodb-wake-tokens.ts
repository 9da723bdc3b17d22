// The port `WakeTokens` on the ledger's table.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { AWAITED_SORT_KEY, awaitedPartition, TOKEN_SORT_KEY, tokenPartition } from '../core/naming/ledger-keys.ts';
import type { WakeTokens } from '../ports/wake-tokens.ts';
import { toRolloutError } from './sdk-error.ts';

export function dynamoDbWakeTokens(client: DynamoDBClient, tableName: string): WakeTokens {
  const documents = DynamoDBDocumentClient.from(client);

  async function put(item: Record<string, unknown>): Promise<void> {
    try {
      await documents.send(new PutCommand({ TableName: tableName, Item: item }));
    } catch (error) {
      throw toRolloutError(error);
    }
  }

  async function get(pk: string, sk: string, member: string): Promise<string | null> {
    try {
      const read = new GetCommand({ TableName: tableName, Key: { pk, sk }, ConsistentRead: true });
      const { Item } = await documents.send(read);
      return typeof Item?.[member] === 'string' ? Item[member] : null;
    } catch (error) {
      throw toRolloutError(error);
    }
  }

  return {
    async keep({ rolloutId, endpointName, taskToken, expiresAt: at }) {
      // DynamoDB's time to live is in seconds: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
      const expiresAt = Math.ceil(at.getTime() / 1000);
      await put({ pk: tokenPartition(rolloutId), sk: TOKEN_SORT_KEY, taskToken, expiresAt });
      if (endpointName === null) return;
      await put({ pk: awaitedPartition(endpointName), sk: AWAITED_SORT_KEY, rolloutId, expiresAt });
    },
    ofRollout: (rolloutId) => get(tokenPartition(rolloutId), TOKEN_SORT_KEY, 'taskToken'),
    rolloutAwaiting: (endpointName) => get(awaitedPartition(endpointName), AWAITED_SORT_KEY, 'rolloutId'),
  };
}
