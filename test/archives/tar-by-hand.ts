// Makes tar archives byte by byte, so that a test can have what no tool would write.
import { gzipSync } from 'node:zlib';

export interface HandEntry {
  path: string;
  /** `0` when absent. */
  typeFlag?: string;
  content?: string | Buffer;
  linkTarget?: string;
  /** What the header says, where it is not the content's length: a number, or the twelve bytes themselves. */
  size?: number | Buffer;
  /** `ustar\0` `00` when absent. */
  magic?: string;
  mode?: number;
}

export const zeroBlocks = (count = 2) => Buffer.alloc(512 * count);

export function header({
  path,
  typeFlag = '0',
  content = '',
  linkTarget = '',
  size,
  magic = 'ustar\x0000',
  mode = 0o644,
}: HandEntry): Buffer {
  const block = Buffer.alloc(512);
  block.write(path, 0, 100);
  block.write(`${mode.toString(8).padStart(7, '0')}\0`, 100);
  block.write('0000000\x000000000\0', 108);
  const stated = size ?? Buffer.byteLength(content);
  if (typeof stated === 'number') block.write(`${stated.toString(8).padStart(11, '0')}\0`, 124);
  else stated.copy(block, 124);
  block.write('00000000000\0', 136);
  block.write(typeFlag, 156, 'latin1');
  block.write(linkTarget, 157, 100);
  block.write(magic, 257, 'latin1');
  return withChecksum(block);
}

export function withChecksum(block: Buffer): Buffer {
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

export function entry(of: HandEntry): Buffer {
  const content = Buffer.from(of.content ?? '');
  return Buffer.concat([header(of), content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

export const tarOf = (...entries: HandEntry[]) => Buffer.concat([...entries.map(entry), zeroBlocks()]);
export const archiveOf = (...entries: HandEntry[]) => gzipSync(tarOf(...entries));

export const paxRecord = (key: string, value: string): string => {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + Buffer.byteLength(rest) !== length)
    length = String(length).length + Buffer.byteLength(rest);
  return `${length}${rest}`;
};
export const pax = (records: Record<string, string>, typeFlag = 'x'): HandEntry => ({
  path: 'PaxHeader/x',
  typeFlag,
  content: Object.entries(records)
    .map(([key, value]) => paxRecord(key, value))
    .join(''),
});
