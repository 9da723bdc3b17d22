// The JSON documents of a rollout: request, plan, golden cases, outcome.
import type { DocumentRef } from '../../state-machine/contract/resolved-request.ts';

export interface Documents {
  /** Parsed JSON. Rejects with `NotReady` when the object is missing. */
  read(document: DocumentRef): Promise<unknown>;
  /** The same of the document at `key` of the system's own bucket; null when it is missing. */
  find(key: string): Promise<unknown>;
  /** Writes (again) the document at `key` of the system's own bucket. */
  write(key: string, content: unknown): Promise<DocumentRef>;
}
