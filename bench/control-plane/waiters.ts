// The competitors: one Python process for each, which waits for endpoints with the field's own code.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Key -> what it is, and how often it looks, by its own default. */
export const WAITERS = {
  boto3Waiter: { title: "boto3's endpoint_in_service waiter", pollSeconds: 30 },
  sdkSession: { title: "SageMaker Python SDK's session wait", pollSeconds: 30 },
  coreEndpoint: { title: "sagemaker-core's Endpoint.wait_for_status", pollSeconds: 5 },
} as const;
export type WaiterName = keyof typeof WAITERS;

/** Moments in seconds since 1970. */
export interface Wait {
  endpoint: string;
  startedAt: number;
  lookedAt: number;
  seenAt: number;
  sleeps: number;
}

export interface Waiter {
  versions: Record<string, string>;
  /** Begins to wait for an endpoint. Resolves when the competitor's own wait returned, rejects when it threw. */
  wait(endpointName: string): Promise<Wait>;
  stop(): void;
}

const PYTHON = join(import.meta.dirname, '..', '..', '.venv', 'bench', 'bin', 'python');
const SCRIPT = join(import.meta.dirname, 'waiters.py');

interface Pending {
  resolve(wait: Wait): void;
  reject(error: Error): void;
}

/** Resolves when it has imported what it needs. */
export async function startWaiter(name: WaiterName, env: Record<string, string>, scale: number): Promise<Waiter> {
  // detached: a process group, so that its waits end with it.
  const child = spawn(PYTHON, [SCRIPT, name, String(scale)], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    // Nothing of the user's own AWS settings may reach it.
    env: { ...env, PATH: process.env.PATH, AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' },
  });
  const pending = new Map<string, Pending>();
  const fail = (reason: string) => {
    const error = new Error(`The waiter ${name} ended (${reason}):\n${complaints}`);
    for (const { reject } of pending.values()) reject(error);
    return error;
  };
  let complaints = '';
  child.stderr.on('data', (chunk) => (complaints = `${complaints}${chunk}`.slice(-4000)));
  child.stdin.on('error', () => {});
  const versions = await new Promise<Record<string, string>>((resolve, reject) => {
    child.once('error', (error) => reject(fail(error.message)));
    child.once('exit', (code, signal) => reject(fail(String(signal ?? code))));
    createInterface(child.stdout).on('line', (line) => {
      const message = JSON.parse(line);
      const waiting = pending.get(message.endpoint);
      if (message.versions) resolve(message.versions);
      else if (message.error) waiting?.reject(new Error(`${name}: ${message.error}`));
      else waiting?.resolve(message);
    });
  });
  return {
    versions,
    wait: (endpointName) =>
      new Promise((resolve, reject) => {
        pending.set(endpointName, { resolve, reject });
        child.stdin.write(`${endpointName}\n`);
      }),
    stop() {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // ESRCH: it has ended by itself.
      }
    },
  };
}
