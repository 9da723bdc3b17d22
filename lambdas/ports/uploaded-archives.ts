// Model archives: read as they were uploaded, stored as a write-once copy.
import type { Readable } from 'node:stream';
import type { DocumentRef, Upload } from '../../state-machine/contract/resolved-request.ts';

export interface StoredArtifact {
  location: DocumentRef;
  sizeBytes: number;
  goldenCases: DocumentRef | null;
}

export interface UploadedArchives {
  /** The bytes of exactly this version, as a stream with constant memory. Rejects with `RequestRejected` where its key may not be used. */
  open(upload: Upload): Readable;
  /**
   * Copies exactly this version to `artifacts/<endpoint>/<sha256>/model.tar.gz`, once. A copy that is there already is adopted after
   * its size and checksum have been compared.
   */
  store(upload: Upload, endpointName: string, sha256: string): Promise<DocumentRef>;
  /** Writes `artifacts/<endpoint>/<sha256>/golden.json`, once. */
  storeGoldenCases(endpointName: string, sha256: string, text: string): Promise<DocumentRef>;
  /** The endpoint's write-once copy and its golden cases, or null when it has no such artifact. */
  findStored(endpointName: string, sha256: string): Promise<StoredArtifact | null>;
  /** The bytes of a write-once copy, as a stream with constant memory. */
  openStored(stored: StoredArtifact): Readable;
}
