// One tar header: 512 bytes, read strictly.
// https://www.gnu.org/software/tar/manual/html_node/Standard.html
import { ArchiveDefect } from './defect.ts';

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

/** Octal digits up to a NUL, blanks around them allowed; none are zero; null: something else. */
function octal(bytes: Buffer): number | null {
  const digits = bytes
    .toString('latin1')
    .split('\0', 1)[0]!
    .replace(/^ +| +$/g, '');
  return /^[0-7]*$/.test(digits) ? Number.parseInt(`0${digits}`, 8) : null;
}

// Mode, user, group, time, device: nothing here depends on them, but Python reads no archive in which one is not a number.
const otherNumbers: readonly (readonly [start: number, length: number])[] = [
  [100, 8],
  [108, 8],
  [116, 8],
  [136, 12],
  [329, 8],
  [337, 8],
];
const isBase256 = (bytes: Buffer) => bytes[0] === 0x80 || bytes[0] === 0xff;

/** In octal, or in GNU's base 256 from 8 GiB on: 0x80, then eleven bytes, big-endian. Negative and absurd sizes are none. */
function sizeOf(block: Buffer): number | null {
  const bytes = block.subarray(124, 136);
  if (bytes[0] !== 0x80) return octal(bytes);
  const size = Number(BigInt(`0x${bytes.subarray(1).toString('hex')}`));
  return Number.isSafeInteger(size) ? size : null;
}

/** `block` has a fitting checksum. Throws `ArchiveDefect` at a number that is none. */
export function tarHeader(block: Buffer): TarHeader {
  const name = pathText(field(block, 0, 100));
  // Only POSIX's magic has a prefix; GNU's keeps times there.
  const prefix = block.subarray(257, 263).toString('latin1') === 'ustar\0' ? pathText(field(block, 345, 155)) : '';
  const path = prefix === '' ? name : `${prefix}/${name}`;
  const size = sizeOf(block);
  if (size === null)
    throw new ArchiveDefect(`The tar archive is corrupt: the size of ${JSON.stringify(path)} cannot be read.`);
  for (const [start, length] of otherNumbers) {
    const bytes = block.subarray(start, start + length);
    if (!isBase256(bytes) && octal(bytes) === null)
      throw new ArchiveDefect(`The tar archive is corrupt: the header of ${JSON.stringify(path)} cannot be read.`);
  }
  return {
    path,
    linkTarget: pathText(field(block, 157, 100)),
    size,
    typeFlag: String.fromCharCode(block[156]!),
    sparseMapContinues: block[156] === 0x53 && block[482] !== 0,
  };
}
