// The write-once copies of one endpoint: which there are, and the end of those that nothing needs.
import type { DocumentRef } from '../../state-machine/contract/resolved-request.ts';

export interface ArtifactStore {
  /** Whether an object is there. */
  isThere(location: DocumentRef): Promise<boolean>;
  /** The keys of everything that is there for the endpoint, in no order. */
  list(endpointName: string): Promise<string[]>;
  /** Removing what is gone already is no error. */
  remove(key: string): Promise<void>;
}
