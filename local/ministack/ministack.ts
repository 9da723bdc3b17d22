// MiniStack's life: it is the part of the local cloud that runs S3, Lambda, Step Functions, EventBridge, IAM and the rest.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeCertificate } from '../process/certificate.ts';

export interface MiniStackOptions {
  /** Port on 127.0.0.1 that MiniStack listens on, with TLS. */
  port: number;
  /** What functions get as AWS_ENDPOINT_URL: the gateway. */
  endpointUrl: string;
  /** A directory of its own: certificate, unpacked functions and the log are kept there. */
  directory: string;
  /** Who knows it may send events as SageMaker. Default: nobody. */
  sageMakerSecret?: string;
  /** Multiplies the seconds of Wait states, of callbacks' timeouts and of Retry intervals. Default 1: real time. */
  waitScale?: number;
}

export interface MiniStack {
  port: number;
  pid: number;
  logFile: string;
  /** Resolves when the server ends, asked to or not. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

const READY_SECONDS = 30;
const ROOT = join(import.meta.dirname, '..', '..');
const PYTHON = join(ROOT, '.venv', 'cloud', 'bin', 'python');

/**
 * Starts MiniStack with signatures and IAM policies enforced, and resolves when it answers.
 *
 * TLS is on although everything is local, because buckets of the CDK deny plain HTTP (`aws:SecureTransport`).
 *
 * @throws when it ends or does not answer within 30 s; the message holds the end of its log.
 */
export async function startMiniStack({
  port,
  endpointUrl,
  directory,
  sageMakerSecret,
  waitScale = 1,
}: MiniStackOptions): Promise<MiniStack> {
  const temporary = join(directory, 'ministack');
  await mkdir(temporary, { recursive: true });
  const tls = await writeCertificate(temporary);
  const logFile = join(directory, 'ministack.log');
  const log = openSync(logFile, 'a');
  // detached: a process group of its own, so that Ctrl-C reaches us alone and the order of stopping is ours.
  const child = spawn(PYTHON, [join(import.meta.dirname, 'start_ministack.py')], {
    detached: true,
    stdio: ['pipe', log, log],
    env: {
      // Functions inherit this environment: nothing of the user's own AWS settings may reach them, and `node` is Node 24.
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      HOME: temporary,
      LANG: process.env.LANG ?? 'C.UTF-8',
      TMPDIR: temporary,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      AWS_ENDPOINT_URL: endpointUrl,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AUTH: 'true',
      USE_SSL: '1',
      MINISTACK_SSL_CERT: tls.certificate,
      MINISTACK_SSL_KEY: tls.key,
      SFN_WAIT_SCALE: String(waitScale),
      ...(sageMakerSecret !== undefined && { MINISTACK_SAGEMAKER_SECRET: sageMakerSecret }),
      LOG_LEVEL: process.env.MINISTACK_LOG_LEVEL ?? 'WARNING',
    },
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // The pipe's other end going away first must not become an error of ours.
  child.stdin?.on('error', () => {});
  const stop = () => stopGroup(child, ended);
  try {
    // Written by this very server once the port is its own: another one's answer on that port must not count.
    await untilReady(port, join(temporary, `ministack-${port}.pid`), child, ended);
  } catch (error) {
    await stop();
    const tail = (await readFile(logFile, 'utf8')).split('\n').slice(-20).join('\n');
    throw new Error(`${(error as Error).message}\n${tail}`);
  }
  return { port, pid: child.pid!, logFile, ended, stop };
}

async function untilReady(port: number, pidFile: string, child: ChildProcess, ended: Promise<void>): Promise<void> {
  let failure: string | undefined;
  child.once('error', (error) => {
    failure = `MiniStack cannot be started: ${error.message}. Run: node scripts/prepare.mjs cloud`;
  });
  child.once('exit', (code, signal) => {
    failure ??= `MiniStack ended while it was starting (${signal ?? `exit status ${code}`}).`;
  });
  const deadline = Date.now() + READY_SECONDS * 1000;
  while (!failure && Date.now() < deadline) {
    if (existsSync(pidFile) && (await answers(port))) return;
    await Promise.race([sleep(50), ended]);
  }
  throw new Error(failure ?? `MiniStack did not answer within ${READY_SECONDS} s.`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request(
      { host: '127.0.0.1', port, path: '/_ministack/ready', rejectUnauthorized: false, timeout: 2000 },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    call.once('error', () => resolve(false));
    call.once('timeout', () => call.destroy());
    call.end();
  });
}

/** SIGTERM, then SIGKILL after 5 s to the whole group; the second also when the server has ended, for its workers. */
async function stopGroup(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  await Promise.race([ended, sleep(5000, undefined, { ref: false })]);
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // ESRCH: the group is empty, which is what we want.
  }
  await ended;
}
