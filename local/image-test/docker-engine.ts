// Docker, where it is there: builds with buildx as `npm run image:publish` does.
import { SERVING_IMAGE_DIRECTORY } from '../../infra/serving-image-tag.ts';
import { type Engine, mustRun, runCommand } from './engine.ts';

/** Whether a Docker daemon answers. */
export async function dockerIsThere(): Promise<boolean> {
  return (await runCommand('docker', ['version', '--format', '{{.Server.Version}}'])).status === 0;
}

export function dockerEngine(): Engine {
  const built: string[] = [];
  return {
    name: 'docker',
    async build(target, tag) {
      built.push(tag);
      const options = ['--platform', 'linux/amd64', '--provenance=false', '--sbom=false', '--load'];
      await mustRun('docker', ['buildx', 'build', ...options, '--target', target, '-t', tag, SERVING_IMAGE_DIRECTORY]);
    },
    run: (parameters, input) => runCommand('docker', parameters, input === undefined ? {} : { input }),
    async dispose() {
      if (built.length > 0) await runCommand('docker', ['image', 'rm', '--force', ...built]);
    },
  };
}
