// Extended headers: what POSIX (`x`, `g`), Solaris (`X`) and GNU (`L`, `K`) put before an entry whose header has no room for it.
// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_03
import { ArchiveDefect } from './defect.ts';
import { pathText } from './tar-header.ts';

export interface TarExtension {
  path?: string;
  linkTarget?: string;
  size?: number;
  sparse?: true;
}

export const isExtension = (typeFlag: string) => 'xXgLK'.includes(typeFlag);

/** Records are `<length> <key>=<value>\n`, the length counting itself; where it does not add up, readers disagree on the path. */
function paxRecords(content: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  let rest = content;
  while (rest.length > 0) {
    const space = rest.indexOf(' ');
    const digits = rest.subarray(0, Math.max(space, 0)).toString('latin1');
    const length = Number(digits);
    const equals = rest.indexOf('=');
    const fits = /^[1-9][0-9]{0,6}$/.test(digits) && length <= rest.length && rest[length - 1] === 0x0a;
    if (!fits || equals <= space || equals >= length)
      throw new ArchiveDefect('The tar archive is corrupt: a PAX header cannot be read.');
    records.set(pathText(rest.subarray(space + 1, equals)), pathText(rest.subarray(equals + 1, length - 1)));
    rest = rest.subarray(length);
  }
  return records;
}

function paxExtension(content: Buffer): TarExtension {
  const records = paxRecords(content);
  const extension: TarExtension = {};
  const path = records.get('GNU.sparse.name') ?? records.get('path');
  const linkTarget = records.get('linkpath');
  const size = records.get('size');
  if (path !== undefined) extension.path = path;
  if (linkTarget !== undefined) extension.linkTarget = linkTarget;
  if (size !== undefined) {
    extension.size = Number(size);
    if (!/^[0-9]+$/.test(size) || !Number.isSafeInteger(extension.size))
      throw new ArchiveDefect('The tar archive is corrupt: a PAX header states a size that cannot be read.');
  }
  if ([...records.keys()].some((key) => key.startsWith('GNU.sparse.'))) extension.sparse = true;
  return extension;
}

/** Throws `ArchiveDefect`. */
export function tarExtension(typeFlag: string, content: Buffer): TarExtension {
  if (typeFlag === 'L' || typeFlag === 'K') {
    const end = content.indexOf(0);
    const text = pathText(end === -1 ? content : content.subarray(0, end));
    return typeFlag === 'L' ? { path: text } : { linkTarget: text };
  }
  const extension = paxExtension(content);
  // Python applies a global header to every entry that follows, tar-stream to none; git archive writes only a comment there.
  if (typeFlag === 'g' && Object.keys(extension).length > 0)
    throw new ArchiveDefect('The tar archive is corrupt: a global PAX header names paths or sizes.');
  return extension;
}
