// The ledger in one DynamoDB table; its keys stand in `core/ledger-keys.ts`.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { type Outcome, OutcomeSchema } from '../../state-machine/contract/outcome.ts';
import { ReleaseSchema } from '../../state-machine/contract/release.ts';
import type { UploadRecord } from '../core/lease/upload-record.ts';
import {
  endpointPartition,
  outcomeSortKey,
  RELEASE_PREFIX,
  ROLLOUT_SORT_KEY,
  rolloutPartition,
  uploadPartition,
} from '../core/naming/ledger-keys.ts';
import type { Ledger } from '../ports/ledger.ts';
import { toRolloutError } from './sdk-error.ts';

export function dynamoDbLedger(client: DynamoDBClient, tableName: string): Ledger {
  const documents = DynamoDBDocumentClient.from(client);

  async function newest(pk: string, prefix: string | null, limit: number): Promise<Record<string, unknown>[]> {
    try {
      const { Items = [] } = await documents.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: `pk = :pk${prefix === null ? '' : ' AND begins_with(sk, :prefix)'}`,
          ExpressionAttributeValues: { ':pk': pk, ...(prefix === null ? {} : { ':prefix': prefix }) },
          ScanIndexForward: false,
          Limit: limit,
          ConsistentRead: true,
        }),
      );
      return Items;
    } catch (error) {
      throw toRolloutError(error);
    }
  }

  return {
    async releases(endpointName, limit) {
      const items = await newest(endpointPartition(endpointName), RELEASE_PREFIX, limit);
      return items.map(({ pk: _pk, sk: _sk, ...release }) => z.parse(ReleaseSchema, release));
    },

    async findOutcome(rolloutId) {
      const [place] = await newest(rolloutPartition(rolloutId), ROLLOUT_SORT_KEY, 1);
      if (place === undefined) return null;
      const { endpointName, startedAt } = place as Pick<Outcome, 'endpointName' | 'startedAt'>;
      const [item = {}] = await newest(endpointPartition(endpointName), outcomeSortKey({ rolloutId, startedAt }), 1);
      const { pk: _pk, sk: _sk, ...outcome } = item;
      return z.parse(OutcomeSchema, outcome);
    },

    async findUpload(upload) {
      const [item] = await newest(uploadPartition(upload), null, 1);
      if (item === undefined) return null;
      const {
        outcome,
        archive,
        rolloutId,
        error = null,
        cause = null,
        successor = null,
        startedAt = '',
        endedAt = '',
      } = item as UploadRecord;
      return { outcome, archive, rolloutId, error, cause, successor, startedAt, endedAt };
    },
  };
}
