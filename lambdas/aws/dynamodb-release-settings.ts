// The port `ReleaseSettings` on the ledger's table.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { KeptSettingsSchema } from '../../state-machine/contract/kept-settings.ts';
import { endpointPartition, settingsSortKey } from '../core/naming/ledger-keys.ts';
import type { ReleaseSettings } from '../ports/release-settings.ts';
import { toRolloutError } from './sdk-error.ts';

export function dynamoDbReleaseSettings(client: DynamoDBClient, tableName: string): ReleaseSettings {
  const documents = DynamoDBDocumentClient.from(client);
  return {
    async find(release) {
      const Key = { pk: endpointPartition(release.endpointName), sk: settingsSortKey(release) };
      try {
        const { Item } = await documents.send(new GetCommand({ TableName: tableName, Key, ConsistentRead: true }));
        return Item === undefined ? null : z.parse(KeptSettingsSchema, Item.settings);
      } catch (error) {
        throw toRolloutError(error);
      }
    },
  };
}
