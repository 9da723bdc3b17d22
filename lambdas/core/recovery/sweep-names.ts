// Names of the executions that the sweeper starts: the same find, the same name, so that it is started once.
import { createHash } from 'node:crypto';

/** At most 80 characters: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
const MAXIMUM_LENGTH = 80;

/**
 * A recovery that was itself stopped gets a new name by the lease's fencing, because it had taken the lease over; one that
 * failed before it could gets one with each hour that has passed since the rollout's end.
 *
 * @param stoppedAt ISO 8601; null where Step Functions has forgotten the execution
 */
export function recoveryName(rolloutId: string, fencing: number, stoppedAt: string | null, now: Date): string {
  const hours = hoursSince(stoppedAt ?? now.toISOString(), now);
  return fitting(`recover-${fencing}-${hours === 0 ? '' : `${hours}h-`}`, rolloutId);
}

/**
 * For a rollout that no lease knows: a recovery that was stopped, or failed, gets a new name with each hour that has passed since
 * the rollout's end.
 */
export const unreportedName = (rolloutId: string, stoppedAt: string, now: Date): string =>
  fitting(`recover-${hoursSince(stoppedAt, now)}h-`, rolloutId);

const hoursSince = (stoppedAt: string, now: Date) =>
  Math.max(0, Math.floor((now.getTime() - Date.parse(stoppedAt)) / 3_600_000));

const fitting = (prefix: string, rolloutId: string) =>
  prefix.length + rolloutId.length <= MAXIMUM_LENGTH ? `${prefix}${rolloutId}` : `${prefix}${hash(rolloutId)}`;

/** Whether the sweeper named it: recoveries of recoveries would breed without end. */
export const isRecoveryName = (name: string): boolean => /^recover-\d+h?-/.test(name);

/** A name is taken for 90 days; an upload whose execution was stopped before it had an outcome is tried again after an hour. */
export const retryName = ({ key, versionId }: { key: string; versionId: string }, now: Date): string =>
  `upload-${hash(`${versionId}#${key}`)}-${now.toISOString().slice(0, 13)}`;

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);
