// The ledger in one DynamoDB table; its keys stand in `core/ledger-keys.ts`.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { Release } from '../../state-machine/contract/release.ts';
import { endpointPartition, OUTCOME_PREFIX, RELEASE_PREFIX, uploadPartition } from '../core/ledger-keys.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Ledger } from '../ports/ledger.ts';
import { toRolloutError } from './sdk-error.ts';

export function dynamoDbLedger(client: DynamoDBClient, tableName: string): Ledger {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

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
    /** All at once or nothing; the condition on the outcome makes a repetition a no-op. */
    async record(outcome, release) {
      const { endpointName, rolloutId, startedAt, upload } = outcome;
      const pk = endpointPartition(endpointName);
      const items = [
        { pk, sk: `${OUTCOME_PREFIX}${startedAt}#${rolloutId}`, ...outcome },
        ...(release === null ? [] : [{ pk, sk: `${RELEASE_PREFIX}${release.releasedAt}#${rolloutId}`, ...release }]),
        ...(upload === null
          ? []
          : [
              {
                pk: uploadPartition(upload),
                sk: `${startedAt}#${rolloutId}`,
                outcome: outcome.outcome,
                archive: outcome.archive,
                rolloutId,
                endpointName,
              },
            ]),
      ];
      try {
        await documents.send(
          new TransactWriteCommand({
            TransactItems: items.map((Item, index) => ({
              Put: {
                TableName: tableName,
                Item,
                ...(index === 0 ? { ConditionExpression: 'attribute_not_exists(pk)' } : {}),
              },
            })),
          }),
        );
      } catch (error) {
        const reasons = (error as { CancellationReasons?: { Code?: string }[] }).CancellationReasons?.map(
          ({ Code }) => Code,
        );
        if (reasons?.[0] === 'ConditionalCheckFailed') return;
        if (reasons !== undefined) {
          const cancelled = `The ledger cancelled the transaction: ${reasons.join(', ')}.`;
          throw new RolloutError('ServiceUnavailable', cancelled, { cause: error });
        }
        throw toRolloutError(error);
      }
    },

    async releases(endpointName, limit) {
      const items = await newest(endpointPartition(endpointName), RELEASE_PREFIX, limit);
      return items.map(({ pk: _pk, sk: _sk, ...release }) => release as unknown as Release);
    },

    async verdictOnArchive(upload) {
      const [item] = await newest(uploadPartition(upload), null, 1);
      return (item?.archive as Outcome['archive'] | undefined) ?? null;
    },
  };
}
