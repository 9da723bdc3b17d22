// Runs wrk once, and reads what invocation.lua counted.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** One thread for everybody: one core loads, the other one serves. */
export const WRK_THREADS = 1;
/** A caller of SageMaker waits for 60 s at most; whoever takes longer than this is in error. */
const CALLER_SECONDS = 30;

const SCRIPT = join(import.meta.dirname, 'invocation.lua');

export interface Measured {
  completed: number;
  /** Other answers than the right ones, timeouts, broken connections. */
  failed: number;
  /** Right answers a second. */
  rate: number;
  p50Ms: number;
  p99Ms: number;
}

export interface WrkOptions {
  wrk: string;
  environment: Record<string, string>;
  port: number;
  connections: number;
  seconds: number;
  /** Written by writeCase. */
  caseFile: string;
  signal: AbortSignal;
}

export async function runWrk(options: WrkOptions): Promise<Measured> {
  const { wrk, environment, port, connections, seconds, caseFile, signal } = options;
  const parameters = [`-t${WRK_THREADS}`, `-c${connections}`, `-d${seconds}s`, `--timeout=${CALLER_SECONDS}s`];
  const { stdout } = await promisify(execFile)(
    wrk,
    [...parameters, '-s', SCRIPT, `http://127.0.0.1:${port}/`, '--', caseFile],
    { env: { ...process.env, ...environment }, signal },
  );
  return readMeasured(stdout);
}

/** @throws when wrk has not reported */
export function readMeasured(text: string): Measured {
  const found = /^MEASURED (\d+) (\d+) (\d+) (\d+) (\d+)$/m.exec(text);
  if (!found) throw new Error(`wrk has not reported:\n${text}`);
  const [completed, failed, microseconds, p50, p99] = found.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const right = Math.max(0, completed - failed);
  return { completed, failed, rate: right / (microseconds / 1e6), p50Ms: p50 / 1000, p99Ms: p99 / 1000 };
}
