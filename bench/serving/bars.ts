// The few figures by which the serving image is judged, out of all rounds.
import { type Goal, reaching } from '../goals.ts';
import type { Peer } from './peer.ts';
import type { Cell } from './plan.ts';
import type { Measured } from './wrk.ts';

export interface CellResult extends Cell {
  kind: Peer['kind'];
  /** In the order of the rounds. */
  rounds: Measured[];
}

/** Of which no figure is higher than it is good: null is what could not be measured. */
export interface Bars {
  recipe1: number | null;
  recipe32: number | null;
  recipeP99Ms32: number | null;
  gunicorn1: number | null;
  gunicorn32: number | null;
  frameworks1: number | null;
  frameworks32: number | null;
  batched32: number | null;
  nginx1: number | null;
  nginx32: number | null;
  evaluatorUs: number | null;
  readySeconds: number | null;
  workerMegabytes: number | null;
  shapUs: number | null;
  fallback32: number | null;
  uvicorn1: number | null;
  uvicorn32: number | null;
  mixedFastapi32: number | null;
  mixedMlserver32: number | null;
  mixedWorkerMegabytes: number | null;
}

/** At least, or at most where `isMost`. */
export const GOALS: Record<keyof Bars, Goal> = {
  nginx1: { goal: 0.55, meaning: 'of nginx’s static answer, 1 connection' },
  nginx32: { goal: 0.35, meaning: 'of nginx’s static answer, 32 connections' },
  recipe1: { goal: 90, meaning: 'times the recipe, 1 connection' },
  recipe32: { goal: 900, meaning: 'times the recipe, 32 connections' },
  recipeP99Ms32: { goal: 10, isMost: true, meaning: 'ms at most for 99 % of the answers, 32 connections' },
  gunicorn1: { goal: 75, meaning: 'times gunicorn + Flask, 1 connection' },
  gunicorn32: { goal: 300, meaning: 'times gunicorn + Flask, 32 connections' },
  frameworks1: { goal: 45, meaning: 'times the fastest of the frameworks as shipped, 1 connection' },
  frameworks32: { goal: 150, meaning: 'times the fastest of the frameworks as shipped, 32 connections' },
  batched32: { goal: 30, meaning: 'times the fastest of them with batching on, 32 connections' },
  evaluatorUs: { goal: 5, isMost: true, meaning: 'us at most for a row in the evaluator' },
  readySeconds: { goal: 0.6, isMost: true, meaning: 's at most from the start to ready' },
  workerMegabytes: { goal: 60, isMost: true, meaning: 'MB at most for a worker' },
  shapUs: { goal: 150, isMost: true, meaning: 'us at most to explain a row' },
  fallback32: {
    goal: 5,
    meaning: 'times the fastest peer without batching, the forest left to scikit-learn, 32 connections',
  },
  uvicorn1: { goal: 1, meaning: 'times uvicorn with the same checks, 1 connection' },
  uvicorn32: { goal: 1.5, meaning: 'times uvicorn with the same checks, 32 connections' },
  mixedFastapi32: { goal: 30, meaning: 'times FastAPI with pandas, a pipeline of texts and gaps, 32 connections' },
  mixedMlserver32: { goal: 20, meaning: 'times MLServer with its codec for a DataFrame, the same, 32 connections' },
  mixedWorkerMegabytes: { goal: 60, isMost: true, meaning: 'MB at most for a worker that has answered it' },
};

/** More of its answers than this failed: then it is taken where it does not fail. */
const TOLERATED = 0.01;

const OTHERS = ['evaluatorUs', 'readySeconds', 'workerMegabytes', 'shapUs', 'mixedWorkerMegabytes'] as const;
export type OtherBars = Pick<Bars, (typeof OTHERS)[number]>;

export const NO_OTHERS = Object.fromEntries(OTHERS.map((name) => [name, null])) as OtherBars;

