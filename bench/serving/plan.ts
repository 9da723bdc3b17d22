// What is measured against what: phases of servers that run side by side, and the cells of a round in each.
import type { Peer } from './peer.ts';
import { PEERS } from './peers.ts';
import type { RowCount } from './verified-case.ts';

export const MODELS = ['forest', 'gradient-boosting', 'histogram-boosting', 'logistic-regression', 'fraud'] as const;
export type ModelName = (typeof MODELS)[number];

export interface Cell {
  peer: string;
  model: ModelName;
  workers: number;
  connections: number;
  rows: RowCount;
  /** Of one run of wrk. */
  seconds: number;
}

export interface Phase {
  title: string;
  model: ModelName;
  workers: number;
  peers: Peer[];
  cells: Cell[];
}

const CONNECTIONS = [1, 8, 32];
const ROWS: RowCount[] = [1, 100];
const IS_SLOW: Record<Peer['kind'], boolean> = {
  ours: false,
  floor: false,
  http: false,
  fallback: true,
  recipe: true,
  gunicorn: true,
  framework: true,
  batched: true,
  frame: true,
};

/** Slow servers need longer for as many answers; and 32 requests that are under way at the end are not counted. */
export function secondsOf(kind: Peer['kind'], connections: number, seconds: number): number {
  if (!IS_SLOW[kind]) return seconds;
  return connections === 1 ? 2 * seconds : connections === 8 ? 3 * seconds : 4 * seconds;
}

/**
 * All servers with the forest; ours and the recipe's with the other models of iris (nginx does not know which model it
 * is); ours and those that take a DataFrame with the pipeline for fraud; and, with two worker processes, those that can
 * have them.
 */
export function plan(options: { models: readonly ModelName[]; peers: readonly string[]; seconds: number }): Phase[] {
  const chosen = PEERS.filter(({ name }) => options.peers.includes(name));
  const cell = (peer: Peer, model: ModelName, workers: number, connections: number, rows: RowCount): Cell => ({
    ...{ peer: peer.name, model, workers, connections, rows },
    seconds: secondsOf(peer.kind, connections, options.seconds),
  });
  const phases: Phase[] = [];
  for (const model of options.models) {
    const peers = chosen.filter(({ kind }) => isAsked(kind, model));
    const cells = peers.flatMap((peer) =>
      ROWS.flatMap((rows) =>
        CONNECTIONS.filter((connections) => isMeasured(peer.kind, model, connections, rows)).map((connections) =>
          cell(peer, model, 1, connections, rows),
        ),
      ),
    );
    phases.push({ title: `${model}, 1 worker`, model, workers: 1, peers, cells });
  }
  if (options.models.includes('forest')) {
    const peers = chosen.filter(({ kind }) => ['ours', 'floor', 'http', 'gunicorn', 'framework'].includes(kind));
    const cells = peers.map((peer) => cell(peer, 'forest', 2, 32, 1));
    phases.push({ title: 'forest, 2 workers', model: 'forest', workers: 2, peers, cells });
  }
  return phases.filter(({ cells }) => cells.length > 0);
}

function isAsked(kind: Peer['kind'], model: ModelName): boolean {
  if (kind === 'ours') return true;
  if (kind === 'frame') return model === 'fraud';
  return model === 'forest' || (kind === 'recipe' && model !== 'fraud');
}

function isMeasured(kind: Peer['kind'], model: ModelName, connections: number, rows: RowCount): boolean {
  if (model === 'fraud') return rows === 1 && (kind === 'ours' || connections === 32);
  if (kind === 'ours' || kind === 'floor' || kind === 'recipe') return true;
  if (rows !== 1) return false;
  if (kind === 'batched' || kind === 'fallback') return connections === 32;
  return kind === 'http' || connections !== 8;
}

/** Each round begins elsewhere, so that nobody always comes after the same one. */
export function roundOrder<Item>(items: readonly Item[], round: number): Item[] {
  const start = items.length === 0 ? 0 : (round * 7) % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

/** What wrk alone takes; starting servers and wrk itself comes on top. */
export function plannedSeconds(phases: readonly Phase[], rounds: number): number {
  return rounds * phases.flatMap(({ cells }) => cells).reduce((sum, { seconds }) => sum + seconds + 0.15, 0);
}
