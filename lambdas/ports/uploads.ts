// What people put under `models/`.
import type { Upload } from '../../state-machine/contract/resolved-request.ts';

export interface Uploads {
  /** The given version of an object, or its current one; null when there is none (also after a delete marker). */
  find(location: { bucket: string; key: string; versionId?: string }): Promise<Upload | null>;
  /** Every current archive of the endpoint, by `parseObjectKey`, in no order. */
  listArchives(endpointName: string): Promise<Upload[]>;
  /** Every current object under `models/` that is no manifest, whatever its key, in no order. */
  listAll(): Promise<Upload[]>;
  /** The text of a small object (a manifest, golden cases). Rejects with `RequestRejected` when larger than `maximumBytes`. */
  readText(upload: Upload, maximumBytes: number): Promise<string>;
}