/** One row, one worker process each; the forest, but for what begins with `mixed`: that is the pipeline for fraud. */
export function bars(results: readonly CellResult[], others: OtherBars): Bars {
  const single = results.filter(({ rows, workers }) => rows === 1 && workers === 1);
  const cells = single.filter(({ model }) => model === 'forest');
  const mixed = single.filter(({ model }) => model === 'fraud');
  const ours = (connections: number) => cells.find((cell) => cell.kind === 'ours' && cell.connections === connections);
  const against = (kind: Peer['kind'], connections: number) =>
    leastRatio(ours(connections), cells, (cell) => cell.kind === kind);
  /** To one peer with the pipeline for fraud. */
  const mixedAgainst = (peer: string) => {
    const own = mixed.find((cell) => cell.kind === 'ours' && cell.connections === 32);
    return leastRatio(own, mixed, (cell) => cell.peer === peer);
  };
  const p99 = ours(32)?.rounds.map(({ p99Ms }) => p99Ms);
  return {
    ...{ recipe1: against('recipe', 1), recipe32: against('recipe', 32) },
    recipeP99Ms32: p99 ? rounded(median(p99)) : null,
    ...{ gunicorn1: against('gunicorn', 1), gunicorn32: against('gunicorn', 32) },
    ...{ frameworks1: against('framework', 1), frameworks32: against('framework', 32) },
    batched32: against('batched', 32),
    ...{ nginx1: against('floor', 1), nginx32: against('floor', 32) },
    ...others,
    fallback32: fallbackBar(cells),
    ...{ uvicorn1: against('http', 1), uvicorn32: against('http', 32) },
    ...{ mixedFastapi32: mixedAgainst('fastapi-frame'), mixedMlserver32: mixedAgainst('mlserver-frame') },
  };
}

function fallbackBar(cells: readonly CellResult[]): number | null {
  const own = cells.find((cell) => cell.kind === 'fallback' && cell.connections === 32);
  return leastRatio(own, cells, ({ kind }) => ['recipe', 'gunicorn', 'framework'].includes(kind));
}

/** The smallest of the ratios to all peers of this sort, at as many connections as ours had. */
function leastRatio(
  own: CellResult | undefined,
  cells: readonly CellResult[],
  isOther: (cell: CellResult) => boolean,
): number | null {
  if (!own) return null;
  const ratios = [...new Set(cells.filter(isOther).map(({ peer }) => peer))].flatMap((name) => {
    const baseline = steady(cells, name, own.connections);
    const found = baseline ? ratio(own, baseline) : null;
    return found === null ? [] : [found];
  });
  return ratios.length === 0 ? null : rounded(Math.min(...ratios));
}

/** At so many connections, or at the most below at which it does not fail. */
export function steady(cells: readonly CellResult[], peer: string, connections: number): CellResult | undefined {
  return cells
    .filter((cell) => cell.peer === peer && cell.connections <= connections && failedShare(cell) <= TOLERATED)
    .sort((a, b) => b.connections - a.connections)[0];
}

export function failedShare({ rounds }: CellResult): number {
  const completed = rounds.reduce((sum, one) => sum + one.completed, 0);
  const failed = rounds.reduce((sum, one) => sum + one.failed, 0);
  // Timeouts are not among the completed.
  return failed === 0 ? 0 : failed / Math.max(completed, failed);
}

/** The median of the ratios within the rounds, where both had the same neighbours. */
export function ratio(own: CellResult, other: CellResult): number | null {
  const ratios = own.rounds.flatMap(({ rate }, round) => {
    const against = other.rounds[round]?.rate;
    return against ? [rate / against] : [];
  });
  return ratios.length === 0 ? null : median(ratios);
}

/** @throws for none: no data is no figure */
export function median(sample: readonly number[]): number {
  if (sample.length === 0) throw new Error('There is nothing to take the median of.');
  const sorted = sample.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const rounded = (value: number) => (value >= 100 ? Math.round(value) : Math.round(value * 1000) / 1000);

/** @returns null where there is no figure */
export const isReached = reaching(GOALS);
