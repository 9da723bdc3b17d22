// Builds the image's targets, and holds each to the checks.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Subject, Target } from './check.ts';
import { CHECKS } from './checks.ts';
import { Container } from './container.ts';
import type { Engine } from './engine.ts';
import type { ImageConfig } from './image-config.ts';
import { makeModels } from './models.ts';
import type { CheckResult, TargetResult } from './report.ts';
import { readSbom } from './sbom.ts';

export interface ImageTestOptions {
  targets: readonly Target[];
  /** A folder for the lists of parts; null keeps none. */
  sbomDirectory: string | null;
  signal: AbortSignal;
  tell(line: string): void;
  onCheck(result: CheckResult): void;
}

/** Rejects where an image cannot be built at all; what is wrong with one that was built is in the results. */
export async function testImage(engine: Engine, options: ImageTestOptions): Promise<TargetResult[]> {
  const { targets, signal, tell } = options;
  const folder = mkdtempSync(join(tmpdir(), 'image-test-models-'));
  const results: TargetResult[] = [];
  try {
    tell('training and packing the models');
    const models = await makeModels(folder, signal);
    for (const target of targets) {
      signal.throwIfAborted();
      const image = `image-test-${process.pid}:${target}`;
      tell(`building ${target} with ${engine.name}`);
      const began = performance.now();
      await engine.build(target, image);
      const buildSeconds = (performance.now() - began) / 1000;
      const { stdout } = await engine.run(['image', 'inspect', image]);
      const [config] = JSON.parse(stdout) as ImageConfig[];
      tell(`${target}: ${Math.round(config!.Size / 1e6)} MB, built in ${buildSeconds.toFixed(0)} s`);
      const subject = { engine, target, image, config: config!, models };
      const checks = await runChecks(subject, options);
      if (options.sbomDirectory !== null) await keepSbom(subject, options.sbomDirectory);
      results.push({ target, bytes: config!.Size, buildSeconds, checks });
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runChecks(subject: Subject, { signal, onCheck }: ImageTestOptions): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { name, target, run } of CHECKS) {
    if (target !== undefined && target !== subject.target) continue;
    signal.throwIfAborted();
    const began = performance.now();
    const problems = await run(subject).catch((error: Error) => [error.message]);
    const result = { name, problems, seconds: (performance.now() - began) / 1000 };
    onCheck(result);
    results.push(result);
  }
  return results;
}

async function keepSbom({ engine, image, target, models }: Subject, directory: string): Promise<void> {
  const container = await Container.start(engine, image, { modelDirectory: models.covered });
  try {
    writeFileSync(join(directory, `sbom-${target}.cdx.json`), await readSbom(container));
  } finally {
    await container.remove();
  }
}
