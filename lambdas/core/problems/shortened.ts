// Text of somebody else, cut so that a message stays a message.

/** At most `limit` UTF-16 units, well-formed; unprintable ones, line breaks included, become blanks. */
export function shortened(text: string, limit: number): string {
  const cut = text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, ' ');
}

/** At most `limit` bytes as UTF-8, whole characters; line breaks stay. */
export function cutToBytes(text: string, limit: number): string {
  const wellFormed = text.toWellFormed();
  const bytes = Buffer.from(wellFormed);
  if (bytes.length <= limit) return wellFormed;
  // Where a character is cut in two, its beginning is decoded as one or more U+FFFD at the end.
  return `${bytes
    .subarray(0, limit - 3)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')}…`;
}
