// What an execution's history says of its rollout.
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { waits } from '../../state-machine/contract/waits.ts';

export interface ReadRollout {
  /** The end of the wait before the CheckEndpoint that saw the endpoint in service; seconds since 1970. */
  lookedAt: number;
  /** The end of that CheckEndpoint. */
  seenAt: number;
  /** The end of the execution. */
  endedAt: number;
  /** How often CheckEndpoint was entered. */
  polls: number;
  /** States entered and retries made: what Standard workflows are billed by. https://aws.amazon.com/step-functions/pricing/ */
  transitions: number;
}

// A Lambda task tells of itself in LambdaFunction* events, other integrations in Task*.
const SCHEDULED = /^(LambdaFunction|Task)Scheduled$/;

/** Waits are callback states; those of before were Wait states. */
const isWait = (type: string, name = '') => type === 'WaitStateExited' || name in waits;

/** @throws when the rollout did not end as `deployed` after having waited */
export function readRollout(events: readonly HistoryEvent[]): ReadRollout {
  let lookedAt: number | undefined;
  let seenAt: number | undefined;
  let endedAt: number | undefined;
  let polls = 0;
  let transitions = 0;
  let attempts = 0;
  for (const { type = '', timestamp, stateEnteredEventDetails, stateExitedEventDetails } of events) {
    const at = (timestamp?.getTime() ?? 0) / 1000;
    if (type.endsWith('StateEntered')) {
      transitions += 1;
      attempts = 0;
      if (stateEnteredEventDetails?.name === 'CheckEndpoint') polls += 1;
    }
    if (SCHEDULED.test(type)) {
      attempts += 1;
      if (attempts > 1) transitions += 1;
    }
    if (seenAt === undefined && type.endsWith('StateExited') && isWait(type, stateExitedEventDetails?.name))
      lookedAt = at;
    if (type === 'TaskStateExited' && stateExitedEventDetails?.name === 'CheckEndpoint') {
      if (JSON.parse(stateExitedEventDetails.output ?? '{}').deployment?.verdict === 'inService') seenAt ??= at;
    }
    if (type === 'ExecutionSucceeded') endedAt = at;
  }
  if (lookedAt === undefined || seenAt === undefined || endedAt === undefined) {
    const last = events.at(-1);
    throw new Error(`A rollout did not succeed; its history ends with ${last?.type}: ${JSON.stringify(last)}`);
  }
  return { lookedAt, seenAt, endedAt, polls, transitions };
}
