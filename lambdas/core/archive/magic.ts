// What a file is that should have been gzip, from its first bytes.

const kinds: readonly (readonly [hex: string, kind: string])[] = [
  ['504b0304', 'a zip archive'],
  ['425a68', 'compressed with bzip2'],
  ['fd377a585a00', 'compressed with xz'],
  ['28b52ffd', 'compressed with zstd'],
  ['377abcaf271c', 'a 7-Zip archive'],
  ['80', 'a pickle'],
  ['894844460d0a', 'an HDF5 file'],
];

/** Null when they are gzip's, or too few to tell. */
export function notGzip(first: Buffer): string | null {
  if (first.length < 2 || (first[0] === 0x1f && first[1] === 0x8b)) return null;
  const hex = first.subarray(0, 8).toString('hex');
  const kind =
    kinds.find(([magic]) => hex.startsWith(magic))?.[1] ??
    (first.subarray(257, 262).toString('latin1') === 'ustar' ? 'a tar archive that is not compressed' : null);
  const found = kind === null ? '' : ` It is ${kind}.`;
  return `It is not a gzip file.${found} Make it with: tar -czf model.tar.gz -C <folder> .`;
}
