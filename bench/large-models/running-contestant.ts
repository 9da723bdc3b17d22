// One contestant's process: pinned to a core, asked by a line of JSON at a time.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Contestant } from './plan.ts';

export interface Answer {
  absent?: string;
  seconds?: number;
  bytes?: number;
  compileSeconds?: number;
  microseconds?: number;
}

export interface RunningContestant {
  contestant: Contestant;
  ask(command: { do: string } & Record<string, unknown>): Promise<Answer>;
  stop(): Promise<void>;
}

interface Options {
  /** The environment's folder of programs. */
  bin: string;
  /** The folder that holds `inference_server`, for the evaluators. */
  image: string;
  models: string;
  /** A folder for its log. */
  scratch: string;
  /** Before the command: what pins it to a core. */
  pin: readonly string[];
  signal: AbortSignal;
}

/** One thread, whatever a library computes with. */
export const ONE_THREAD = Object.fromEntries(
  ['OMP', 'OPENBLAS', 'MKL', 'NUMEXPR'].map((name) => [`${name}_NUM_THREADS`, '1']),
);

export function startContestant(contestant: Contestant, options: Options): RunningContestant {
  const { bin, image, models, scratch, pin, signal } = options;
  const log = join(scratch, `${contestant.name}.log`);
  const descriptor = openSync(log, 'a');
  const command = [...pin, join(bin, 'python'), join(import.meta.dirname, 'contestant.py'), contestant.program, models];
  const child = spawn(command[0]!, command.slice(1), {
    env: { ...process.env, ...ONE_THREAD, PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: image },
    stdio: ['pipe', 'pipe', descriptor],
    signal,
  }) as ChildProcessByStdio<Writable, Readable, null>;
  closeSync(descriptor);
  const waiting: ((line: string | null) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(line));
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      for (const one of waiting.splice(0)) one(null);
      resolve();
    };
    child.once('close', end).once('error', end);
  });
  child.stdin.on('error', () => undefined);
  return {
    contestant,
    async ask(question) {
      const line = await new Promise<string | null>((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve(null);
        waiting.push(resolve);
        child.stdin.write(`${JSON.stringify(question)}\n`);
      });
      signal.throwIfAborted();
      if (line === null) return { absent: `it ended: ${readFileSync(log, 'utf8').trim().slice(-300)}` };
      return JSON.parse(line) as Answer;
    },
    async stop() {
      child.stdin.end();
      child.kill();
      await ended;
    },
  };
}
