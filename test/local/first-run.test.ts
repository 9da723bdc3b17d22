// `npm start` as somebody who has just cloned the project sees it.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '..', '..');
const FIRST_RUN = 'local/first-run.ts';
let TMPDIR: string;

beforeEach(async () => {
  TMPDIR = await mkdtemp(join(tmpdir(), 'first-run-test-'));
});
afterEach(() => rm(TMPDIR, { recursive: true }));

function start() {
  const child = spawn('node', [join(ROOT, FIRST_RUN), '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR },
  });
  const said = { json: '', story: '' };
  child.stdout.on('data', (chunk) => (said.json += chunk));
  child.stderr.on('data', (chunk) => (said.story += chunk));
  return { child, said, ended: new Promise<number | null>((resolve) => child.once('close', resolve)) };
}

/** Every process that was started under this test's TMPDIR, by its environment or its command line. */
function leftRunning(): string[] {
  if (!existsSync('/proc/self/environ')) return []; // not on macOS
  const names = (pid: string, file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(TMPDIR);
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && (names(pid, 'environ') || names(pid, 'cmdline'));
    } catch {
      return false; // it has ended meanwhile
    }
  });
}

test('npm start prepares what it needs and runs it', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } };
  expect(scripts.start).toBe(`node scripts/prepare.mjs cloud serving trial && hash -r && node ${FIRST_RUN}`);
});

test('it deploys a real model, asks it, shows a broken one refused, and leaves nothing', async () => {
  const { said, ended } = start();
  expect({ status: await ended, story: said.story }).toMatchObject({ status: 0 });
  expect(JSON.parse(said.json)).toMatchObject({ ok: true });
  expect(said.story).toMatch(/CreateModel.*DeployEndpoint.*waits: the endpoint is Creating.*RunCanary.*deployed/s);
  expect(said.story).toMatch(/setosa.*confidence.*\n.*versicolor.*confidence.*\n.*virginica.*confidence/);
  expect(said.story).toMatch(/1 to 5 instances/);
  expect(said.story).toMatch(/InspectArtifact.*rejected.*truncated/s);
  expect(leftRunning()).toEqual([]);
  expect(await readdir(TMPDIR)).toEqual([]);
}, 180_000);

test('Ctrl-C in the middle of a rollout leaves nothing either', async () => {
  const { child, said, ended } = start();
  while (!said.story.includes('waits:') && child.exitCode === null) await sleep(50);
  if (existsSync('/proc')) expect(leftRunning().length).toBeGreaterThan(1);
  child.kill('SIGINT');
  expect({ status: await ended, story: said.story }).toMatchObject({ status: 130 });
  expect(leftRunning()).toEqual([]);
  expect(await readdir(TMPDIR)).toEqual([]);
}, 180_000);
