// Reads the entries of a ZIP archive: those of a deployed package that are to run here too.
import { inflateRawSync } from 'node:zlib';
import type { ZipEntry } from './zip.ts';

const END = 0x06054b50;
const END_BYTES = 22;

/**
 * PKWARE's APPNOTE 4.3, of archives without a comment, stored or deflated.
 *
 * @param isWanted of which paths
 */
export function unzip(archive: Buffer, isWanted: (path: string) => boolean): ZipEntry[] {
  const end = archive.length - END_BYTES;
  if (end < 0 || archive.readUInt32LE(end) !== END) throw new Error('This is no ZIP archive without a comment.');
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const method = archive.readUInt16LE(at + 10);
    const compressedBytes = archive.readUInt32LE(at + 20);
    const nameBytes = archive.readUInt16LE(at + 28);
    const path = archive.toString('utf8', at + 46, at + 46 + nameBytes);
    if (isWanted(path)) {
      const local = archive.readUInt32LE(at + 42);
      const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      const stored = archive.subarray(start, start + compressedBytes);
      const content = method === 0 ? stored : inflateRawSync(stored);
      entries.push({ path, content, mode: (archive.readUInt32LE(at + 38) >>> 16) & 0o777 });
    }
    at += 46 + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}
