// What a run stands on: the environments, the models, trained once, and the former evaluator out of git's history.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { prepareEnvironment } from '../serving/environments.ts';
import { type EnvironmentName, IMAGE, peerFolder, ROOT } from '../serving/peer.ts';
import { CONTESTANTS, TODAY } from './plan.ts';
import { run } from './run-program.ts';

const CACHE = join(ROOT, '.cache', 'large-models');
const TRAINING = join(import.meta.dirname, 'train_models.py');

export type Bins = Partial<Record<EnvironmentName, string>>;

/** @returns the folders of programs, and why others are absent */
export async function environments(names: readonly EnvironmentName[], say: (line: string) => void) {
  const bins: Bins = {};
  const absent: { peer: string; reason: string }[] = [];
  for (const name of new Set(names)) {
    const made = await prepareEnvironment(name, say);
    if ('bin' in made) bins[name] = made.bin;
    else {
      for (const { name: peer } of CONTESTANTS.filter(({ environment }) => environment === name))
        absent.push({ peer, reason: made.absent });
    }
  }
  return { bins, absent };
}

/** Named by what they depend on: the seed and sizes in the program, and the versions of the libraries. */
export async function trainedModels(
  bin: string,
  features: number,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  for (const file of [TRAINING, join(peerFolder('large-models'), 'requirements.txt')]) hash.update(readFileSync(file));
  const folder = join(CACHE, `models-${features}-${hash.digest('hex').slice(0, 16)}`);
  mkdirSync(folder, { recursive: true });
  say(`Training the models of ${features} features (once, some minutes)`);
  // Threads that wait while they spin would keep each other from working where there are more of them than cores.
  await run(join(bin, 'python'), [TRAINING, folder, `${features}`], { OMP_WAIT_POLICY: 'PASSIVE' }, signal);
  return folder;
}

/** @returns the folder that holds the former `inference_server` */
export function formerImage(): string {
  const folder = join(CACHE, TODAY);
  if (existsSync(folder)) return join(folder, 'serving-image');
  mkdirSync(CACHE, { recursive: true });
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial);
  const archive = execFileSync('git', ['archive', TODAY, 'serving-image/inference_server'], {
    cwd: ROOT,
    maxBuffer: 2 ** 28,
  });
  execFileSync('tar', ['-x', '-C', partial], { input: archive });
  renameSync(partial, folder);
  return join(folder, 'serving-image');
}

export const imageOf = (name: string) => (name === 'today' ? formerImage() : IMAGE);

/** The last core for what is measured, so that the first is left to whatever else has to be done. */
export function pinning(): string[] {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return ['taskset', '-c', `${availableParallelism() - 1}`];
  } catch {
    return [];
  }
}
