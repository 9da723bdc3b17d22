// How long an upload settles before it is granted a free endpoint, so that one that follows within a second takes its place.
import type { WaitingRollout } from '../../../state-machine/contract/lease.ts';
import type { OrderedUpload } from './newest-upload.ts';

/**
 * From LastModified, which has whole seconds: 2 s until another upload within a second of it can have come at the latest,
 * and 4 s for that one's way to the lease: 1 s for its event (S3 to EventBridge to StartExecution), 1 s each for
 * ResolveRequest, InspectArtifact of a small archive, and LeaseEndpoint, with functions that start cold.
 */
export const DEBOUNCE_SECONDS = 6;

/**
 * ISO 8601; null where it need not settle: it was uploaded long enough ago. Never longer than from now on, whatever the
 * clocks of S3 and of Lambda say.
 */
export function debounceUntil({ lastModified }: Pick<OrderedUpload, 'lastModified'>, now: Date): string | null {
  const from = Math.min(Date.parse(lastModified), now.getTime());
  const until = new Date(from + DEBOUNCE_SECONDS * 1000);
  return until > now ? until.toISOString() : null;
}

export const isDebouncing = ({ debounceUntil }: Pick<WaitingRollout, 'debounceUntil'>, now: Date): boolean =>
  debounceUntil !== null && now.getTime() < Date.parse(debounceUntil);
