// Watches one execution to its end, change by change.
import type { SFNClient } from '@aws-sdk/client-sfn';
import { type FollowOptions, followHistory } from './follow-history.ts';
import { historyReader } from './read-history.ts';
import type { ExecutionEnded, StateChange } from './state-change.ts';

/** The last value, and only that, is of type `ended` and carries the outcome. */
export async function* watch(
  client: SFNClient,
  executionArn: string,
  options: FollowOptions = {},
): AsyncGenerator<StateChange> {
  const read = historyReader();
  for await (const event of followHistory(client, executionArn, options)) yield* read(event);
}

/** Shows every change to `onChange` and returns the last. */
export async function watchToEnd(
  changes: AsyncIterable<StateChange>,
  onChange: (change: StateChange) => void = () => {},
): Promise<ExecutionEnded> {
  let end: ExecutionEnded | null = null;
  for await (const change of changes) {
    onChange(change);
    if (change.type === 'ended') end = change;
  }
  if (end === null) throw new Error('The history stopped before the execution ended.');
  return end;
}
