// How large the bundles are, and how much of each is ours: compared with the SDK clients and commands that it holds.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { buildSync, type Metafile } from 'esbuild';
import { type Bundles, bundleOptions } from './bundles.ts';

export interface BundleFigures {
  entry: string;
  bytes: number;
  /** A bundle of just the SDK clients and commands that this one holds, built alike. */
  sdkBytes: number;
}

/** Minified sizes of all bundles; `directory` takes what they are compared with. */
export function bundleFigures(bundles: Bundles, directory: string): BundleFigures[] {
  const bytes = entryBytes(bundles.metafile);
  mkdirSync(directory, { recursive: true });
  const entryPoints = Object.entries(bundles.metafile.outputs)
    .filter(([, output]) => output.entryPoint)
    .map(([path, { inputs }]) => {
      const file = join(directory, `${basename(dirname(path))}.js`);
      const held = Object.keys(inputs).filter((input) => inputs[input]!.bytesInOutput > 0);
      writeFileSync(
        file,
        held
          .filter(isSdkEntry)
          .map((input) => exportAll(input, directory))
          .join(''),
      );
      return file;
    });
  const sdk = buildSync({
    ...bundleOptions,
    entryPoints,
    outdir: join(directory, 'built'),
    entryNames: '[name]/index',
  });
  const sdkBytes = entryBytes(sdk.metafile);
  return Object.keys(bytes).map((entry) => ({ entry, bytes: bytes[entry]!, sdkBytes: sdkBytes[entry] ?? 0 }));
}

/** The two figures that are limited, in KiB. */
export function largestBundles(figures: readonly BundleFigures[]): {
  largestBundleKiB: number;
  largestOverSdkKiB: number;
} {
  const kib = (bytes: number) => Math.round((bytes / 1024) * 10) / 10;
  return {
    largestBundleKiB: kib(Math.max(...figures.map(({ bytes }) => bytes))),
    largestOverSdkKiB: kib(Math.max(...figures.map(({ bytes, sdkBytes }) => bytes - sdkBytes))),
  };
}

const SDK_ENTRY = /node_modules\/@aws-sdk\/(client|lib)-[^/]+\/dist-es\/(commands\/\w+Command|\w+Client)\.js$/;
const isSdkEntry = (input: string) => SDK_ENTRY.test(input);

// Metafile paths start at the project's root; esbuild takes out what nothing uses, so the whole module may be exported.
function exportAll(input: string, directory: string): string {
  return `export * from ${JSON.stringify(`./${relative(directory, join(bundleOptions.absWorkingDir, input))}`)};\n`;
}

function entryBytes({ outputs }: Metafile): Record<string, number> {
  return Object.fromEntries(
    Object.entries(outputs)
      .filter(([, { entryPoint }]) => entryPoint)
      .map(([path, { bytes }]) => [basename(dirname(path)), bytes]),
  );
}
