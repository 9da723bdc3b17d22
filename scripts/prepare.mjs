// Prepares what a command needs, with nothing installed but Node and Python: npm packages and Python environments.
// Usage: node scripts/prepare.mjs [cloud] [serving] [trial] [formats] [scikit-learns] [test] [bench]. Plain JavaScript, since it runs before Node 24 is here.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const OLDEST_PYTHON = 11;
const NEWEST_PYTHON = 14;

/** The minors of scikit-learn that a server has beside the one of requirements.txt -> the newest Python with packages of it. */
const SCIKIT_LEARNS = { 1.5: 13, 1.6: 13, 1.7: NEWEST_PYTHON, 1.9: NEWEST_PYTHON };

/** Environment -> the files whose packages it holds. All are pinned with hashes. */
const ENVIRONMENTS = {
  cloud: ['local/ministack/requirements.txt'],
  serving: ['serving-image/requirements.txt', 'serving-image/requirements-test.txt'],
  // What the tests of the server need, beside the engines of other formats: half a gigabyte, of which running needs none.
  formats: ['', '-test', '-engines', '-formats'].map((part) => `serving-image/requirements${part}.txt`),
  // A folder for each, where the server next to it finds them (serving-image/inference_server/trusted/scikit_learns.py).
  'scikit-learns': Object.keys(SCIKIT_LEARNS).map(fileOfMinor),
  // What the function holds that tries models: packages for Lambda's Linux and Python, whichever are here.
  trial: ['serving-image/requirements-lite.txt'],
  test: ['test/requirements.txt'],
  bench: ['bench/requirements.txt'],
};

const PIP_OPTIONS = ['--quiet', '--disable-pip-version-check', '--prefer-binary', '--require-hashes'];

/**
 * Amazon Linux 2023 has glibc 2.34: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html. The Python is the
 * image's, which a test compares (test/infra/trial-package.test.ts).
 */
const LAMBDA_PYTHON = '3.13';
const FOR_LAMBDA = [
  ...['--no-deps', '--only-binary=:all:', '--implementation', 'cp', '--python-version', LAMBDA_PYTHON],
  ...['manylinux_2_28', 'manylinux_2_27', 'manylinux_2_17', 'manylinux2014'].flatMap((tag) => [
    '--platform',
    `${tag}_x86_64`,
  ]),
];

/** Ends with one sentence that says what to do; a stack trace would say nothing more. */
class Refusal extends Error {}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20) throw new Refusal(`Node 20 or later is needed; this is Node ${process.versions.node}.`);
  // npm brings Node 24 on Linux (optionalDependencies in package.json); elsewhere the user's own runs the TypeScript.
  const brought = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
  if (!brought && (major < 22 || (major === 22 && minor < 18))) {
    throw new Refusal(
      `On ${process.platform} ${process.arch}, Node 22.18 or later is needed, which runs TypeScript; this is Node ${process.versions.node}.`,
    );
  }
}

/** npm writes node_modules/.package-lock.json last: it says what is really there, after `npm ci` and `npm install` alike. */
function packagesAreCurrent() {
  try {
    const read = (file) => JSON.parse(readFileSync(join(ROOT, file), 'utf8')).packages;
    const [wanted, installed] = [read('package-lock.json'), read('node_modules/.package-lock.json')];
    return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
      if (path === '') return true;
      const found = installed[path];
      if (!found) return optional === true;
      return found.version === version && found.integrity === integrity;
    });
  } catch {
    return false;
  }
}

async function installPackages() {
  if (packagesAreCurrent()) return;
  // npm removes node_modules, and with it the Node 24 that an npm script's PATH would give it to run on.
  const PATH = process.env.PATH.split(delimiter)
    .filter((directory) => !directory.endsWith(join('node_modules', '.bin')))
    .join(delimiter);
  // --loglevel: the packages for Node 24 warn about an older Node that only installs them.
  await run('Installing npm packages', 'npm', ['ci', '--loglevel=error', '--no-audit', '--no-fund'], { PATH });
}

/** The first of python3, python3.14, ... python3.11 whose version fits, and its minor version. */
function findPython() {
  const versions = [];
  for (let minor = NEWEST_PYTHON; minor >= OLDEST_PYTHON; minor -= 1) versions.push(`python3.${minor}`);
  let other;
  for (const name of ['python3', ...versions]) {
    const { status, stdout } = spawnSync(name, ['-c', 'import sys; print(*sys.version_info[:2])'], {
      encoding: 'utf8',
    });
    if (status !== 0) continue;
    const [major, minor] = stdout.trim().split(' ').map(Number);
    if (major === 3 && minor >= OLDEST_PYTHON && minor <= NEWEST_PYTHON)
      return { basePython: name, pythonMinor: minor };
    other ??= `${major}.${minor}`;
  }
  const found = other ? `only Python ${other} was found` : 'none was found';
  throw new Refusal(`Python 3.${OLDEST_PYTHON} to 3.${NEWEST_PYTHON} is needed, and ${found}.`);
}

