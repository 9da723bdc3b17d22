// `npm run bench -- large-models`: the evaluator of large models and large batches against their libraries, in process.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { describeMachine } from './control-plane/machine.ts';
import { bars, compare } from './large-models/bars.ts';
import { environments, imageOf, pinning, trainedModels } from './large-models/ground.ts';
import { measureModel } from './large-models/measure.ts';
import { measureOverHttp } from './large-models/over-http.ts';
import { CONTESTANTS, HTTP_MODELS, MODELS, type ModelName, ROW_COUNTS, TODAY } from './large-models/plan.ts';
import { type Result, resultTables } from './large-models/result-tables.ts';
import { type RunningContestant, startContestant } from './large-models/running-contestant.ts';
import { listOf, whole } from './option-values.ts';
import { versionsIn } from './serving/environments.ts';
import { ROOT } from './serving/peer.ts';
import { between } from './serving/write-docs.ts';
import { type Progress, untilSignal } from './until-signal.ts';

interface Flags {
  rounds: number;
  models: ModelName[];
  quick?: true;
  all?: true;
  json?: true;
  write: boolean;
}

const FULL_ROUNDS = 5;
const PACKAGES: Partial<Record<'large-models' | 'compiled-trees', string[]>> = {
  'large-models': ['xgboost-cpu', 'lightgbm', 'scikit-learn', 'treelite', 'scikit-learn-intelex', 'onnxruntime'],
  'compiled-trees': ['tl2cgen', 'lleaves', 'llvmlite'],
};

const HELP = `
The first run makes the environments (a minute), trains the models and converts them (about ten minutes on two idle
cores), and keeps all of it under .venv and .cache. A full run takes about fifteen minutes then; nothing else should run.
Each contestant is a process of its own with one thread; all of them share one core, and take turns.
A run of ${FULL_ROUNDS} rounds or more of all models, without --quick, writes docs/benchmarks.md.`;

export const largeModels = new Command('large-models')
  .description('Microseconds a row of large models and batches: this evaluator, the former one, and the libraries.')
  .option('--rounds <n>', 'of all contestants in turn', whole(1, 100), FULL_ROUNDS)
  .option('--models <names>', `with commas: ${MODELS.join(', ')}`, listOf(MODELS), [...MODELS])
  .option('--quick', 'one and 1,000 rows only')
  .option('--all', 'with 500 features too, and the compilers tl2cgen and lleaves')
  .option('--json', 'one JSON object on stdout')
  .option('--no-write', 'leave docs/ as it is')
  .addHelpText('after', HELP)
  .action(run);

async function run(flags: Flags): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-large-models-'));
  try {
    await untilSignal('all contestants are', async (progress, signal) => {
      const result = await measure(flags, scratch, progress, signal);
      progress.under(null);
      const isFull = MODELS.every((name) => flags.models.includes(name)) && !flags.quick;
      if (isFull && flags.rounds >= FULL_ROUNDS && flags.write) {
        writeDocs(result);
        progress.say('Written: docs/benchmarks.md, docs/large-models-benchmark.json');
      }
      console.log(flags.json ? JSON.stringify(result) : resultTables(result));
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function measure(flags: Flags, scratch: string, progress: Progress, signal: AbortSignal): Promise<Result> {
  const say = (line: string) => progress.under(line);
  const contestants = CONTESTANTS.filter(({ isExtra }) => flags.all || !isExtra);
  const { bins, absent } = await environments(
    contestants.map(({ environment }) => environment),
    say,
  );
  for (const { peer, reason } of absent) progress.say(`${peer} is absent: ${reason}`);
  const [serving, libraries] = [bins.serving, bins['large-models']];
  if (!serving || !libraries)
    throw new Error('Without the environments of the server and of the libraries nothing is measured.');
  const pin = pinning();
  if (pin.length === 0) progress.say('There is no taskset: nothing is pinned to a core.');
  const rowCounts = flags.quick ? ([1, 1000] as const) : ROW_COUNTS;
  const [cells, loaded, overHttp]: [Result['cells'], Result['loaded'], Result['overHttp']] = [[], [], []];
  for (const features of flags.all ? [100, 500] : [100]) {
    const models = await trainedModels(libraries, features, say, signal);
    const running = contestants
      .filter(({ environment }) => bins[environment])
      .map((one) =>
        startContestant(one, {
          ...{ bin: bins[one.environment]!, image: imageOf(one.name), models, scratch, pin, signal },
        }),
      );
    try {
      for (const model of flags.models) {
        const found = await measureModel(running, {
          ...{ features, model, rowCounts, rounds: flags.rounds, models, scratch, onProgress: say },
        });
        cells.push(...found.cells);
        loaded.push(...found.loaded);
        absent.push(...found.absent);
      }
    } finally {
      await Promise.all(running.map((one: RunningContestant) => one.stop()));
    }
    for (const model of HTTP_MODELS.filter((name) => features === 100 && flags.models.includes(name))) {
      say(`${model} over HTTP`);
      overHttp.push(
        ...(await measureOverHttp({ bin: serving, models, model, rounds: flags.rounds, scratch, pin, signal })),
      );
    }
  }
  const batches = compare(cells, loaded).filter(({ rows, wasSlower }) => rows > 1 && wasSlower);
  return {
    ...{ date: new Date().toISOString(), rounds: flags.rounds },
    machine: describeMachine(),
    versions: versionsOf(bins),
    bars: bars(cells, loaded, overHttp),
    wasSlower: batches.map(({ model, rows, exactPeer }) => `${model} x ${rows.toLocaleString('en-US')} (${exactPeer})`),
    ...{ cells, loaded, overHttp, absent },
  };
}

function versionsOf(bins: Awaited<ReturnType<typeof environments>>['bins']): Record<string, string> {
  const versions: Record<string, string> = { node: process.versions.node, 'former evaluator': TODAY };
  for (const [environment, packages] of Object.entries(PACKAGES)) {
    const bin = bins[environment as keyof typeof PACKAGES];
    if (!bin) continue;
    for (const name of packages) {
      const { python, distribution } = versionsIn(bin, name);
      if (python) versions.Python = python;
      if (distribution) versions[name] = distribution;
    }
  }
  return versions;
}

function writeDocs(result: Result): void {
  const page = join(ROOT, 'docs', 'benchmarks.md');
  writeFileSync(page, between(readFileSync(page, 'utf8'), resultTables(result), 'large-models'));
  const { cells, ...rest } = result;
  const lines = cells.map((cell) =>
    JSON.stringify({ ...cell, rounds: cell.rounds.map((value) => Math.round(value * 1000) / 1000) }),
  );
  const head = JSON.stringify(rest, null, 1).slice(0, -2);
  writeFileSync(
    join(ROOT, 'docs', 'large-models-benchmark.json'),
    `${head},\n "cells": [\n  ${lines.join(',\n  ')}\n ]\n}\n`,
  );
}
