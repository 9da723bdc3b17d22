// Model archives: read as they were uploaded, kept as a write-once copy.
import type { Readable } from 'node:stream';
import type { DocumentRef, Upload } from '../../state-machine/contract/resolved-request.ts';

export interface KeptArtifact {
  location: DocumentRef;
  sizeBytes: number;
  goldenCases: DocumentRef | null;
}

export interface Archives {
  /** The bytes of exactly this version, as a stream with constant memory. Rejects with `RequestRejected` where its key may not be used. */
  open(upload: Upload): Readable;
  /**
   * Copies exactly this version to `artifacts/<sha256>/model.tar.gz`, once. A copy that is there already is adopted after
   * its size and checksum have been compared.
   */
  keep(upload: Upload, sha256: string): Promise<DocumentRef>;
  /** Writes `artifacts/<sha256>/golden.json`, once. */
  keepGoldenCases(sha256: string, text: string): Promise<DocumentRef>;
  /** The write-once copy and its golden cases, or null when there is no such artifact. */
  findKept(sha256: string): Promise<KeptArtifact | null>;
  /** The bytes of a write-once copy, as a stream with constant memory. */
  openKept(kept: KeptArtifact): Readable;
}
