// The requests of one measurement, each asked once and its answer compared with scikit-learn's, for wrk to repeat.
import { writeFileSync } from 'node:fs';
import { type Answers, findDifference, type Protocol, type Rows } from './protocols.ts';

const BODIES = { 1: 16, 100: 4 } as const;

/** How many rows a request has. */
export type RowCount = keyof typeof BODIES;

/** What scikit-learn answers to 100 rows; written by train_models.py. */
export interface Expected extends Answers {
  rows: Rows;
}

/** Different ones, so that nobody wins by remembering. */
export function requests(expected: Expected, rowCount: RowCount): Expected[] {
  const size = expected.rows.length;
  return Array.from({ length: BODIES[rowCount] }, (_, number) => {
    const pick = <Value>(values: readonly Value[]) =>
      Array.from({ length: rowCount }, (_, index) => values[(number * 6 + index) % size]!);
    return {
      rows: pick(expected.rows),
      classes: pick(expected.classes),
      probabilities: pick(expected.probabilities),
    };
  });
}

export async function ask(port: number, protocol: Protocol, rows: Rows): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${protocol.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: protocol.body(rows),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`status ${response.status}: ${text.slice(0, 200)}`);
  return text;
}

interface Case {
  port: number;
  protocol: Protocol;
  expected: Expected;
  rowCount: RowCount;
}

/** @throws where an answer is not scikit-learn's */
export async function verifiedAnswers({ port, protocol, expected, rowCount }: Case): Promise<string[]> {
  const accepted: string[] = [];
  for (const request of requests(expected, rowCount)) {
    const text = await ask(port, protocol, request.rows);
    const difference = findDifference(protocol.read(text), request);
    if (difference !== null) throw new Error(`the answer is wrong: ${difference}`);
    accepted.push(text);
  }
  return accepted;
}

/** @throws where an answer is not scikit-learn's */
export async function writeCase(file: string, asked: Case): Promise<void> {
  const { protocol, expected, rowCount } = asked;
  const bodies = requests(expected, rowCount).map(({ rows }) => protocol.body(rows));
  writeFileSync(file, luaCase(protocol.path, bodies, await verifiedAnswers(asked)));
}

/** nginx answers everything with one of the right answers. */
export function writeStaticCase(
  file: string,
  protocol: Protocol,
  expected: Expected,
  rowCount: RowCount,
  answer: string,
) {
  const bodies = requests(expected, rowCount).map(({ rows }) => protocol.body(rows));
  writeFileSync(file, luaCase(protocol.path, bodies, [answer]));
}

export function luaCase(path: string, bodies: readonly string[], accepted: readonly string[]): string {
  const list = (texts: readonly string[]) => `{${texts.map(luaText).join(', ')}}`;
  return `return { path = ${luaText(path)}, bodies = ${list(bodies)}, accepted = ${list(accepted)} }\n`;
}

/** Bytes that Lua would read otherwise are written as numbers. */
const luaText = (text: string) =>
  `"${[...Buffer.from(text)]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
        ? String.fromCharCode(byte)
        : `\\${`${byte}`.padStart(3, '0')}`,
    )
    .join('')}"`;
