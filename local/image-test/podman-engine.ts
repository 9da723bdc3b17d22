// Podman without a daemon, with configuration and storage of its own, and Debian's Python under the name of Docker's.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVING_IMAGE_DIRECTORY } from '../../infra/serving-image-tag.ts';
import { baseImage, debianSuite } from './base-image.ts';
import { type Engine, mustRun, runCommand } from './engine.ts';

/** The Debian package that each command comes with. */
const COMMANDS = { podman: 'podman', buildah: 'buildah', runc: 'runc', conmon: 'conmon', mmdebstrap: 'mmdebstrap' };
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
/** What Debian's images leave out too. */
const SLIM = ['path-exclude=/usr/share/man/*', 'path-exclude=/usr/share/locale/*', 'path-exclude=/usr/share/doc/*'];

/** The Debian packages that are missing here. */
export async function missingPackages(): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(COMMANDS).map(async ([command, packageName]) =>
      (await runCommand(command, ['--version'])).status === 0 ? null : packageName,
    ),
  );
  return found.filter((name) => name !== null);
}

/** @param tell hears what takes long */
export async function podmanEngine(tell: (line: string) => void): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'image-test-'));
  const graphRoot = join(folder, 'storage');
  const written = (name: string, lines: string[]) => {
    const path = join(folder, name);
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
  };
  const env = {
    ...process.env,
    CONTAINERS_CONF: written('containers.conf', [
      '[containers]',
      // The default asks for more than a container on this machine may be allowed.
      'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]',
      '[engine]',
      'runtime = "runc"',
      'cgroup_manager = "cgroupfs"',
      'events_logger = "file"',
    ]),
    CONTAINERS_STORAGE_CONF: written('storage.conf', [
      '[storage]',
      'driver = "overlay"',
      `runroot = "${join(folder, 'run')}"`,
      `graphroot = "${graphRoot}"`,
    ]),
    CONTAINERS_REGISTRIES_CONF: written('registries.conf', ['unqualified-search-registries = ["docker.io"]']),
    TMPDIR: join(folder, 'tmp'),
  };
  mkdirSync(env.TMPDIR);
  const podman = (...parameters: string[]) => mustRun('podman', parameters, { env });

  async function dispose() {
    await runCommand('podman', ['rm', '--all', '--force', '--time', '0'], { env });
    await runCommand('umount', [join(graphRoot, 'overlay')]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  try {
    const image = baseImage(readFileSync(join(SERVING_IMAGE_DIRECTORY, 'Dockerfile'), 'utf8'));
    const suite = debianSuite(image);
    tell(`making ${image} of Debian ${suite}'s own Python (mmdebstrap)`);
    const tar = join(folder, 'base.tar');
    const include = '--include=python3,python3-venv,ca-certificates';
    const options = SLIM.map((option) => `--dpkgopt=${option}`);
    await mustRun('mmdebstrap', ['--variant=minbase', include, ...options, suite, tar], { env });
    await podman('import', '--quiet', tar, `docker.io/library/${image}`);
    rmSync(tar);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    name: 'podman',
    async build(target, tag) {
      // The host's network and certificates: the package index may be behind a proxy with its own.
      const certificates = existsSync(CERTIFICATES) ? ['--volume', `${CERTIFICATES}:${CERTIFICATES}:ro`] : [];
      const options = ['--format', 'docker', '--pull=never', '--network', 'host', ...certificates];
      await podman('build', ...options, '--target', target, '--tag', tag, SERVING_IMAGE_DIRECTORY);
    },
    run: (parameters, input) => runCommand('podman', parameters, input === undefined ? { env } : { env, input }),
    dispose,
  };
}
