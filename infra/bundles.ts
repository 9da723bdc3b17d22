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
  alias: { '@aws-sdk/credential-provider-node': join(ROOT, 'infra', 'lambda-credentials.ts') },
  // CommonJS dependencies call require for Node's own modules.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
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
    directories: Object.fromEntries(entries.map((entry) => [entry, join(directory, entry)])),
    metafile,
  };
}
