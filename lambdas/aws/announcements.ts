// Outcomes to people by SNS, to other services by EventBridge.
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { outcomeSubject, outcomeText } from '../core/outcome/outcome-text.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Announcements } from '../ports/announcements.ts';
import { toRolloutError } from './sdk-error.ts';

export const OUTCOME_EVENT = { source: 'sagemaker-deployer', detailType: 'RolloutOutcome' } as const;

interface Destinations {
  topicArn: string;
  eventBusName: string;
}

export function announcements(
  sns: SNSClient,
  eventBridge: EventBridgeClient,
  { topicArn, eventBusName }: Destinations,
): Announcements {
  return {
    /** The event first: a mail that comes twice because the event failed is worse than an event that does. */
    async announce(outcome) {
      try {
        const { Entries = [] } = await eventBridge.send(
          new PutEventsCommand({
            Entries: [
              {
                EventBusName: eventBusName,
                Source: OUTCOME_EVENT.source,
                DetailType: OUTCOME_EVENT.detailType,
                Resources: [outcome.executionArn],
                Detail: JSON.stringify(outcome),
              },
            ],
          }),
        );
        // PutEvents answers 200 even where it refused: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
        const refused = Entries.find(({ ErrorCode }) => ErrorCode !== undefined);
        if (refused !== undefined) {
          const why = `${refused.ErrorCode}: ${refused.ErrorMessage}`;
          throw new RolloutError('ServiceUnavailable', `EventBridge did not take the outcome: ${why}`);
        }
        await sns.send(
          new PublishCommand({
            TopicArn: topicArn,
            Subject: outcomeSubject(outcome),
            Message: outcomeText(outcome),
            // For subscriptions that want some endpoints or some outcomes only.
            MessageAttributes: {
              outcome: { DataType: 'String', StringValue: outcome.outcome },
              ...(outcome.endpointName === null
                ? {}
                : { endpointName: { DataType: 'String', StringValue: outcome.endpointName } }),
            },
          }),
        );
      } catch (error) {
        throw toRolloutError(error);
      }
    },
  };
}
