// Puts the tables into docs/benchmarks.md, between two marks, and the chart and the raw figures beside it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chart } from './chart.ts';
import { ROOT } from './peer.ts';
import { type Result, resultTables } from './result-tables.ts';

const mark = (benchmark: string, place: 'begin' | 'end') =>
  `<!-- Written by \`npm run bench -- ${benchmark}\`: ${place} -->`;

export function writeDocs(result: Result): string[] {
  const docs = join(ROOT, 'docs');
  const page = join(docs, 'benchmarks.md');
  writeFileSync(page, between(readFileSync(page, 'utf8'), resultTables(result)));
  writeFileSync(join(docs, 'serving-benchmark.svg'), chart(result.results));
  writeFileSync(join(docs, 'serving-benchmark.json'), rawFigures(result));
  return ['docs/benchmarks.md', 'docs/serving-benchmark.svg', 'docs/serving-benchmark.json'];
}

/** @throws where the page has lost its marks */
export function between(page: string, text: string, benchmark = 'serving'): string {
  const first = mark(benchmark, 'begin');
  const begin = page.indexOf(first);
  const end = page.indexOf(mark(benchmark, 'end'));
  if (begin < 0 || end < begin) throw new Error(`docs/benchmarks.md has no place for the figures of ${benchmark}.`);
  return `${page.slice(0, begin + first.length)}\n\n${text}\n\n${page.slice(end)}`;
}

/** One line for each cell, so that two runs can be compared. */
export function rawFigures({ results, ...rest }: Result): string {
  const head = JSON.stringify(rest, null, 1).slice(0, -2);
  return `${head},\n "results": [\n${results.map((cell) => `  ${JSON.stringify(short(cell))}`).join(',\n')}\n ]\n}\n`;
}

const short = (cell: Result['results'][number]) => ({
  ...cell,
  rounds: cell.rounds.map(({ rate, ...one }) => ({ ...one, rate: Math.round(rate * 10) / 10 })),
});
