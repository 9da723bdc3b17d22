// What is not a rate: the evaluator and the explanations by themselves, the start, and the size of a worker.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, type OtherBars } from './bars.ts';
import { IMAGE } from './peer.ts';
import { PEERS } from './peers.ts';
import { freePort, startServer, workerMegabytes } from './running-server.ts';
import { type Expected, verifiedAnswers } from './verified-case.ts';

const STARTS = 5;

interface Options {
  bin: string;
  /** Of an environment that holds what the image's target `lite` does; null where there is none. */
  liteBin: string | null;
  /** Written by train_models.py. */
  models: string;
  signal: AbortSignal;
}

export async function otherFigures({ bin, liteBin, models, signal }: Options): Promise<OtherBars> {
  const model = join(models, 'forest');
  const forest = await starts({ bin, model, signal });
  const mixed = liteBin === null ? null : await starts({ bin: liteBin, model: join(models, 'fraud'), signal });
  return {
    evaluatorUs: microseconds(bin, 'time_evaluator.py', model),
    readySeconds: rounded(median(forest.ready)),
    workerMegabytes: rounded(median(forest.megabytes)),
    shapUs: microseconds(bin, 'time_explanation.py', model),
    mixedWorkerMegabytes: mixed && rounded(median(mixed.megabytes)),
  };
}

/** Sizes are those after the first answers: what is imported late is imported by then. */
async function starts({ bin, model, signal }: { bin: string; model: string; signal: AbortSignal }) {
  const expected = JSON.parse(readFileSync(join(model, 'rows.json'), 'utf8')) as Expected;
  const found = { ready: [] as number[], megabytes: [] as number[] };
  const ours = PEERS.find(({ kind }) => kind === 'ours')!;
  // One more: the first start may compile, and reads everything from the disk.
  for (let number = 0; number <= STARTS; number++) {
    const scratch = mkdtempSync(join(tmpdir(), 'bench-start-'));
    try {
      const port = await freePort();
      const start = ours.start({
        ...{ bin, nginx: '', port, sparePorts: [0, 0], workers: 1, model, scratch, staticAnswer: '' },
      });
      const probe = async (at: number) => (await fetch(`http://127.0.0.1:${at}/ping`)).status === 200;
      const server = await startServer({ port, start, scratch, probe, everyMs: 5, signal });
      try {
        await verifiedAnswers({ port, protocol: ours.protocol, expected, rowCount: 1 });
        if (number > 0) {
          found.ready.push(server.readySeconds);
          found.megabytes.push(workerMegabytes(server.pid));
        }
      } finally {
        await server.stop();
      }
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  return found;
}

/** Of a script that prints them as JSON; null where it is not there. */
function microseconds(bin: string, script: string, model: string): number | null {
  const path = join(import.meta.dirname, script);
  if (!existsSync(path)) return null;
  const text = execFileSync(join(bin, 'python'), [path, model], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONPATH: IMAGE },
  });
  return (JSON.parse(text.trim().split('\n').at(-1)!) as { microseconds: number }).microseconds;
}

const rounded = (value: number) => Math.round(value * 100) / 100;
