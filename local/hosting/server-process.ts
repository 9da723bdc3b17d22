/** One container: a process that is pinged until it is healthy, restarted when it dies, and asked to leave at the end. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../process/free-port.ts';
import { type ContainerAnswer, type ContainerRequest, ContainerTimeout, type Health } from './fleet.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html */
const PING_TIMEOUT_MS = 2_000;
const INVOCATION_TIMEOUT_MS = 60_000;
const TERM_TO_KILL_MS = 30_000;
/** Ours: often enough for a local start, and slower restarts for what dies again and again. */
const PING_INTERVAL_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

export interface ServerProcessOptions {
  readonly command: readonly [string, ...string[]];
  readonly cwd?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
  readonly now: () => number;
}

export class ServerProcess {
  readonly #options: ServerProcessOptions;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  #child: ChildProcess | undefined;
  #port = 0;
  #health: Health = { state: 'starting' };

  constructor(options: ServerProcessOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  health(): Health {
    return this.#health;
  }

  /** A container that dies is started again, on a port of its own each time. */
  async #run(): Promise<void> {
    for (let pause = 200; !this.#stopped.signal.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      this.#port = await untakenPort();
      if (this.#stopped.signal.aborted) return void taken.delete(this.#port);
      const exit = this.#launch();
      void this.#ping();
      this.#options.log(`the container ended: ${await exit}`);
      taken.delete(this.#port);
      this.#health = { state: 'starting' };
      await sleep(pause, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
    }
  }

  /** Resolves with how it ended. In a process group of its own: Ctrl-C is for us, we decide about the containers. */
  #launch(): Promise<string> {
    const [program, ...parameters] = this.#options.command;
    const child = spawn(program, parameters, {
      ...{ cwd: this.#options.cwd, detached: true, stdio: ['pipe', 'pipe', 'pipe'] },
      env: { ...this.#options.environment, SAGEMAKER_BIND_TO_PORT: String(this.#port) },
    });
    // A pipe that closes when this process dies, for a command that watches it.
    child.stdin!.on('error', () => undefined);
    this.#child = child;
    if (child.pid) alive.add(child.pid);
    for (const stream of [child.stdout!, child.stderr!]) createInterface(stream).on('line', this.#options.log);
    return new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (status, signal) => {
        if (child.pid) alive.delete(child.pid);
        resolve(signal ?? `exit status ${status}`);
      });
    });
  }

  async #ping(): Promise<void> {
    const child = this.#child!;
    while (child === this.#child && running(child) && !this.#stopped.signal.aborted) {
      const answer = await this.#request('GET', '/ping', {}, undefined, PING_TIMEOUT_MS).catch(() => undefined);
      if (answer?.status === 200 && child === this.#child && running(child)) {
        this.#health = { state: 'healthy', since: this.#options.now() };
        return;
      }
      await sleep(PING_INTERVAL_MS);
    }
  }

  async invoke({ headers, body }: ContainerRequest, timeoutMs = INVOCATION_TIMEOUT_MS): Promise<ContainerAnswer> {
    return await this.#request('POST', '/invocations', headers, body, timeoutMs);
  }

  async #request(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array | undefined,
    timeoutMs: number,
  ): Promise<ContainerAnswer> {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const sent = httpRequest({ host: '127.0.0.1', port: this.#port, method, path, headers, signal, agent: false });
      // An answer that breaks off is reported by both the request and the response; the second one is caught below.
      sent.on('error', () => undefined);
      sent.end(body);
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      return {
        status: response.statusCode!,
        headers: response.headers as Record<string, string>,
        body: Buffer.concat(chunks),
      };
    } catch (error) {
      throw signal.aborted ? new ContainerTimeout(`${path} took more than ${timeoutMs} ms`) : error;
    }
  }

  /** SIGTERM, and SIGKILL 30 s later; resolves when the process is gone. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    const child = this.#child;
    if (child && running(child)) {
      child.kill('SIGTERM');
      const kill = setTimeout(() => killGroup(child.pid), TERM_TO_KILL_MS);
      await this.#running;
      clearTimeout(kill);
    } else await this.#running;
  }
}

const running = ({ pid, exitCode, signalCode }: ChildProcess) =>
  pid !== undefined && exitCode === null && signalCode === null;

/** Ports of our own containers, which may not listen yet: two of them must not be given the same one. */
const taken = new Set<number>();

async function untakenPort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (taken.has(port)) continue;
    taken.add(port);
    return port;
  }
}

/** Whatever ends this process, no container outlives it. */
const alive = new Set<number>();
process.on('exit', () => {
  for (const pid of alive) killGroup(pid);
});

function killGroup(pid: number | undefined): void {
  try {
    if (pid) process.kill(-pid, 'SIGKILL');
  } catch {
    // It was quicker.
  }
}
