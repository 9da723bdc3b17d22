// Why an archive cannot be read on: found by the readers of gzip and tar, reported as a problem by the inspection.

export class ArchiveDefect extends Error {
  override readonly name = 'ArchiveDefect';
}
