// scripts/prepare.mjs, in a project of its own with commands that only write down how they were called.
import { execFile } from 'node:child_process';
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..');
let project: string;

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'prepare-test-'));
  for (const directory of ['scripts', 'local/ministack', 'node_modules', 'commands'])
    await mkdir(join(project, directory), { recursive: true });
  await copyFile(join(ROOT, 'scripts', 'prepare.mjs'), join(project, 'scripts', 'prepare.mjs'));
  await writeFile(join(project, 'local/ministack/requirements.txt'), 'ministack==1.5.33\n');
  await cp(join(ROOT, 'package-lock.json'), join(project, 'package-lock.json'));
  await cp(join(ROOT, 'package-lock.json'), join(project, 'node_modules', '.package-lock.json'));
  await python('python3', '3 11');
  await command('npm', 'echo "npm $@" >> "$CALLS"');
});
afterEach(() => rm(project, { recursive: true }));

const calls = () => join(project, 'calls');
async function command(name: string, script: string) {
  const file = join(project, 'commands', name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

/** A Python that says its version, and "makes" environments whose own python writes down its calls. */
function python(name: string, version: string) {
  return command(
    name,
    `if [ "$1" = -c ]; then echo "${version}"; exit; fi
     echo "${name} $@" >> "$CALLS"
     if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi`,
  );
}

async function prepare(...parameters: string[]) {
  // /bin for the shell of the commands; it may hold a real python3, after ours.
  const PATH = `${join(project, 'commands')}:/usr/bin:/bin`;
  const prepared = promisify(execFile)(process.execPath, [join(project, 'scripts', 'prepare.mjs'), ...parameters], {
    env: { PATH, CALLS: calls() },
  });
  const { code, stderr } = await prepared.then(
    ({ stderr }) => ({ code: 0, stderr }),
    (error: { code: number; stderr: string }) => error,
  );
  const called = await readFile(calls(), 'utf8').catch(() => '');
  await rm(calls(), { force: true });
  return { code, stderr, called: called.replaceAll(`${project}/`, '').trim().split('\n').filter(Boolean) };
}

test('an environment is made once, with hashes required, and again when its file changes', async () => {
  const making = [
    'python3 -m venv .venv/cloud',
    'python3 -m pip install --quiet --disable-pip-version-check --prefer-binary --require-hashes --requirement local/ministack/requirements.txt',
  ];
  expect(await prepare('cloud')).toEqual({ code: 0, stderr: '', called: making });
  expect(await prepare('cloud')).toEqual({ code: 0, stderr: '', called: [] });
  await writeFile(join(project, 'local/ministack/requirements.txt'), 'ministack==1.5.34\n');
  expect((await prepare('cloud')).called).toEqual(making);
});

test.each([
  ['3 13', ['1.5', '1.6', '1.7', '1.9'], ''],
  [
    '3 14',
    ['1.7', '1.9'],
    'scikit-learn 1.5 has no packages for Python 3.14.\nscikit-learn 1.6 has no packages for Python 3.14.\n',
  ],
])('with Python %s, of the minors of scikit-learn are installed: %j', async (version, minors, stderr) => {
  await python('python3', version);
  await mkdir(join(project, 'serving-image'));
  const file = (minor: string) => `serving-image/requirements-scikit-learn-${minor}.txt`;
  for (const minor of ['1.5', '1.6', '1.7', '1.9']) await writeFile(join(project, file(minor)), minor);
  const install = 'python3 -m pip install --quiet --disable-pip-version-check --prefer-binary --require-hashes';
  const called = minors.map(
    (minor) =>
      `${install} --no-deps --only-binary=:all: --prefix .venv/scikit-learns/${minor} --requirement ${file(minor)}`,
  );
  const making = { code: 0, stderr, called: ['python3 -m venv .venv/scikit-learns', ...called] };
  expect(await prepare('scikit-learns')).toEqual(making);
  expect(await prepare('scikit-learns')).toEqual({ code: 0, stderr: '', called: [] });
  await writeFile(join(project, file('1.9')), 'scikit-learn==1.9.2');
  expect(await prepare('scikit-learns')).toEqual(making);
});

test('npm packages are installed when a locked one is missing or differs, and not otherwise', async () => {
  expect((await prepare()).called).toEqual([]);
  const installed = join(project, 'node_modules', '.package-lock.json');
  const lock = JSON.parse(await readFile(installed, 'utf8'));
  lock.packages['node_modules/zod'].version = '0.0.1';
  await writeFile(installed, JSON.stringify(lock));
  expect((await prepare()).called).toEqual(['npm ci --loglevel=error --no-audit --no-fund']);
  await rm(installed);
  expect((await prepare()).called).toEqual(['npm ci --loglevel=error --no-audit --no-fund']);
});

test('the first Python that fits is taken, python3 before the others', async () => {
  await python('python3', '3 9');
  await python('python3.13', '3 13');
  await python('python3.12', '3 12');
  await command('python3.14', 'exit 127');
  expect((await prepare('cloud')).called[0]).toBe('python3.13 -m venv .venv/cloud');
});

test('without one that fits, one sentence names the versions', async () => {
  await python('python3', '3 15');
  for (const minor of [11, 12, 13, 14]) await command(`python3.${minor}`, 'exit 127');
  expect(await prepare('cloud')).toEqual({
    code: 1,
    stderr: 'Python 3.11 to 3.14 is needed, and only Python 3.15 was found.\n',
    called: [],
  });
});

test('a failed installation shows what was said, leaves no stamp and a non-zero status', async () => {
  await command('npm', 'echo "npm error code EINTEGRITY" >&2; exit 1');
  await rm(join(project, 'node_modules', '.package-lock.json'));
  const { code, stderr } = await prepare();
  expect(code).toBe(1);
  expect(stderr).toContain('Installing npm packages failed: npm ended with 1.');
  expect(stderr).toContain('npm error code EINTEGRITY');

  await command('python3', 'if [ "$1" = -c ]; then echo "3 12"; else echo "ensurepip is not available"; exit 1; fi');
  const failed = await prepare('cloud');
  expect(failed.stderr).toContain('the package python3-venv is needed');
  expect(failed.stderr).toContain('ensurepip is not available');
  await python('python3', '3 12');
  await command('npm', 'true');
  expect((await prepare('cloud')).called).toHaveLength(2);
});

test('an environment that does not exist is refused by name', async () => {
  expect((await prepare('clod')).stderr).toMatch(/^There is no environment clod; there are cloud, serving, .*\.\n$/);
});

test('the lockfile names the packages of every platform: npm ci refuses it otherwise, on every fresh clone', async () => {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const { packages } = lock;
  // npm leaves out what it cannot find for another platform: "Missing: @biomejs/cli-darwin-arm64@ from lock file".
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
    ),
  );
  expect(Object.keys(packages).length).toBeGreaterThan(100);
  expect(missing).toEqual([]);
});

test('a script that prepares makes the shell look for node again before it runs TypeScript', async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const preparing = Object.values(scripts).filter((script) => /prepare\.mjs.* node /.test(script));
  expect(preparing.length).toBeGreaterThan(3);
  for (const script of preparing) expect(script).toMatch(/prepare\.mjs[a-z -]* && hash -r && node /);
});
