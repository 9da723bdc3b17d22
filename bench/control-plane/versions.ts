// What is measured: this project and its local cloud; the competitors tell their own versions.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** Name -> version, without what cannot be told, such as the commit outside a clone. */
export function versions(): Record<string, string> {
  const [, ministack] =
    /^ministack==([\d.]+)/m.exec(readFileSync(join(ROOT, 'local', 'ministack', 'requirements.txt'), 'utf8')) ?? [];
  return {
    ...(ministack ? { ministack } : {}),
    node: process.versions.node,
    ...commit(),
  };
}

function commit(): { commit?: string } {
  try {
    const git = (...parameters: string[]) =>
      execFileSync('git', parameters, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    const isChanged = git(
      'status',
      '--porcelain',
      '--untracked-files=no',
      'lambdas',
      'state-machine',
      'infra',
      'local',
    );
    return { commit: `${git('rev-parse', '--short', 'HEAD')}${isChanged ? ' with changes' : ''}` };
  } catch {
    return {};
  }
}
