/** Real inference servers as processes: start, answer, death and restart, and that nothing of them stays. */

import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  ContainerTimeout,
  type InferenceFleet,
  type VariantServer,
  type VariantSpec,
} from '../../local/hosting/fleet.ts';
import { ProcessFleet } from '../../local/hosting/process-fleet.ts';
import { ServerProcess } from '../../local/hosting/server-process.ts';
import { archive, modelBucket } from './model-bucket.ts';
import { pythonProgram } from './python.ts';

const command = [pythonProgram('python'), join(import.meta.dirname, 'fixtures', 'model_server.py')] as const;
const objects = new Map([
  ['models/iris.tar.gz', archive('iris')],
  ['models/broken.tar.gz', Buffer.from('no archive')],
]);
const lines: string[] = [];
const instances = new Set<string>();
const fleet: InferenceFleet = new ProcessFleet({
  ...{ s3: modelBucket(objects), command },
  log: (line, _spec, instanceId) => {
    lines.push(line);
    instances.add(instanceId);
  },
});
const servers: VariantServer[] = [];

function start(key: string, environment: Record<string, string> = {}): VariantServer {
  const spec: VariantSpec = {
    ...{ endpointName: 'iris', configName: 'iris-1', variantName: 'primary', modelName: 'iris', image: '' },
    ...{ environment, modelDataUrl: `s3://models/${key}`, startupTimeoutMs: 60_000 },
  };
  const server = fleet.start(spec, Date.now());
  servers.push(server);
  return server;
}

const health = (server: VariantServer) => server.health(Date.now());

async function until(condition: () => boolean): Promise<void> {
  for (let left = 200; !condition(); left -= 1) {
    if (left === 0) throw new Error('it did not happen within 10 s');
    await sleep(50);
  }
}

async function ask(server: VariantServer, request: object, headers: Record<string, string> = {}) {
  const answer = await server.invoke({ headers, body: Buffer.from(JSON.stringify(request)) });
  return { status: answer.status, headers: answer.headers ?? {}, ...JSON.parse(answer.body.toString()) };
}

const folders = () => readdirSync(ours);
const gone = (pid: number) => !isAlive(pid);
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A temporary directory of our own: other tests start servers at the same time. */
const ours = mkdtempSync(join(tmpdir(), 'fleet-'));
beforeAll(() => {
  process.env.TMPDIR = ours;
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  expect(folders()).toEqual([]);
  rmSync(ours, { recursive: true });
});

test('serves the extracted model, with the environment of its container and nothing of ours', async () => {
  process.env.A_SECRET_OF_OURS = 'secret';
  const server = start('iris.tar.gz', { MODEL_SETTING: 'on' });
  expect(health(server)).toEqual({ state: 'starting' });
  await until(() => health(server).state === 'healthy');
  const answer = await ask(server, {}, { 'x-amzn-sagemaker-custom-attributes': 'trace=1' });
  expect(answer).toMatchObject({ status: 200, model: 'iris', environment: { MODEL_SETTING: 'on' } });
  expect(answer.headers['x-amzn-sagemaker-custom-attributes']).toBe('trace=1');
  expect(answer.environment.A_SECRET_OF_OURS).toBeUndefined();
  await until(() => lines.includes('serving iris'));
});

test('every server has an instance of its own in the log', async () => {
  for (const server of [start('iris.tar.gz'), start('iris.tar.gz')])
    await until(() => health(server).state === 'healthy');
  await until(() => instances.size >= 2);
  for (const id of instances) expect(id).toMatch(/^i-[0-9a-f]{17}$/);
});

test('is not healthy before /ping answers 200', async () => {
  const server = start('iris.tar.gz', { START_SECONDS: '1' });
  await sleep(700);
  expect(health(server).state).toBe('starting');
  await until(() => health(server).state === 'healthy');
});

