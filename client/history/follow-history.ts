// Follows an execution's history while it grows: every event once, in order, however the pages are cut.
import { setTimeout as sleep } from 'node:timers/promises';
import { GetExecutionHistoryCommand, type HistoryEvent, type SFNClient } from '@aws-sdk/client-sfn';

export interface FollowOptions {
  /** Seconds between two looks. Default 1: one caller may ask 20 times a second. */
  pollSeconds?: number;
  signal?: AbortSignal;
}

/**
 * Ends after the execution's last event.
 *
 * Each look reads backwards from the newest event to the last one known, so that a history of 25,000 events costs one call
 * a look and not 25. https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
 */
export async function* followHistory(
  client: SFNClient,
  executionArn: string,
  { pollSeconds = 1, signal }: FollowOptions = {},
): AsyncGenerator<HistoryEvent> {
  let last = 0;
  for (;;) {
    const fresh = await eventsAfter(client, executionArn, last, signal);
    for (const event of fresh) {
      // A read that lags behind may lack an event between two others; it is there at the next look.
      if (event.id !== last + 1) break;
      last = event.id;
      yield event;
      if (/^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(event.type ?? '')) return;
    }
    await sleep(pollSeconds * 1000, undefined, { signal });
  }
}

async function eventsAfter(client: SFNClient, executionArn: string, last: number, signal?: AbortSignal) {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 200, nextToken }),
      { abortSignal: signal },
    );
    const newer = (page.events ?? []).filter(({ id }) => (id ?? 0) > last);
    events.push(...newer);
    nextToken = newer.length === page.events?.length ? page.nextToken : undefined;
  } while (nextToken);
  return events.sort((one, other) => (one.id ?? 0) - (other.id ?? 0));
}
