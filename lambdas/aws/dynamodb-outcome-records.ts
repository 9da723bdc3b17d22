// The port `OutcomeRecords` on the ledger's table.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { NewRelease } from '../../state-machine/contract/release.ts';
import {
  endpointPartition,
  outcomeSortKey,
  RELEASE_PREFIX,
  ROLLOUT_SORT_KEY,
  rolloutPartition,
  settingsSortKey,
  uploadPartition,
} from '../core/naming/ledger-keys.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { OutcomeRecords } from '../ports/outcome-records.ts';
import { leasePut } from './dynamodb-leases.ts';
import { toRolloutError } from './sdk-error.ts';

export function dynamoDbOutcomeRecords(client: DynamoDBClient, tableName: string): OutcomeRecords {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return {
    /** All at once or nothing; the condition on the rollout's name makes a repetition a no-op. */
    async record(outcome, release, leaving) {
      const { endpointName, rolloutId, startedAt, upload } = outcome;
      const pk = endpointPartition(endpointName);
      const items = [
        { pk: rolloutPartition(rolloutId), sk: ROLLOUT_SORT_KEY, endpointName, startedAt },
        { pk, sk: outcomeSortKey(outcome), ...outcome },
        ...(release === null ? [] : releaseItems(pk, release)),
        ...(upload === null
          ? []
          : [
              {
                pk: uploadPartition(upload),
                sk: `${startedAt}#${rolloutId}`,
                outcome: outcome.outcome,
                archive: outcome.archive,
                successor: outcome.successor,
                error: outcome.error,
                cause: outcome.cause,
                rolloutId,
                startedAt,
                endedAt: outcome.endedAt,
                endpointName,
              },
            ]),
      ];
      const unlessThere = { ConditionExpression: 'attribute_not_exists(pk)' };
      try {
        await documents.send(
          new TransactWriteCommand({
            TransactItems: [
              ...items.map((Item, index) => ({ Put: { TableName: tableName, Item, ...(index === 0 && unlessThere) } })),
              ...(leaving === null ? [] : [{ Put: leasePut(tableName, leaving.previous, leaving.next) }]),
            ],
          }),
        );
        return true;
      } catch (error) {
        const reasons = (error as { CancellationReasons?: { Code?: string }[] }).CancellationReasons?.map(
          ({ Code }) => Code,
        );
        if (reasons?.[0] === 'ConditionalCheckFailed') return true;
        if (leaving !== null && reasons?.at(-1) === 'ConditionalCheckFailed') return false;
        if (reasons !== undefined) {
          const cancelled = `The ledger cancelled the transaction: ${reasons.join(', ')}.`;
          throw new RolloutError('ServiceUnavailable', cancelled, { cause: error });
        }
        throw toRolloutError(error);
      }
    },
  };
}

function releaseItems(pk: string, { settings, ...release }: NewRelease) {
  const sk = `${RELEASE_PREFIX}${release.releasedAt}#${release.rolloutId}`;
  return [{ pk, sk, ...release }, ...(settings === undefined ? [] : [{ pk, sk: settingsSortKey(release), settings }])];
}
