// The CDK's output for the local cloud: made once for each state of its sources, since no synth is quicker than none.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { SERVING_IMAGE_TARGETS, servingImageTag } from '../../infra/serving-image-tag.ts';
import { TRIAL_SOURCES } from '../../infra/trial-package.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const DIRECTORY = join(ROOT, '.cache', 'assemblies');

/** All that `infra/app.ts` reads, beside the serving image: a test follows its imports. */
export const SOURCES = [
  ...['infra', 'lambdas', 'state-machine', 'client', 'cdk.json', 'package.json', 'package-lock.json'],
  ...TRIAL_SOURCES.map((path) => `serving-image/${path}`),
];

/** An assembly is about 30 MB. Those of a few branches and settings are kept. */
const KEPT = 6;

/**
 * @param parameters all else that the synth depends on
 * @param synthesize writes the assembly into the folder that it is given
 * @returns the folder of the assembly. Several clouds may deploy from it at once; nobody may change it
 */
export async function synthesizedAssembly(
  parameters: readonly string[],
  synthesize: (output: string) => Promise<void>,
  { root = ROOT, directory = DIRECTORY } = {},
): Promise<string> {
  const assembly = join(directory, digestOf(root, parameters));
  if (!existsSync(assembly)) {
    mkdirSync(directory, { recursive: true });
    const unfinished = `${assembly}.${process.pid}`;
    try {
      await synthesize(unfinished);
      moveInto(assembly, unfinished);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
    removeOld(directory);
  }
  // In microseconds: two uses within one millisecond have an order too.
  const now = (performance.timeOrigin + performance.now()) / 1000;
  utimesSync(assembly, now, now);
  return assembly;
}

/** Another process may have been quicker: its assembly is the same. */
function moveInto(assembly: string, unfinished: string): void {
  try {
    renameSync(unfinished, assembly);
  } catch (error) {
    if (!existsSync(assembly)) throw error;
  }
}

function removeOld(directory: string): void {
  const usedAt = (name: string) => statSync(join(directory, name)).mtimeMs;
  const newestFirst = readdirSync(directory).sort((a, b) => usedAt(b) - usedAt(a));
  for (const name of newestFirst.slice(KEPT)) rmSync(join(directory, name), { recursive: true, force: true });
}

function digestOf(root: string, parameters: readonly string[]): string {
  const images = SERVING_IMAGE_TARGETS.map((target) => servingImageTag(target, join(root, 'serving-image')));
  const hash = createHash('sha256').update(JSON.stringify([process.version, parameters, images]));
  for (const path of SOURCES.flatMap((source) => filesOf(root, source))) {
    const content = readFileSync(join(root, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 32);
}

function filesOf(root: string, path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .filter((name) => name !== '__pycache__')
    .sort()
    .flatMap((name) => filesOf(root, `${path}/${name}`));
}
