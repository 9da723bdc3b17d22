// Whether an upload without an outcome is one whose event was lost.
import type { Upload } from '../../../state-machine/contract/resolved-request.ts';

const MINUTE = 60_000;
/** EventBridge is late by a minute at times, and InspectArtifact takes up to 15: before then the rollout may only be young. */
const PATIENCE_MILLISECONDS = 30 * MINUTE;
/** As long as the queue of undelivered events keeps them. */
const LONGEST_MILLISECONDS = 14 * 24 * 60 * MINUTE;

export function isLostEvent({ lastModified }: Upload, since: string, now: Date): boolean {
  const age = now.getTime() - Date.parse(lastModified);
  return age >= PATIENCE_MILLISECONDS && age <= LONGEST_MILLISECONDS && Date.parse(lastModified) >= Date.parse(since);
}
