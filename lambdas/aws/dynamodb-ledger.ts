// The ledger in one DynamoDB table, keys `pk` and `sk`.
//
//   endpoint#<name>               outcome#<startedAt>#<rolloutId>   how a rollout ended
//   endpoint#<name>               release#<releasedAt>#<rolloutId>  what it released
//   upload#<versionId>#<key>      <startedAt>#<rolloutId>           how this version of an upload ended
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Ledger, Release } from '../ports/ledger.ts';
import { toRolloutError } from './sdk-error.ts';

export function dynamoDbLedger(client: DynamoDBClient, tableName: string): Ledger {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

  /** Sort keys begin with a time in ISO 8601, so the highest is the newest. */
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
      const pk = `endpoint#${endpointName ?? ''}`;
      const items = [
        { pk, sk: `outcome#${startedAt}#${rolloutId}`, ...outcome },
        ...(release === null ? [] : [{ pk, sk: `release#${release.releasedAt}#${rolloutId}`, ...release }]),
        ...(upload === null
          ? []
          : [
              {
                pk: uploadKey(upload),
                sk: `${startedAt}#${rolloutId}`,
                outcome: outcome.outcome,
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
      const items = await newest(`endpoint#${endpointName}`, 'release#', limit);
      return items.map(({ pk: _pk, sk: _sk, ...release }) => release as unknown as Release);
    },

    async outcomeOfUpload(upload) {
      const [item] = await newest(uploadKey(upload), null, 1);
      return (item?.outcome as Outcome['outcome'] | undefined) ?? null;
    },
  };
}

/** Version ids hold no `#`; keys may, and stand last. */
const uploadKey = ({ key, versionId }: { key: string; versionId: string }) => `upload#${versionId}#${key}`;