/** What makes the environment, or undefined when it is there as its files ask for. */
function environmentToMake(name) {
  const files = ENVIRONMENTS[name].map((file) => join(ROOT, file));
  const directory = join(ROOT, '.venv', name);
  const python = join(directory, 'bin', 'python');
  const stampFile = join(directory, '.prepared');
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  const stamp = hash.digest('hex');
  if (existsSync(python) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return undefined;
  return async ({ basePython, pythonMinor }) => {
    rmSync(directory, { recursive: true, force: true });
    await run(`Making the Python environment ${name}`, basePython, ['-m', 'venv', directory], {
      hint: 'On Debian and Ubuntu, the package python3-venv is needed.',
    });
    const install = (what, ...parameters) =>
      run(`Installing ${what}`, python, ['-m', 'pip', 'install', ...PIP_OPTIONS, ...parameters], {});
    if (name === 'trial')
      await install(
        'what tries models',
        ...FOR_LAMBDA,
        '--target',
        join(directory, 'packages'),
        '--requirement',
        files[0],
      );
    else if (name === 'scikit-learns') await installScikitLearns(install, directory, pythonMinor);
    else await install(`Python packages for ${name}`, ...files.flatMap((file) => ['--requirement', file]));
    writeFileSync(stampFile, stamp);
  };
}

/** Without what they depend on: the server's own environment has it. */
async function installScikitLearns(install, directory, pythonMinor) {
  for (const [minor, newestPython] of Object.entries(SCIKIT_LEARNS)) {
    if (pythonMinor > newestPython) console.error(`scikit-learn ${minor} has no packages for Python 3.${pythonMinor}.`);
    else {
      const alone = ['--no-deps', '--only-binary=:all:', '--prefix', join(directory, minor)];
      await install(`scikit-learn ${minor}`, ...alone, '--requirement', join(ROOT, fileOfMinor(minor)));
    }
  }
}

function fileOfMinor(minor) {
  return `serving-image/requirements-scikit-learn-${minor}.txt`;
}

/** npm says what is wrong first and its usage after, pip the other way round. */
function excerpt(output) {
  const lines = output.trim().split('\n');
  return lines.length <= 30 ? lines.join('\n') : [...lines.slice(0, 15), '...', ...lines.slice(-15)].join('\n');
}

/** Says what takes longer than two seconds, and how long it took; shows a command's output only when it failed. */
function run(what, command, parameters, { PATH = process.env.PATH, hint = '' }) {
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const seconds = () => Math.round((Date.now() - started) / 1000);
    let said = false;
    const say = () => {
      console.error(said ? `${what}: ${seconds()} s` : `${what} ...`);
      said = true;
    };
    const first = setTimeout(say, 2000);
    const every = setInterval(say, 15_000);
    const child = spawn(command, parameters, {
      cwd: ROOT,
      env: { ...process.env, PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const end = (failure) => {
      clearTimeout(first);
      clearInterval(every);
      if (failure) reject(new Refusal(`${what} failed: ${failure}. ${hint}\n${excerpt(output)}`));
      else {
        if (said) console.error(`${what}: done in ${seconds()} s`);
        resolve();
      }
    };
    child.once('error', (error) => end(error.message));
    child.once('close', (code, signal) => end(code === 0 ? undefined : `${command} ended with ${signal ?? code}`));
  });
}

try {
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !Object.hasOwn(ENVIRONMENTS, name));
  if (unknown)
    throw new Refusal(`There is no environment ${unknown}; there are ${Object.keys(ENVIRONMENTS).join(', ')}.`);
  checkNode();
  const toMake = asked.map(environmentToMake).filter(Boolean);
  const found = toMake.length > 0 ? findPython() : undefined;
  // All to their end, so that a failure leaves no installation running behind it.
  const results = await Promise.allSettled([installPackages(), ...toMake.map((make) => make(found))]);
  for (const { reason } of results.filter(({ status }) => status === 'rejected')) fail(reason);
} catch (error) {
  fail(error);
}

function fail(error) {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
}
