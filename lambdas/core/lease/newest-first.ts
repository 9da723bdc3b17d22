// Which upload is the newest: one total order, so that every reader comes to the same answer.
import type { Upload } from '../../../state-machine/contract/resolved-request.ts';

/**
 * By LastModified, which has whole seconds. Within one second by key and then by version, in code units: arbitrary, but the
 * same for everybody. Of one key only the current version is ever listed. An older version uploaded again is newer.
 */
export function newestFirst(uploads: readonly Upload[]): Upload[] {
  return [...uploads].sort(
    (one, other) =>
      Date.parse(other.lastModified) - Date.parse(one.lastModified) ||
      descending(one.key, other.key) ||
      descending(one.versionId, other.versionId),
  );
}

const descending = (one: string, other: string) => (one === other ? 0 : one < other ? 1 : -1);
