// What is known of a rollout whose execution was stopped before it was known to the lease of its endpoint: its input.
import { ActionSchema } from '../../../state-machine/contract/action.ts';
import type { LeasedRollout } from '../../../state-machine/contract/lease.ts';
import { isEndpointName, parseObjectKey, parseS3Uri } from '../naming/object-keys.ts';
import { readTrigger } from '../request/trigger.ts';
import type { ExecutionStatus } from './execution-status.ts';

/** The endpoint that it might have changed; null when its input names none. */
export function endpointOfInput(input: unknown, defaultEndpointName: string | null): string | null {
  const trigger = readTrigger(input);
  const request = membersOf(trigger.kind === 'request' ? trigger.request : null);
  const { endpointName } = request;
  if (typeof endpointName === 'string') return isEndpointName(endpointName) ? endpointName : null;
  const { s3Uri } = membersOf(request.model);
  const key =
    trigger.kind === 'objectCreated' ? trigger.key : typeof s3Uri === 'string' ? parseS3Uri(s3Uri)?.key : null;
  const place = key == null ? null : parseObjectKey(key);
  if (place?.kind === 'defaultEndpointArchive') return defaultEndpointName;
  return place?.kind === 'archive' || place?.kind === 'manifest' ? place.endpointName : null;
}

/**
 * Without the upload that started it: an upload's outcome is that of a rollout which looked at it. The sweeper starts it anew
 * where it has none.
 */
export function stoppedRollout(rolloutId: string, executionArn: string, found: ExecutionStatus): LeasedRollout {
  const trigger = readTrigger(found.input);
  const { action, correlationId } = membersOf(trigger.kind === 'request' ? trigger.request : null);
  return {
    rolloutId,
    executionArn,
    startedAt: found.startedAt,
    action: ActionSchema.safeParse(action).data ?? 'deploy',
    upload: null,
    startedByKey: null,
    correlationId: typeof correlationId === 'string' ? correlationId.slice(0, 128) : null,
  };
}

/** A recovery has no outcome of its own: it tells that of another rollout. */
export const isRecovery = (input: unknown): boolean => membersOf(input).action === 'recover';

const membersOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
