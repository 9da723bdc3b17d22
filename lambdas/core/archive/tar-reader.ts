// tar, read strictly: what GNU tar, bsdtar and Python write is understood; what readers would understand differently is a defect.
// Why not with tar-stream: docs/adr/0003-read-archives-strictly.md
import { ArchiveDefect } from './defect.ts';
import { isZero } from './gunzip.ts';
import { MAXIMUM_EXTENDED_HEADER_BYTES } from './limits.ts';
import { isExtension, type TarExtension, tarExtension } from './tar-extension.ts';
import { checksumFits, tarHeader } from './tar-header.ts';

const BLOCK_BYTES = 512;

export type TarEntryType =
  | 'file'
  | 'directory'
  | 'hardLink'
  | 'symbolicLink'
  | 'device'
  | 'fifo'
  | 'sparse'
  | 'unknown';

export interface TarEntry {
  /** As the archive spells it. */
  path: string;
  type: TarEntryType;
  /** Bytes of content in the archive. */
  size: number;
  linkTarget: string;
}

/** Is given the content in pieces. */
export type Sink = (bytes: Buffer) => void;

// `7`, contiguous, is a file to everybody.
const entryTypes: Readonly<Record<string, TarEntryType>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hardLink',
  '2': 'symbolicLink',
  '3': 'device',
  '4': 'device',
  '5': 'directory',
  '6': 'fifo',
  S: 'sparse',
};

/** A part of the archive asks for at most so many bytes, and is given some of them, at least one. */
type Reading<Result = void> = Generator<number, Result, Buffer>;

function* exactly(count: number): Reading<Buffer> {
  const first = count === 0 ? Buffer.alloc(0) : yield count;
  if (first.length === count) return first;
  // Copied: whoever gave the bytes may use their memory again.
  const bytes = Buffer.alloc(count);
  let filled = first.copy(bytes);
  while (filled < count) filled += (yield count - filled).copy(bytes, filled);
  return bytes;
}

function* through(count: number, sink: Sink | null): Reading {
  let remaining = count;
  while (remaining > 0) {
    const bytes = yield remaining;
    remaining -= bytes.length;
    sink?.(bytes);
  }
}

const paddingOf = (size: number) => (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;

export interface TarReader {
  /** Pieces of any length. Throws `ArchiveDefect`, or what `onEntry` and its sinks throw. */
  push(bytes: Buffer): void;
  /** Throws `ArchiveDefect` where the archive is not complete. */
  end(): void;
}

/** `onEntry` is called at each entry; the sink that it returns is given the content. Memory: one block, one extended header. */
export function tarReader(onEntry: (entry: TarEntry) => Sink | null): TarReader {
  let place: 'start' | 'header' | 'content' | 'end' = 'start';

  function* entries(): Reading {
    let gnu: TarExtension = {};
    let pax: TarExtension = {};
    let extended = false;
    for (;;) {
      const block = yield* exactly(BLOCK_BYTES);
      if (isZero(block)) break;
      if (!checksumFits(block))
        throw new ArchiveDefect(
          place === 'start'
            ? 'What is in the gzip data is not a tar archive. Make it with: tar -czf model.tar.gz -C <folder> .'
            : 'The tar archive is corrupt: a header has a wrong checksum. Make it again.',
        );
      const header = tarHeader(block);
      const { typeFlag } = header;
      place = 'content';
      if (isExtension(typeFlag)) {
        if (header.size > MAXIMUM_EXTENDED_HEADER_BYTES)
          throw new ArchiveDefect(
            `The tar archive has an extended header of ${header.size} bytes; at most ${MAXIMUM_EXTENDED_HEADER_BYTES} are read.`,
          );
        const more: TarExtension = tarExtension(typeFlag, yield* exactly(header.size));
        yield* through(paddingOf(header.size), null);
        if (typeFlag === 'L' || typeFlag === 'K') gnu = { ...gnu, ...more };
        else pax = { ...pax, ...more };
        extended ||= typeFlag !== 'g';
      } else {
        // A PAX path goes before a GNU one: so do GNU tar and Python.
        const { path, size, linkTarget, sparse } = { ...header, sparse: false, ...gnu, ...pax };
        const named = entryTypes[typeFlag] ?? 'unknown';
        // Before POSIX, a directory was a file whose name ends with a slash; all readers still take it as one.
        const type = sparse ? 'sparse' : named === 'file' && path.endsWith('/') ? 'directory' : named;
        if (size > 0 && type !== 'file' && type !== 'sparse' && type !== 'unknown')
          throw new ArchiveDefect(
            `The tar archive is corrupt: ${JSON.stringify(path)} is no file and yet has ${size} bytes of content.`,
          );
        let mapContinues = header.sparseMapContinues;
        while (mapContinues) mapContinues = (yield* exactly(BLOCK_BYTES))[504] !== 0;
        const sink = onEntry({ path, type, size, linkTarget });
        yield* through(size, sink);
        yield* through(paddingOf(size), null);
        gnu = {};
        pax = {};
        extended = false;
      }
      place = 'header';
    }
    if (extended) throw new ArchiveDefect('The tar archive is corrupt: it ends with a header of nothing.');
    place = 'end';
    for (;;)
      if (!isZero(yield Number.POSITIVE_INFINITY))
        throw new ArchiveDefect(
          'The tar archive is corrupt: something follows the zero blocks that mark its end. Archives cannot be joined with cat: make one of all the files.',
        );
  }

  const reading = entries();
  let wanted = reading.next().value as number;
  let started = false;
  let cutBlock = 0;
  return {
    push(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const piece = bytes.subarray(at, at + Math.min(wanted, bytes.length - at));
        at += piece.length;
        started = true;
        cutBlock = (cutBlock + piece.length) % BLOCK_BYTES;
        wanted = reading.next(piece).value as number;
      }
    },
    end() {
      if (!started) throw new ArchiveDefect('The archive is empty: there is nothing in the gzip data.');
      if (place === 'end') return;
      const where =
        place === 'header' && cutBlock === 0 ? 'without the zero blocks that mark its end' : 'in the middle';
      throw new ArchiveDefect(
        place === 'start'
          ? 'What is in the gzip data is too short for a tar archive.'
          : `The tar archive is truncated: it ends ${where}. Whatever wrote it did not finish; make it again.`,
      );
    },
  };
}
