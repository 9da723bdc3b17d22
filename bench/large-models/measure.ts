// One model: all contestants load it, answer the same rows, and are timed in turn, some rounds.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { roundOrder } from '../serving/plan.ts';
import type { CellResult, Loaded } from './bars.ts';
import type { ModelName, RowCount } from './plan.ts';
import type { RunningContestant } from './running-contestant.ts';

/** So many rows are answered by all, and compared. */
const COMPARED_ROWS = 1000;
/** Of the two evaluators; the first one reads the file from the disk and counts for nothing. */
const LOADS = 6;

export interface ModelResult {
  cells: CellResult[];
  loaded: Loaded[];
  absent: { peer: string; reason: string }[];
}

interface Options {
  features: number;
  model: ModelName;
  rowCounts: readonly RowCount[];
  rounds: number;
  models: string;
  scratch: string;
  onProgress(what: string): void;
}

/** @throws where the evaluator's answers are not the library's */
export async function measureModel(running: readonly RunningContestant[], options: Options): Promise<ModelResult> {
  const { features, model, rowCounts, rounds, models, scratch, onProgress } = options;
  const absent: ModelResult['absent'] = [];
  const loaded: Loaded[] = [];
  const { arrayBytes } = JSON.parse(readFileSync(join(models, `${model}.json`), 'utf8')) as { arrayBytes: number };
  const present: RunningContestant[] = [];
  const answersOf = (name: string) => join(scratch, `${model}-${name}.npy`);
  for (const one of running) {
    const { name } = one.contestant;
    onProgress(`${model}: ${name} loads it`);
    const answer = await one.ask({ do: 'load', model });
    const file = answersOf(name);
    const answered = answer.absent ? answer : await one.ask({ do: 'answer', count: COMPARED_ROWS, file });
    if (answered.absent) {
      absent.push({ peer: name, reason: `${model}: ${answered.absent}` });
      continue;
    }
    present.push(one);
    const { bytes, compileSeconds } = answer;
    loaded.push({
      ...{ features, model, contestant: name, seconds: [answer.seconds!], fileBytes: arrayBytes },
      difference: Number.NaN,
      ...(bytes === undefined ? {} : { bytes }),
      ...(compileSeconds === undefined ? {} : { compileSeconds }),
    });
  }
  for (const one of loaded) one.difference = difference(answersOf(one.contestant), answersOf('library'));
  const wrong = loaded.find(({ contestant, difference }) => contestant === 'ours' && !(difference <= 1e-12));
  if (wrong) throw new Error(`${model}: the evaluator differs from its library by ${wrong.difference}.`);
  for (let number = 0; number < LOADS; number++) {
    for (const one of roundOrder(present, number).filter(({ contestant }) => contestant.program === 'evaluator')) {
      const entry = loaded.find(({ contestant }) => contestant === one.contestant.name)!;
      const { seconds } = await one.ask({ do: 'load', model });
      if (number === 0) entry.seconds = [];
      else entry.seconds.push(seconds!);
    }
  }
  const cells = present.flatMap(({ contestant }) =>
    rowCounts.map((rows): CellResult => ({ features, model, rows, contestant: contestant.name, rounds: [] })),
  );
  const broken = new Set<string>();
  for (let turn = 0; turn < rounds; turn++) {
    for (const count of rowCounts) {
      for (const one of roundOrder(present, turn)) {
        const { name } = one.contestant;
        if (broken.has(name)) continue;
        onProgress(`${model}, ${count} rows: round ${turn + 1} of ${rounds}, ${name}`);
        const { microseconds, absent: reason } = await one.ask({ do: 'time', count, turn });
        if (microseconds === undefined) {
          broken.add(name);
          absent.push({ peer: name, reason: `${model}, ${count} rows: ${reason}` });
        } else {
          cells.find(({ contestant, rows }) => contestant === name && rows === count)!.rounds.push(microseconds);
        }
      }
    }
  }
  if (broken.has('ours')) throw new Error(`${model}: ${absent.find(({ peer }) => peer === 'ours')?.reason}`);
  return { cells: cells.filter(({ contestant }) => !broken.has(contestant)), loaded, absent };
}

/** The largest between the answers in two files, as numpy.save writes float64. */
export function difference(file: string, other: string): number {
  const [one, two] = [readNpy(file), readNpy(other)];
  if (one.length !== two.length) return Number.POSITIVE_INFINITY;
  // NaN would be lost in Math.max of some engines' loops: it must not pass for equal.
  return one.reduce((most, value, index) => {
    const found = Math.abs(value - two[index]!);
    return Number.isNaN(found) ? Number.POSITIVE_INFINITY : Math.max(most, found);
  }, 0);
}

export function readNpy(file: string): Float64Array {
  const content = readFileSync(file);
  const begin = 10 + content.readUInt16LE(8);
  return new Float64Array(content.buffer.slice(content.byteOffset + begin, content.byteOffset + content.length));
}
