// One Python environment for each peer, made once from its pinned requirements, or the reason why there is none.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EnvironmentName, IMAGE, ROOT } from './peer.ts';

/** The first that is there and takes the packages: 3.11 has wheels of all of them. */
const PYTHONS = ['python3.11', 'python3.12', 'python3.13', 'python3.14', 'python3'];

function requirementsOf(name: EnvironmentName): string[] {
  // What the image's target lite holds, and nothing else.
  if (name === 'lite') return [join(IMAGE, 'requirements-lite.txt')];
  const own = join(import.meta.dirname, 'peers', name, 'requirements.txt');
  // It runs the serving image's own code, but in its own environment.
  return name === 'uvicorn' ? [join(IMAGE, 'requirements.txt'), own] : [own];
}

export type Environment = { bin: string } | { absent: string };

/** The serving environment is made by scripts/prepare.mjs; the others are kept beside it. */
export async function prepareEnvironment(name: EnvironmentName, say: (line: string) => void): Promise<Environment> {
  const folder = join(ROOT, '.venv', name === 'serving' ? name : `bench-${name}`);
  const bin = join(folder, 'bin');
  if (name === 'serving') return existsSync(bin) ? { bin } : { absent: 'scripts/prepare.mjs has not made it' };
  const files = requirementsOf(name);
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  const stamp = hash.digest('hex');
  const stampFile = join(folder, '.prepared');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return { bin };
  let reason = 'no Python 3.11 or later was found';
  for (const python of PYTHONS.filter(isThere)) {
    say(`Making the environment of ${name} with ${python}`);
    rmSync(folder, { recursive: true, force: true });
    const failure =
      (await run(python, ['-m', 'venv', folder])) ??
      (await run(join(bin, 'python'), [
        ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--prefer-binary', '--require-hashes'],
        ...files.flatMap((file) => ['--requirement', file]),
      ]));
    if (failure === null) {
      writeFileSync(stampFile, stamp);
      return { bin };
    }
    reason = `${python}: ${failure}`;
  }
  rmSync(folder, { recursive: true, force: true });
  return { absent: reason };
}

function isThere(python: string): boolean {
  try {
    const text = execFileSync(python, ['-c', 'import sys; print(sys.version_info >= (3, 11))'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.trim() === 'True';
  } catch {
    return false;
  }
}

/** @returns null, or the last line that says what was wrong */
function run(command: string, parameters: string[]): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => resolve(code === 0 ? null : (output.trim().split('\n').at(-1) ?? `exit ${code}`)));
  });
}

/** Of Python itself and of one package; undefined where it cannot be told. */
export function versionsIn(bin: string, distribution?: string): { python?: string; distribution?: string } {
  try {
    const program =
      'import platform, sys; from importlib.metadata import version; print(platform.python_version()); ' +
      'print(version(sys.argv[1]) if sys.argv[1] else "")';
    const [python, found] = execFileSync(join(bin, 'python'), ['-c', program, distribution ?? ''], { encoding: 'utf8' })
      .trim()
      .split('\n');
    return { python, distribution: found };
  } catch {
    return {};
  }
}
