// The package of the function that tries models, made once for each state of its sources: its Python is the serving image's own.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { SERVING_IMAGE_DIRECTORY, SERVING_IMAGE_TARGETS, servingImageTag } from './serving-image-tag.ts';

const ROOT = join(import.meta.dirname, '..');
const ENVIRONMENT = join(ROOT, '.venv', 'trial');
const DIRECTORY = join(ROOT, '.cache', 'trial-packages');
/** Those of a few branches; each has about 25 MB. */
const KEPT = 4;

/** What it is made of beside the image's own source, which the tags stand for. */
export const TRIAL_SOURCES = ['model_trial', 'make_trial.py'];

/**
 * The path of a zip archive, for Lambda's Python on x86_64. Made in a second or two where it is not there yet.
 *
 * @throws where the Python environment is missing, with the command that makes it
 */
export function trialPackage(): string {
  const tags = Object.fromEntries(SERVING_IMAGE_TARGETS.map((target) => [servingImageTag(target), target]));
  const file = join(DIRECTORY, `${digest(tags)}.zip`);
  if (!existsSync(file)) make(file, tags);
  const now = new Date();
  utimesSync(file, now, now);
  removeOld();
  return file;
}

function make(file: string, tags: Record<string, string>): void {
  mkdirSync(DIRECTORY, { recursive: true });
  const command = [
    join(SERVING_IMAGE_DIRECTORY, 'make_trial.py'),
    file,
    join(ENVIRONMENT, 'packages'),
    JSON.stringify(tags),
  ];
  const made = spawnSync(join(ENVIRONMENT, 'bin', 'python'), command, {
    env: { PATH: process.env.PATH, PYTHONPATH: SERVING_IMAGE_DIRECTORY, PYTHONDONTWRITEBYTECODE: '1' },
    encoding: 'utf8',
  });
  if (made.error !== undefined)
    throw new Error('The Python environment trial is missing. Run: node scripts/prepare.mjs trial', {
      cause: made.error,
    });
  if (made.stderr !== '') console.error(made.stderr.trimEnd());
  if (made.status !== 0) throw new Error('The package of the function that tries models could not be made.');
}

function digest(tags: Record<string, string>): string {
  const hash = createHash('sha256').update(JSON.stringify([process.arch, process.platform, tags]));
  hash.update(readIfThere(join(ENVIRONMENT, '.prepared')));
  for (const path of TRIAL_SOURCES.flatMap(filesOf)) {
    const content = readFileSync(join(SERVING_IMAGE_DIRECTORY, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 32);
}

const readIfThere = (file: string): Buffer | string => (existsSync(file) ? readFileSync(file) : '');

function filesOf(path: string): string[] {
  if (!statSync(join(SERVING_IMAGE_DIRECTORY, path)).isDirectory()) return [path];
  return readdirSync(join(SERVING_IMAGE_DIRECTORY, path))
    .filter((name) => name !== '__pycache__')
    .sort()
    .flatMap((name) => filesOf(`${path}/${name}`));
}

function removeOld(): void {
  const usedAt = (name: string) => statSync(join(DIRECTORY, name)).mtimeMs;
  const newestFirst = readdirSync(DIRECTORY).sort((a, b) => usedAt(b) - usedAt(a));
  for (const name of newestFirst.slice(KEPT)) rmSync(join(DIRECTORY, name), { force: true });
}
