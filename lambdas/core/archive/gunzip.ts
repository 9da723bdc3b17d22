// gzip, read to its very last byte: every member, every checksum, and nothing after them but zero padding.
import { createGunzip } from 'node:zlib';
import { ArchiveDefect } from './defect.ts';
import { TRUNCATED_ARCHIVE } from './magic.ts';

/** Zlib's default of 16 KiB costs a callback for each 16 KiB; 256 KiB is where it no longer shows. */
const OUTPUT_BYTES = 256 * 1024;
const zeros = Buffer.alloc(64 * 1024);

export function isZero(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += zeros.length) {
    const slice = bytes.subarray(at, at + zeros.length);
    if (!slice.equals(zeros.subarray(0, slice.length))) return false;
  }
  return true;
}

/** Node's words for what zlib found, in those of whoever has to mend it. */
function explain(error: NodeJS.ErrnoException, consumed: number): ArchiveDefect {
  const at = `near byte ${consumed}`;
  if (error.code === 'Z_BUF_ERROR') return new ArchiveDefect(TRUNCATED_ARCHIVE);
  if (error.message === 'incorrect header check')
    return new ArchiveDefect(`The archive is corrupt: something else than gzip data is in it ${at}. Make it again.`);
  return new ArchiveDefect(
    `The archive is corrupt: zlib reports "${error.message}" ${at}. It was damaged after it was made, or while it was uploaded.`,
  );
}

export interface Gunzip {
  /** Unpacks `bytes`; `onOutput` has seen all of it when the promise resolves. Rejects with `ArchiveDefect`, or what `onOutput` throws. */
  write(bytes: Buffer): Promise<void>;
  /** Rejects with `ArchiveDefect` when the data ended too early. */
  end(): Promise<void>;
  close(): void;
}

/**
 * zlib in Node goes on from member to member, but stops at a zero byte and then drops the rest of what it was given in
 * silence; and it never calls back a write in which it fails. So bytes are counted, and a failure is listened for.
 */
export function gunzip(onOutput: (bytes: Buffer) => void): Gunzip {
  const zlib = createGunzip({ chunkSize: OUTPUT_BYTES });
  let finished = false;
  let failure: Error | null = null;
  let waiting: ((error: Error | null) => void) | null = null;

  const settle = (error: Error | null) => {
    failure ??= error;
    waiting?.(failure);
    waiting = null;
  };
  const fail = (error: Error) => {
    settle(error);
    zlib.destroy();
  };
  zlib.on('error', (error) => fail(explain(error, zlib.bytesWritten)));
  zlib.on('data', (bytes: Buffer) => {
    if (failure !== null) return;
    try {
      onOutput(bytes);
    } catch (error) {
      fail(error as Error);
    }
  });
  /** Settles with `done`, or as soon as anything fails. */
  const until = (start: (done: () => void) => void) =>
    new Promise<void>((resolve, reject) => {
      waiting = (error) => (error === null ? resolve() : reject(error));
      if (failure === null) start(() => settle(null));
      else settle(failure);
    });

  return {
    async write(bytes) {
      let padding = bytes;
      if (!finished) {
        const before = zlib.bytesWritten;
        await until((done) => zlib.write(bytes, done));
        padding = bytes.subarray(zlib.bytesWritten - before);
        finished = padding.length > 0;
      }
      if (!isZero(padding))
        throw new ArchiveDefect(
          'The archive is corrupt: something else than zero padding follows its gzip data. Make it again.',
        );
    },
    async end() {
      await until((done) => {
        if (zlib.readableEnded) done();
        else zlib.once('end', done).end();
      });
    },
    close: () => zlib.destroy(),
  };
}
