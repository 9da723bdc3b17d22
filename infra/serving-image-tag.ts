// The serving image's tag: a digest of what it is built from, so that an immutable tag always means the same content.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const SERVING_IMAGE_DIRECTORY = join(import.meta.dirname, '..', 'serving-image');

/** Caches, which `.dockerignore` keeps out too. */
const LEFT_OUT = /^(\..*|__pycache__|.*\.pyc)$/;

/** The Dockerfile's last stages: with scikit-learn and other engines, or without. */
export const SERVING_IMAGE_TARGETS = ['full', 'lite'] as const;
export type ServingImageTarget = (typeof SERVING_IMAGE_TARGETS)[number];

/** `src-<target>-<16 hex digits>` of the Dockerfile and all that it copies, paths and contents. */
export function servingImageTag(target: ServingImageTarget, directory: string = SERVING_IMAGE_DIRECTORY): string {
  const hash = createHash('sha256');
  for (const path of ['Dockerfile', ...copied(readFileSync(join(directory, 'Dockerfile'), 'utf8'))]) {
    for (const file of filesOf(directory, path)) {
      const content = readFileSync(join(directory, file));
      hash.update(`${file}\0${content.length}\0`).update(content);
    }
  }
  return `src-${target}-${hash.digest('hex').slice(0, 16)}`;
}

/** Sources of COPY instructions; what comes from another stage was copied or made there. */
function copied(dockerfile: string): string[] {
  const instructions = dockerfile.matchAll(/^COPY\s+(?!--from)(.+)$/gm);
  return [...instructions].flatMap(([, parameters = '']) =>
    parameters
      .trim()
      .split(/\s+/)
      .filter((word) => !word.startsWith('--'))
      .slice(0, -1),
  );
}

function filesOf(directory: string, path: string): string[] {
  if (!statSync(join(directory, path)).isDirectory()) return [path];
  return readdirSync(join(directory, path))
    .filter((name) => !LEFT_OUT.test(name))
    .sort()
    .flatMap((name) => filesOf(directory, `${path}/${name}`));
}
