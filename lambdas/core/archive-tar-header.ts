// One tar header: 512 bytes, read strictly.
// https://www.gnu.org/software/tar/manual/html_node/Standard.html
import { ArchiveDefect } from './archive-defect.ts';

export interface TarHeader {
  path: string;
  linkTarget: string;
  size: number;
  typeFlag: string;
  /** GNU's old sparse format: blocks of the map of holes follow the header. */
  sparseMapContinues: boolean;
}

/** Paths are UTF-8 by PAX and whatever the author's machine had otherwise; bytes that are not UTF-8 still get one name each. */
export function pathText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : bytes.toString('latin1');
}

function field(block: Buffer, start: number, length: number): Buffer {
  const bytes = block.subarray(start, start + length);
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}

/** Signed sums are what some tars of the eighties wrote, and what GNU tar and Python still take. */
export function checksumFits(block: Buffer): boolean {
  const stated = Number.parseInt(field(block, 148, 8).toString('latin1').trim(), 8);
  let unsigned = 8 * 32;
  let signed = 8 * 32;
  for (let at = 0; at < block.length; at++) {
    if (at >= 148 && at < 156) continue;
    unsigned += block.readUInt8(at);
    signed += block.readInt8(at);
  }
  return stated === unsigned || stated === signed;
}

/** Octal digits, or GNU's base 256 from 8 GiB on: 0x80, then eleven bytes, big-endian. Negative and absurd sizes are refused. */
function sizeOf(block: Buffer, path: string): number {
  const bytes = block.subarray(124, 136);
  const digits = bytes
    .toString('latin1')
    .replace(/^ +/, '')
    .replace(/[\0 ].*$/s, '');
  if (/^[0-7]*$/.test(digits)) return digits === '' ? 0 : Number.parseInt(digits, 8);
  const size = bytes[0] === 0x80 ? Number(BigInt(`0x${bytes.subarray(1).toString('hex')}`)) : Number.NaN;
  if (Number.isSafeInteger(size)) return size;
  throw new ArchiveDefect(`The tar archive is corrupt: the size of ${JSON.stringify(path)} cannot be read.`);
}

/** `block` has a fitting checksum. */
export function tarHeader(block: Buffer): TarHeader {
  const name = pathText(field(block, 0, 100));
  // Only POSIX's magic has a prefix; GNU's keeps times there.
  const prefix = block.subarray(257, 263).toString('latin1') === 'ustar\0' ? pathText(field(block, 345, 155)) : '';
  const path = prefix === '' ? name : `${prefix}/${name}`;
  return {
    path,
    linkTarget: pathText(field(block, 157, 100)),
    size: sizeOf(block, path),
    typeFlag: String.fromCharCode(block[156]!),
    sparseMapContinues: block[156] === 0x53 && block[482] !== 0,
  };
}
