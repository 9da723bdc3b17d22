// The port `ContainerLogs` on CloudWatch Logs, where SageMaker sends what the containers of an endpoint print:
// https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
import {
  type CloudWatchLogsClient,
  FilterLogEventsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { type LoggedEvent, tailOfStreams } from '../core/diagnosis/tail-of-streams.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { ContainerLogs } from '../ports/container-logs.ts';
import { toRolloutError } from './sdk-error.ts';

const logGroupOf = (endpointName: string) => `/aws/sagemaker/Endpoints/${endpointName}`;

/** Nothing that decides waits for it. */
const TAIL_TIMEOUT_MILLISECONDS = 10_000;

/** A page holds at most 1 MB or 10,000 events, and may be empty while there are more. */
const MAXIMUM_PAGES = 5;

export function cloudWatchContainerLogs(client: CloudWatchLogsClient): ContainerLogs {
  return {
    /**
     * By FilterLogEvents, newest first: DescribeLogStreams knows of a stream's last event up to an hour late.
     * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
     */
    async tail(endpointName, { since, limit }) {
      const request = { logGroupName: logGroupOf(endpointName), startTime: since.getTime(), startFromHead: false };
      const found: LoggedEvent[] = [];
      const abortSignal = AbortSignal.timeout(TAIL_TIMEOUT_MILLISECONDS);
      let nextToken: string | undefined;
      try {
        for (let page = 0; page < MAXIMUM_PAGES && found.length < limit; page++) {
          const answer = await client.send(new FilterLogEventsCommand({ ...request, nextToken }), { abortSignal });
          for (const { logStreamName = '', timestamp = 0, message = '' } of answer.events ?? [])
            found.push({ stream: logStreamName, at: timestamp, text: message });
          nextToken = answer.nextToken;
          if (nextToken === undefined) break;
        }
      } catch (error) {
        if (isMissing(error)) return [];
        if (abortSignal.aborted) {
          const message = `The log of ${endpointName} was not read within ${TAIL_TIMEOUT_MILLISECONDS / 1000} s.`;
          throw new RolloutError('ServiceUnavailable', message, { cause: error });
        }
        throw toRolloutError(error);
      }
      return tailOfStreams(oldestFirst(found), limit);
    },
    async expire(endpointName, days) {
      try {
        await client.send(
          new PutRetentionPolicyCommand({ logGroupName: logGroupOf(endpointName), retentionInDays: days }),
        );
      } catch (error) {
        if (!isMissing(error)) throw toRolloutError(error);
      }
    },
  };
}

const isMissing = (error: unknown) => error instanceof Error && error.name === 'ResourceNotFoundException';

/** What was printed in one millisecond keeps its order, also where a server does not know `startFromHead`. */
const oldestFirst = (events: LoggedEvent[]): LoggedEvent[] =>
  (events[0]?.at ?? 0) < (events.at(-1)?.at ?? 0) ? events : events.toReversed();
