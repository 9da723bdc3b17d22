// nginx and wrk: the machine's own, or taken out of Debian's packages into the cache, installed nowhere.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './peer.ts';

const CACHE = join(ROOT, '.cache', 'bench-debian');

const TOOLS = {
  nginx: { packages: ['nginx'], program: 'usr/sbin/nginx', version: ['-v'] },
  wrk: { packages: ['wrk', 'libluajit-5.1-2', 'libluajit-5.1-common'], program: 'usr/bin/wrk', version: ['--version'] },
} as const;

export type Tool = { path: string; version: string; environment: Record<string, string> } | { absent: string };

/** UnchangedPolls on the PATH and in /usr/sbin, then asks apt-get for the packages, which needs no root. */
export function findTool(name: keyof typeof TOOLS, say: (line: string) => void): Tool {
  const { packages, program, version } = TOOLS[name];
  const own = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
  if (own) return { path: own, version: versionOf(own, version, {}), environment: {} };
  const folder = join(CACHE, name);
  const path = join(folder, program);
  try {
    if (!existsSync(path)) {
      mkdirSync(folder, { recursive: true });
      say(`Taking ${name} out of Debian's packages ${packages.join(', ')}, into .cache`);
      execFileSync('apt-get', ['download', ...packages], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
      for (const file of readdirSync(folder).filter((file) => file.endsWith('.deb'))) {
        execFileSync('dpkg-deb', ['-x', join(folder, file), folder]);
      }
    }
    const folders = join(folder, 'usr', 'lib');
    const libraries = existsSync(folders) ? readdirSync(folders).map((name) => join(folders, name)) : [];
    const environment: Record<string, string> = libraries.length > 0 ? { LD_LIBRARY_PATH: libraries.join(':') } : {};
    return { path, version: versionOf(path, version, environment), environment };
  } catch (error) {
    return { absent: `${name} is not installed, and ${error instanceof Error ? error.message.split('\n')[0] : error}` };
  }
}

/** Both write it to one stream or the other; wrk ends with 1. */
function versionOf(path: string, parameters: readonly string[], environment: Record<string, string>): string {
  const { stdout, stderr } = spawnSync(path, parameters, { encoding: 'utf8', env: { ...process.env, ...environment } });
  const text = `${stdout}${stderr}`;
  const found = /(?:nginx\/|wrk (?:debian\/)?)([\w.+-]+)/.exec(text);
  if (!found) throw new Error(`${path} does not run: ${text.trim().split('\n')[0]}`);
  return found[1]!;
}
