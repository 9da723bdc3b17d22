// One phase: its servers started side by side, rounds of all cells in turn, and everything stopped again.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CellResult } from './bars.ts';
import type { Peer } from './peer.ts';
import { type Cell, type Phase, roundOrder } from './plan.ts';
import { freePort, type RunningServer, startServer, workerMegabytes } from './running-server.ts';
import { ask, type Expected, type RowCount, requests, writeCase, writeStaticCase } from './verified-case.ts';
import { runWrk } from './wrk.ts';

export interface Ground {
  wrk: { path: string; environment: Record<string, string> };
  nginx: { path: string; environment: Record<string, string> } | null;
  /** Folders of programs, by environment. */
  bins: Partial<Record<Peer['environment'], string>>;
  /** Written by train_models.py. */
  models: string;
  rounds: number;
  signal: AbortSignal;
  /** Called after each run of wrk, and before what takes longer. */
  onProgress(what: string, spentSeconds: number): void;
}

export interface PhaseResult {
  results: CellResult[];
  servers: {
    peer: string;
    model: string;
    workers: number;
    command: string;
    readySeconds: number;
    workerMegabytes: number;
  }[];
  absent: { peer: string; reason: string }[];
}

interface Standing {
  peer: Peer;
  server: RunningServer;
  caseFiles: Map<RowCount, string>;
}

export async function runPhase({ title, model, workers, peers, cells }: Phase, ground: Ground): Promise<PhaseResult> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-serving-'));
  const expected = JSON.parse(readFileSync(join(ground.models, model, 'rows.json'), 'utf8')) as Expected;
  const standing: Standing[] = [];
  const absent: PhaseResult['absent'] = [];
  try {
    for (const peer of peers) {
      ground.onProgress(`${title}: starting ${peer.title}`, 0);
      const rowCounts = [...new Set(cells.filter((cell) => cell.peer === peer.name).map(({ rows }) => rows))];
      try {
        standing.push(await stand(peer, { model, workers, rowCounts, expected, scratch, ground }));
      } catch (error) {
        if (ground.signal.aborted) throw error;
        absent.push({ peer: peer.name, reason: error instanceof Error ? error.message : `${error}` });
      }
    }
    const results: CellResult[] = cells.flatMap((cell) => {
      const found = standing.find(({ peer }) => peer.name === cell.peer);
      return found ? [{ ...cell, kind: found.peer.kind, rounds: [] }] : [];
    });
    for (let round = 0; round < ground.rounds; round++) {
      for (const result of roundOrder(results, round)) {
        const { server, peer, caseFiles } = standing.find(({ peer }) => peer.name === result.peer)!;
        result.rounds.push(
          await runWrk({
            ...{ wrk: ground.wrk.path, environment: ground.wrk.environment, signal: ground.signal },
            ...{ port: server.port, connections: result.connections, seconds: result.seconds },
            caseFile: caseFiles.get(result.rows)!,
          }),
        );
        // What the callers have left behind is worked off before the next server's turn.
        await ask(server.port, peer.protocol, requests(expected, 1)[0]!.rows).catch(() => '');
        await sleep(30);
        ground.onProgress(`${title}: round ${round + 1} of ${ground.rounds}, ${peer.title}`, cellSeconds(result));
      }
    }
    const servers = standing.map(({ peer, server }) => ({
      ...{ peer: peer.name, model, workers, command: server.command, readySeconds: server.readySeconds },
      workerMegabytes: workerMegabytes(server.pid),
    }));
    return { results, servers, absent };
  } finally {
    await Promise.all(standing.map(({ server }) => server.stop()));
    rmSync(scratch, { recursive: true, force: true });
  }
}

const cellSeconds = ({ seconds }: Cell) => seconds + 0.15;

interface StandOptions {
  model: string;
  workers: number;
  rowCounts: RowCount[];
  expected: Expected;
  scratch: string;
  ground: Ground;
}

/** @throws with the reason why this server cannot be measured */
async function stand(
  peer: Peer,
  { model, workers, rowCounts, expected, scratch, ground }: StandOptions,
): Promise<Standing> {
  const own = mkdtempSync(join(scratch, `${peer.name}-`));
  const [port, ...sparePorts] = [await freePort(), await freePort(), await freePort()] as const;
  const { protocol } = peer;
  const start = peer.start({
    ...{ bin: ground.bins[peer.environment] ?? '', nginx: ground.nginx?.path ?? '', port, sparePorts, workers },
    ...{ model: join(ground.models, model), scratch: own },
    staticAnswer: peer.kind === 'floor' ? staticAnswer(expected, 1) : '',
  });
  if (peer.kind === 'floor') start.environment = { ...ground.nginx?.environment, ...start.environment };
  const [{ rows }] = requests(expected, 1) as [Expected];
  const server = await startServer({
    ...{ port, start, scratch: own, everyMs: 50, signal: ground.signal },
    probe: async (at) => (await ask(at, protocol, rows)) !== '',
  });
  try {
    const caseFiles = new Map<RowCount, string>();
    for (const rowCount of rowCounts) {
      const file = join(own, `case-${rowCount}.lua`);
      if (peer.kind === 'floor') writeStaticCase(file, protocol, expected, rowCount, staticAnswer(expected, 1));
      else await writeCase(file, { port, protocol, expected, rowCount });
      caseFiles.set(rowCount, file);
    }
    return { peer, server, caseFiles };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** What the recipe answers to one row, in bytes: nginx gives it to everybody. */
export function staticAnswer(expected: Expected, rowCount: RowCount): string {
  const names = ['setosa', 'versicolor', 'virginica'];
  const features = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
  const { rows, classes, probabilities } = requests(expected, rowCount)[0]!;
  const zip = (keys: string[], values: readonly number[]) =>
    Object.fromEntries(keys.map((key, at) => [key, values[at]]));
  return JSON.stringify({
    predictions: rows.map((row, at) => ({
      predicted_class: names[classes[at]!],
      predicted_class_index: classes[at],
      confidence: Math.max(...probabilities[at]!),
      probabilities: zip(names, probabilities[at]!),
      input_features: zip(features, row as readonly number[]),
    })),
  });
}
