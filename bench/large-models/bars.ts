// The few figures by which the evaluator of large models is judged, out of all rounds.
import { type Goal, reaching } from '../goals.ts';
import { median } from '../serving/bars.ts';
import type { HttpFormat, ModelName, RowCount } from './plan.ts';

export interface CellResult {
  features: number;
  model: ModelName;
  rows: RowCount;
  contestant: string;
  /** Microseconds a row, in the order of the rounds. */
  rounds: number[];
}

export interface Loaded {
  features: number;
  model: ModelName;
  contestant: string;
  /** Of a load that reads nothing from the disk. */
  seconds: number[];
  /** Of the arrays that it holds; of this project's evaluators alone. */
  bytes?: number;
  /** Of the arrays in the model's file. */
  fileBytes: number;
  compileSeconds?: number;
  /** The largest difference to the library's own answers. */
  difference: number;
}

export interface HttpResult {
  model: ModelName;
  format: HttpFormat;
  server: 'ours' | 'today';
  /** Milliseconds from the first byte of the request to the last of the answer, in the order of the rounds. */
  rounds: number[];
}

export interface Bars {
  batchVsExact: number | null;
  batchVsToday: number | null;
  histBatchVsToday: number | null;
  oneRowVsFastest: number | null;
  batchVsFastest: number | null;
  npyVsToday: number | null;
  jsonVsToday: number | null;
  csvVsToday: number | null;
  loadVsToday: number | null;
  memoryVsFile: number | null;
}

/** At least, or at most where `isMost`; no goal where it is only reported. */
export const GOALS: Record<keyof Bars, Goal> = {
  batchVsExact: { goal: 1, meaning: 'times the fastest whose answers are as exact, least of all batches' },
  batchVsToday: { goal: 3, meaning: 'times the former evaluator, least of the batches in which that was slower' },
  histBatchVsToday: { goal: 1.5, meaning: 'the same of histogram boosting, least of all its batches' },
  oneRowVsFastest: { goal: 1.5, meaning: 'times the fastest of all with one row, least of all models' },
  batchVsFastest: { meaning: 'times the fastest of all, exact or not, least of all batches' },
  npyVsToday: { goal: 3, meaning: 'times the former server, 1,000 rows as npy, least of the models' },
  jsonVsToday: { goal: 2, meaning: 'times the former server, 1,000 rows as JSON, least of the models' },
  csvVsToday: { meaning: 'times the former server, 1,000 rows as CSV, least of the models' },
  loadVsToday: { goal: 1.2, isMost: true, meaning: 'of the time to load a model, most of all trees' },
  memoryVsFile: { goal: 1.1, isMost: true, meaning: 'of the bytes of the arrays in the file, most of all trees' },
};

/** Exact: equal to the last bit, or by what float64 loses in another order of additions. */
const EXACT = 1e-12;
const OWN = ['ours', 'today'];

export interface Compared {
  model: ModelName;
  rows: RowCount;
  features: number;
  /** The fastest whose answers are exact. */
  exactPeer: string | null;
  vsExact: number | null;
  fastestPeer: string | null;
  vsFastest: number | null;
  vsToday: number | null;
  /** Whether the former evaluator was slower than the exact peer. */
  wasSlower: boolean;
}

/** One for each model and number of rows. */
export function compare(cells: readonly CellResult[], loaded: readonly Loaded[]): Compared[] {
  return cells
    .filter(({ contestant }) => contestant === 'ours')
    .map((ours) => {
      const peers = cells.filter((cell) => isSame(cell, ours));
      const today = peers.find(({ contestant }) => contestant === 'today');
      const others = peers.filter(({ contestant }) => !OWN.includes(contestant));
      const isExact = ({ contestant, model, features }: CellResult) =>
        (loaded.find((one) => one.contestant === contestant && one.model === model && one.features === features)
          ?.difference ?? Number.POSITIVE_INFINITY) <= EXACT;
      const exact = fastest(others.filter(isExact));
      const first = fastest(others);
      return {
        ...{ model: ours.model, rows: ours.rows, features: ours.features },
        ...{ exactPeer: exact?.contestant ?? null, vsExact: exact ? ratio(exact, ours) : null },
        ...{ fastestPeer: first?.contestant ?? null, vsFastest: first ? ratio(first, ours) : null },
        vsToday: today ? ratio(today, ours) : null,
        wasSlower: today !== undefined && exact !== undefined && ratio(today, exact) > 1,
      };
    });
}

export function bars(cells: readonly CellResult[], loaded: readonly Loaded[], overHttp: readonly HttpResult[]): Bars {
  const compared = compare(cells, loaded);
  const batches = compared.filter(({ rows }) => rows > 1);
  const ours = loaded.filter(({ contestant, model }) => contestant === 'ours' && model !== 'logistic-regression');
  const isHistogram = ({ model }: Compared) => model === 'histogram-boosting';
  const slower = batches.filter((one) => one.wasSlower && !isHistogram(one));
  return {
    batchVsExact: least(batches.map(({ vsExact }) => vsExact)),
    batchVsToday: least(slower.map(({ vsToday }) => vsToday)),
    histBatchVsToday: least(batches.filter(isHistogram).map(({ vsToday }) => vsToday)),
    oneRowVsFastest: least(compared.filter(({ rows }) => rows === 1).map(({ vsFastest }) => vsFastest)),
    batchVsFastest: least(batches.map(({ vsFastest }) => vsFastest)),
    npyVsToday: httpBar(overHttp, 'npy'),
    jsonVsToday: httpBar(overHttp, 'json'),
    csvVsToday: httpBar(overHttp, 'csv'),
    // A linear model is a file of some kilobytes, which says nothing of either.
    loadVsToday: most(ours.map((own) => loadRatio(own, loaded))),
    memoryVsFile: most(ours.map(({ bytes, fileBytes }) => (bytes === undefined ? null : bytes / fileBytes))),
  };
}

function loadRatio(ours: Loaded, loaded: readonly Loaded[]): number | null {
  const today = loaded.find(
    (one) => one.contestant === 'today' && one.model === ours.model && one.features === ours.features,
  );
  return today ? median(ours.seconds) / median(today.seconds) : null;
}

function httpBar(results: readonly HttpResult[], format: HttpFormat): number | null {
  const own = results.filter((one) => one.format === format && one.server === 'ours');
  return least(
    own.map((ours) => {
      const today = results.find((one) => one.model === ours.model && one.format === format && one.server === 'today');
      return today ? ratio(today, ours) : null;
    }),
  );
}

const isSame = (one: CellResult, other: CellResult) =>
  one.model === other.model && one.rows === other.rows && one.features === other.features;

const fastest = (cells: CellResult[]) => cells.toSorted((a, b) => median(a.rounds) - median(b.rounds))[0];

/** How many times as long the first takes: the median of the ratios within the rounds, where both had the same neighbours. */
export const ratio = (slow: { rounds: number[] }, fast: { rounds: number[] }): number =>
  median(slow.rounds.map((value, round) => value / fast.rounds[round]!));

const known = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
const least = (values: readonly (number | null)[]) =>
  known(values).length === 0 ? null : rounded(Math.min(...known(values)));
const most = (values: readonly (number | null)[]) =>
  known(values).length === 0 ? null : rounded(Math.max(...known(values)));
const rounded = (value: number) => Math.round(value * 1000) / 1000;

/** @returns null where there is no figure, or no goal */
export const isReached = reaching(GOALS);
