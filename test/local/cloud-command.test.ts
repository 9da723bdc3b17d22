// `npm run cloud`: up with the real stack in it, its calls to be read from another process, gone on Ctrl-C.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const COMMAND = join(import.meta.dirname, '..', '..', 'local', 'cloud-command.ts');
const started: ChildProcess[] = [];

// SIGTERM, which it answers as Ctrl-C; whatever a failed test left must not stay.
afterEach(() => {
  for (const child of started.splice(0)) if (child.exitCode === null) child.kill('SIGTERM');
});

function start(...parameters: string[]) {
  const child = spawn('node', [COMMAND, ...parameters], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  const said: string[] = [];
  createInterface(child.stderr).on('line', (line) => said.push(line));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, said, ended, lines: createInterface(child.stdout) };
}

test('it comes up, tells how to reach it, shows its calls, and leaves nothing on Ctrl-C', async () => {
  const { child, said, ended, lines } = start('--json');
  const line = await Promise.race([
    new Promise<string>((resolve) => lines.once('line', resolve)),
    ended.then((status) => Promise.reject(new Error(`It ended with ${status}: ${said.join('\n')}`))),
  ]);
  const { env, outputs, directory } = JSON.parse(line);
  expect(Object.keys(env).sort()).toEqual(
    ['AWS_ACCESS_KEY_ID', 'AWS_DEFAULT_REGION', 'AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_SECRET_ACCESS_KEY'].sort(),
  );
  const [stack] = Object.values(outputs) as Record<string, string>[];
  expect(stack).toMatchObject({ BucketName: expect.any(String), StateMachineArn: expect.any(String) });
  // Bootstrap and synth run side by side: a synth that is cached ends first.
  for (const step of ['cdk bootstrap', 'cdk synth'])
    expect(said.join('\n')).toMatch(new RegExp(`${step}.*cdk deploy.*Up after`, 's'));

  const calls = ['--calls', '--json', '--service', 'ecr', '--operation', 'PutImage'];
  const shown = await promisify(execFile)('node', [COMMAND, ...calls], { env: { ...process.env, ...env } });
  expect(JSON.parse(shown.stdout)).toEqual([expect.objectContaining({ caller: 'root', status: 200 })]);

  child.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(said.at(-1)).toBe('Stopped: nothing is left running.');
  expect(existsSync(directory)).toBe(false);
  await expect(fetch(env.AWS_ENDPOINT_URL)).rejects.toThrow();
}, 180_000);

test('Ctrl-C while it is coming up stops what is there', async () => {
  const { child, said, ended } = start();
  await new Promise<void>((resolve) => {
    const look = setInterval(() => {
      if (!said.some((line) => line.includes('start MiniStack'))) return;
      clearInterval(look);
      resolve();
    }, 20);
  });
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(said.at(-1)).toBe('Stopped.');
}, 60_000);

test('a number that is none is refused before anything starts', async () => {
  const { said, ended } = start('--provisioning-seconds', 'soon');
  expect(await ended).toBe(1);
  expect(said.join('\n')).toContain('It must be a number, at least 0.');
});
