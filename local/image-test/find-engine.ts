// Docker where it answers, else Podman with all that it needs, else what to install.
import { dockerEngine, dockerIsThere } from './docker-engine.ts';
import type { Engine } from './engine.ts';
import { missingPackages, podmanEngine } from './podman-engine.ts';

/** There is nothing to build or run images with. */
export class NoEngine extends Error {
  override readonly name = 'NoEngine';
}

export async function findEngine(tell: (line: string) => void): Promise<Engine> {
  if (await dockerIsThere()) return dockerEngine();
  if (process.platform !== 'linux') throw new NoEngine('There is no Docker here: install or start it.');
  const missing = await missingPackages();
  if (missing.length > 0) {
    throw new NoEngine(
      `There is no Docker here, and Podman lacks ${missing.join(', ')}. On Debian and Ubuntu, as root: ` +
        'apt-get install buildah podman runc mmdebstrap uidmap netavark conmon',
    );
  }
  return podmanEngine(tell);
}
