// The functions' bundles: one esbuild pass over all handlers, the same output for AWS and the local cloud.
import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, buildSync, type Metafile } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
const HANDLERS = join(ROOT, 'lambdas', 'handlers');

export interface Bundles {
  /** Entry (`create-model`) -> the folder that is its function's code, with `index.mjs` in it. */
  directories: Record<string, string>;
  metafile: Metafile;
}

/** What all bundles, and what they are compared with, are built with. */
export const bundleOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  minify: true,
  // Logs and error names show functions' and classes' names.
  keepNames: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  // The SDK's ESM builds can be shaken: 299 KiB instead of 825 for a SageMaker client.
  mainFields: ['module', 'main'],
  // CommonJS dependencies call require for Node's own modules.
  banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
  legalComments: 'none',
  metafile: true,
  logLevel: 'error',
} as const satisfies BuildOptions;

/** Builds every handler of `lambdas/handlers` into a folder of its own under `directory`, which is emptied first. */
export function buildBundles(directory: string): Bundles {
  rmSync(directory, { recursive: true, force: true });
  const entries = readdirSync(HANDLERS)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => basename(file, '.ts'))
    .sort();
  const { metafile } = buildSync({
    ...bundleOptions,
    entryPoints: Object.fromEntries(entries.map((entry) => [`${entry}/index`, join(HANDLERS, `${entry}.ts`)])),
    outdir: directory,
  });
  return {
    directories: interim(Object.fromEntries(entries.map((entry) => [entry, join(directory, entry)])), directory),
    metafile,
  };
}

// INTERIM until all handlers are there.
import { mkdirSync, writeFileSync } from 'node:fs';
import { stepNames } from '../state-machine/contract/steps.ts';

function interim(directories: Record<string, string>, directory: string) {
  for (const step of stepNames) {
    const entry = step.replace(/(?<!^)(?=[A-Z])/g, '-').toLowerCase();
    if (directories[entry]) continue;
    const folder = join(directory, entry);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'index.mjs'),
      'export const handler = async () => { throw new Error("not there yet"); };',
    );
    directories[entry] = folder;
  }
  return directories;
}
