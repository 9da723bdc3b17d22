// Text of somebody else, cut so that a message stays a message.

/** At most `limit` UTF-16 units, well-formed; unprintable ones, line breaks included, become blanks. */
export function shortened(text: string, limit: number): string {
  const cut = text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, ' ');
}
