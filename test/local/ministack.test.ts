// MiniStack's life: up in time, gone with all that it started, however its parent ended.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { startMiniStack } from '../../local/ministack/ministack.ts';
import { freePort } from '../../local/process/free-port.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ministack-test-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('it starts, listens on 127.0.0.1 only, and leaves nothing', async () => {
  const port = await freePort();
  const ministack = await startMiniStack({ port, endpointUrl: 'http://127.0.0.1:9', directory });
  if (process.platform === 'linux') expect(listeners(ministack.pid)).toEqual([`127.0.0.1:${port}`]);
  await ministack.stop();
  await ministack.ended;
  expect(isAlive(ministack.pid)).toBe(false);
  await expect(fetch(`https://127.0.0.1:${port}`)).rejects.toThrow();
});

test('stopping twice is one stop', async () => {
  const ministack = await startMiniStack({ port: await freePort(), endpointUrl: 'http://127.0.0.1:9', directory });
  await Promise.all([ministack.stop(), ministack.stop()]);
  expect(isAlive(ministack.pid)).toBe(false);
});

test('a port that is taken is said, with the log', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await expect(startMiniStack({ port, endpointUrl: 'http://127.0.0.1:9', directory })).rejects.toThrow(
    /already in use/,
  );
  server.close();
});

test('it ends when its parent is killed', async () => {
  const port = await freePort();
  const program = `
    import { startMiniStack } from ${JSON.stringify(join(import.meta.dirname, '../../local/ministack/ministack.ts'))};
    const { pid } = await startMiniStack({ port: ${port}, endpointUrl: 'http://127.0.0.1:9', directory: ${JSON.stringify(directory)} });
    console.log(pid);
    setInterval(() => {}, 1000);`;
  const parent = spawn('node', ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await expectChildToEndWith(parent);
}, 20_000);

test('an inference server, like any module that run_module.py runs, ends when its parent is killed', async () => {
  const root = join(import.meta.dirname, '..', '..');
  const command = [join(root, '.venv/cloud/bin/python'), join(root, 'local/process/run_module.py'), 'http.server', '0'];
  const program = `
    const { spawn } = require('node:child_process');
    const [python, ...parameters] = ${JSON.stringify(command)};
    const child = spawn(python, parameters, { detached: true, stdio: ['pipe', 'pipe', 'inherit'], env: { PYTHONUNBUFFERED: '1' } });
    child.stdout.once('data', () => console.log(child.pid));`;
  const parent = spawn('node', ['--eval', program], { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] });
  await expectChildToEndWith(parent);
}, 20_000);

/** The child's process id is what the parent prints first. */
async function expectChildToEndWith(parent: ChildProcessByStdio<null, Readable, null>): Promise<void> {
  const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (data) => resolve(Number(data))));
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  for (let waited = 0; isAlive(pid) && waited < 8000; waited += 100) await sleep(100);
  expect(isAlive(pid)).toBe(false);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** `address:port` of every TCP socket on which the process listens, from /proc. */
function listeners(pid: number): string[] {
  const listening = new Map<string, string>();
  for (const table of ['tcp', 'tcp6']) {
    for (const line of readFileSync(`/proc/${pid}/net/${table}`, 'utf8').trim().split('\n').slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      const [address, port] = local!.split(':') as [string, string];
      const octets = address.length === 8 ? address.match(/../g)!.reverse() : [];
      const host = octets.map((octet) => Number.parseInt(octet, 16)).join('.') || address;
      if (state === '0A') listening.set(`socket:[${inode}]`, `${host}:${Number.parseInt(port, 16)}`);
    }
  }
  return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
    const target = readlinkSync(`/proc/${pid}/fd/${descriptor}`);
    return listening.has(target) ? [listening.get(target)!] : [];
  });
}
