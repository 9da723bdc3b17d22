// A server that was started for the benchmark: a process group of its own, asked until it answers right.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StartCommand } from './peer.ts';

const PATIENCE_MS = 90_000;

export interface RunningServer {
  port: number;
  /** As typed, with the addresses of this machine shortened. */
  command: string;
  /** From the start of the process to the first probe that was answered. */
  readySeconds: number;
  pid: number;
  stop(): Promise<void>;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

interface Options {
  port: number;
  start: StartCommand;
  scratch: string;
  /** Whether the server answers as it should by now; may throw for "not yet". */
  probe(port: number): Promise<boolean>;
  everyMs: number;
  signal: AbortSignal;
}

/** @throws with the end of the server's log when it does not get ready */
export async function startServer({ port, start, scratch, probe, everyMs, signal }: Options): Promise<RunningServer> {
  const log = join(scratch, 'log');
  const descriptor = openSync(log, 'a');
  const [program, ...parameters] = start.command;
  const startedAt = performance.now();
  // A group of its own: some servers leave their workers behind.
  const child = spawn(program!, parameters, {
    cwd: start.directory,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...start.environment },
    stdio: ['ignore', descriptor, descriptor],
    detached: true,
  });
  closeSync(descriptor);
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const stop = () => stopGroup(child, ended);
  try {
    while (!(await probe(port).catch(() => false))) {
      signal.throwIfAborted();
      const isLate = performance.now() - startedAt > PATIENCE_MS;
      if (child.exitCode !== null || child.pid === undefined || isLate) {
        const reason = readFileSync(log, 'utf8').trim().split('\n').slice(-3).join(' | ');
        throw new Error(`it ${isLate ? 'did not get ready' : 'ended'}: ${reason.slice(-500)}`);
      }
      await sleep(everyMs);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, command: shown(start), readySeconds: (performance.now() - startedAt) / 1000, pid: child.pid!, stop };
}

async function stopGroup(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.pid === undefined) return;
  signalGroup(child.pid, 'SIGTERM');
  await Promise.race([ended, sleep(3000, undefined, { ref: false })]);
  signalGroup(child.pid, 'SIGKILL');
  await ended;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // All of them have ended.
  }
}

/** Without folders and ports, which are this machine's. */
function shown({ command, environment }: StartCommand): string {
  const short = (part: string) =>
    part
      .replace(/^\/.*\//, '')
      .replace(/:\d+$/, ':PORT')
      .replace(/^\d{4,5}$/, 'PORT');
  const settings = Object.entries(environment ?? {})
    .filter(([name]) => /WORKERS|BATCH/.test(name))
    .map(([name, value]) => `${name}=${value}`);
  return [...settings, ...command.map(short)].join(' ');
}

/** Resident megabytes of the largest process among this one and its children: that is a worker. */
export function workerMegabytes(pid: number): number {
  const ids = [pid];
  for (const id of ids) {
    try {
      ids.push(
        ...readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
      );
    } catch {
      // It has ended.
    }
  }
  const sizes = ids.map((id) => {
    try {
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    } catch {
      return 0;
    }
  });
  return Math.max(...sizes);
}
