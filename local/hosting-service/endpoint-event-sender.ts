// Sends SageMaker's events of endpoints to the cloud's EventBridge, each as late as it is drawn.
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EndpointEvent } from '../hosting/endpoint-event.ts';

export interface EndpointEventSender {
  /** Returns at once. */
  send(event: EndpointEvent): void;
  /** Sends nothing more. */
  close(): void;
}

export interface EndpointEventSenderOptions {
  /** What lets the sender speak as SageMaker. */
  readonly secret: string;
  /** After how many milliseconds each copy of an event arrives; none: it is lost. */
  readonly delivery: () => readonly number[];
  /** Told of each copy when it is sent. */
  readonly sent?: (event: EndpointEvent) => void;
  /** Told of what could not be sent: it is lost, as on AWS. */
  readonly lost: (why: string) => void;
}

export function endpointEventSender(
  client: Pick<EventBridgeClient, 'send'>,
  { secret, delivery, sent, lost }: EndpointEventSenderOptions,
): EndpointEventSender {
  const waiting = new Set<NodeJS.Timeout>();
  const put = async ({ at, source, resources, detail, ...event }: EndpointEvent) => {
    const { FailedEntryCount, Entries } = await client.send(
      new PutEventsCommand({
        Entries: [
          {
            ...{
              Source: source,
              DetailType: event['detail-type'],
              Detail: JSON.stringify(detail),
              TraceHeader: secret,
            },
            ...{ Resources: [...resources], Time: new Date(at) },
          },
        ],
      }),
    );
    if (FailedEntryCount) throw new Error(Entries?.[0]?.ErrorMessage ?? 'EventBridge refused it');
  };
  return {
    send(event) {
      for (const delay of delivery()) {
        const timer = setTimeout(() => {
          waiting.delete(timer);
          sent?.(event);
          put(event).catch((error: Error) => lost(error.message));
        }, delay).unref();
        waiting.add(timer);
      }
    },
    close() {
      for (const timer of waiting) clearTimeout(timer);
      waiting.clear();
    },
  };
}
