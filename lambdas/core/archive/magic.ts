// What a file is that should have been gzip, from its first bytes. The command line says before the upload, in the same
// words, what the inspection would say after it.

const PACK = 'Make it with: tar -czf model.tar.gz -C <folder> .';

const kinds: readonly (readonly [hex: string, kind: string, remedy?: string])[] = [
  ['504b0304', 'a zip archive'],
  ['425a68', 'compressed with bzip2'],
  ['fd377a585a00', 'compressed with xz'],
  ['28b52ffd', 'compressed with zstd'],
  ['377abcaf271c', 'a 7-Zip archive'],
  ['80', 'a pickle'],
  ['7801', 'a pickle that joblib compressed'],
  ['785e', 'a pickle that joblib compressed'],
  ['789c', 'a pickle that joblib compressed'],
  ['78da', 'a pickle that joblib compressed'],
  ['894844460d0a', 'an HDF5 file'],
  [
    Buffer.from('version https://git-lfs').toString('hex'),
    'a pointer of Git LFS, which stands for the file',
    'Fetch the file first: git lfs pull.',
  ],
];
const markup = /^\s*<(!doctype html|html|\?xml)/i;

export const EMPTY_ARCHIVE = `The archive is empty: it has 0 bytes. ${PACK}`;
export const TRUNCATED_ARCHIVE = 'The archive is truncated: its gzip data ends too early. Make and upload it again.';

/** Null when they are gzip's, or too few to tell. */
export function notGzip(first: Buffer): string | null {
  if (first.length < 2 || (first[0] === 0x1f && first[1] === 0x8b)) return null;
  const hex = first.subarray(0, 32).toString('hex');
  const text = first.subarray(0, 512).toString('latin1');
  const [, kind, remedy = PACK] =
    kinds.find(([magic]) => hex.startsWith(magic)) ??
    (markup.test(text) ? ['', 'a page or a message that was downloaded in its place', 'Download it again.'] : null) ??
    (text.slice(257, 262) === 'ustar' ? ['', 'a tar archive that is not compressed'] : []);
  const found = kind === undefined ? '' : ` It is ${kind}.`;
  return `It is not a gzip file.${found} ${remedy}`;
}

/** What can be said of an archive before it is read: of its size, and of its beginning (512 bytes, or all of it). */
export function beginningFault(sizeBytes: number, first: Buffer): string | null {
  if (sizeBytes === 0) return EMPTY_ARCHIVE;
  return sizeBytes === 1 ? TRUNCATED_ARCHIVE : notGzip(first);
}