test('a container that dies is started again', async () => {
  const server = start('iris.tar.gz');
  await until(() => health(server).state === 'healthy');
  const { pid } = await ask(server, {});
  await expect(ask(server, { die: true })).rejects.toThrow();
  await until(() => health(server).state === 'starting');
  await until(() => health(server).state === 'healthy');
  const again = await ask(server, {});
  expect(again).toMatchObject({ model: 'iris' });
  expect(again.pid).not.toBe(pid);
});

test.each(['broken.tar.gz', 'missing.tar.gz'])('%s fails with its URL in the reason', async (key) => {
  const server = start(key);
  await until(() => health(server).state === 'failed');
  expect(health(server)).toMatchObject({ reason: expect.stringContaining(`s3://models/${key}`) });
});

test('stopping waits for the answers under way, then nothing is left', async () => {
  const before = folders();
  const server = start('iris.tar.gz');
  await until(() => health(server).state === 'healthy');
  const answer = ask(server, { sleep: 0.5 });
  await server.stop();
  const { pid } = await answer;
  expect(gone(pid)).toBe(true);
  expect(folders()).toEqual(before);
});

test('a container that does not leave within 30 s of SIGTERM is killed', async () => {
  const server = start('iris.tar.gz', { IGNORE_TERM: '1' });
  await until(() => health(server).state === 'healthy');
  const { pid } = await ask(server, {});
  // The 30 s pass in 300 ms.
  const real = globalThis.setTimeout;
  const timer = jest
    .spyOn(globalThis, 'setTimeout')
    .mockImplementation(((run: () => void, ms: number) => real(run, ms === 30_000 ? 300 : ms)) as typeof setTimeout);
  const stopped = server.stop();
  await sleep(100);
  expect(isAlive(pid)).toBe(true);
  await stopped;
  expect(timer).toHaveBeenCalledWith(expect.any(Function), 30_000);
  timer.mockRestore();
  expect(isAlive(pid)).toBe(false);
});

test('no container outlives a process that ends without stopping it', async () => {
  const module = join(import.meta.dirname, '..', '..', 'local', 'hosting', 'server-process.ts');
  const script = `
    const { ServerProcess } = await import(${JSON.stringify(module)});
    const model = ${JSON.stringify(ours)};
    const options = { command: ${JSON.stringify(command)}, environment: { SM_MODEL_DIR: model }, now: Date.now };
    const server = new ServerProcess({ ...options, log: () => undefined });
    while (server.health().state !== 'healthy') await new Promise((resolve) => setTimeout(resolve, 50));
    const { body } = await server.invoke({ headers: {}, body: Buffer.from('{}') });
    process.stdout.write(String(JSON.parse(body).pid), () => process.exit());`;
  writeFileSync(join(ours, 'name.txt'), 'iris');
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  rmSync(join(ours, 'name.txt'));
  await until(() => gone(Number(stdout)));
});

test('stopped while it starts, it never serves', async () => {
  const before = folders();
  const server = start('iris.tar.gz', { START_SECONDS: '60' });
  await server.stop();
  expect(folders()).toEqual(before);
});

test('a program that does not exist is tried again, and can be stopped', async () => {
  const log: string[] = [];
  const none = new ServerProcess({
    ...{ command: ['/no/such/program'], environment: {}, now: Date.now },
    log: (line) => log.push(line),
  });
  await until(() => log.length > 1);
  expect(log[0]).toMatch(/ENOENT/);
  await none.stop();
});

test('an invocation that takes more than 60 s is a ContainerTimeout', async () => {
  const server = start('iris.tar.gz');
  await until(() => health(server).state === 'healthy');
  // The limit is 60 s of real time; a signal that is over at once stands for it.
  const timeout = jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => AbortSignal.abort());
  await expect(ask(server, { sleep: 1 })).rejects.toThrow(ContainerTimeout);
  expect(timeout).toHaveBeenCalledWith(60_000);
  timeout.mockRestore();
});
