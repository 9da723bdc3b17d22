// The last lines of several log streams, each with its share.

export interface LoggedEvent {
  readonly stream: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** May hold line breaks. */
  readonly text: string;
}

const MAXIMUM_LINE_CHARACTERS = 1_000;

/** The stream that ended last comes first; what one stream has no use for, the others share. */
export function tailOfStreams(events: readonly LoggedEvent[], limit: number): string[] {
  const streams = Map.groupBy(events, ({ stream }) => stream);
  const newestFirst = [...streams.values()]
    .map((all) => all.toSorted((one, other) => one.at - other.at))
    .sort((one, other) => (other.at(-1)?.at ?? 0) - (one.at(-1)?.at ?? 0))
    .map((all) => all.flatMap(({ text }) => linesOf(text)));
  const shares = newestFirst.map(() => 0);
  for (let left = limit; left > 0; ) {
    const before = left;
    for (const [index, lines] of newestFirst.entries()) {
      if (left > 0 && shares[index]! < lines.length) {
        shares[index]! += 1;
        left -= 1;
      }
    }
    if (left === before) break;
  }
  return newestFirst.flatMap((lines, index) => lines.slice(lines.length - shares[index]!));
}

const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => line.slice(0, MAXIMUM_LINE_CHARACTERS));
