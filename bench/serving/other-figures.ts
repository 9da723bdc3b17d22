// What is not a rate: the evaluator and the explanations by themselves, the start, and the size of a worker.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, type OtherBars } from './bars.ts';
import { IMAGE, PEERS } from './peers.ts';
import { freePort, startServer, workerMegabytes } from './running-server.ts';

const STARTS = 5;

interface Options {
  bin: string;
  /** The forest's folder. */
  model: string;
  signal: AbortSignal;
}

export async function otherFigures({ bin, model, signal }: Options): Promise<OtherBars> {
  const ready: number[] = [];
  const sizes: number[] = [];
  const ours = PEERS.find(({ kind }) => kind === 'ours')!;
  // One more: the first start may compile, and reads everything from the disk.
  for (let number = 0; number <= STARTS; number++) {
    const scratch = mkdtempSync(join(tmpdir(), 'bench-start-'));
    try {
      const port = await freePort();
      const start = ours.start({
        bin,
        nginx: '',
        port,
        sparePorts: [0, 0],
        workers: 1,
        model,
        scratch,
        staticAnswer: '',
      });
      const probe = async (at: number) => (await fetch(`http://127.0.0.1:${at}/ping`)).status === 200;
      const server = await startServer({ port, start, scratch, probe, everyMs: 5, signal });
      if (number > 0) {
        ready.push(server.readySeconds);
        sizes.push(workerMegabytes(server.pid));
      }
      await server.stop();
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  return {
    evaluatorUs: microseconds(bin, 'time_evaluator.py', model),
    readySeconds: rounded(median(ready)),
    workerMegabytes: rounded(median(sizes)),
    shapUs: microseconds(bin, 'time_explanation.py', model),
  };
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
