// `npm run image:test`: builds the serving image and runs it for real, with Docker or without.
import { mkdirSync } from 'node:fs';
import { Command, Option } from 'commander';
import { interruption } from './cloud/keep-up.ts';
import type { Target } from './image-test/check.ts';
import { findEngine, NoEngine } from './image-test/find-engine.ts';
import { testImage } from './image-test/image-test.ts';
import { checkLine, isPassed, summary } from './image-test/report.ts';

interface Flags {
  target?: Target;
  json?: true;
  sbom?: string;
}

const flags = new Command('npm run image:test --')
  .description(
    'Builds the serving image and checks it in containers, with Docker, or on Debian as root with Podman and a base of ' +
      "Debian's own Python. Exit status: 0 passed, 1 a check or a build failed, 2 nothing to build it with.",
  )
  .addOption(new Option('--target <name>', 'only this size of the image').choices(['lite', 'full']))
  .option('--sbom <folder>', 'keep the lists of parts (CycloneDX) there')
  .option('--json', 'one JSON object on stdout at the end, instead of text')
  .parse()
  .opts<Flags>();

const say = (line: string) => (flags.json ? console.error(line) : console.log(line));
const signal = interruption();

try {
  if (flags.sbom !== undefined) mkdirSync(flags.sbom, { recursive: true });
  const engine = await findEngine(say);
  try {
    const results = await testImage(engine, {
      targets: flags.target === undefined ? ['lite', 'full'] : [flags.target],
      sbomDirectory: flags.sbom ?? null,
      signal,
      tell: say,
      onCheck: (result) => say(checkLine(result)),
    });
    const passed = isPassed(results);
    if (flags.json) console.log(JSON.stringify({ engine: engine.name, passed, targets: results }));
    else say(summary(results));
    process.exitCode = passed ? 0 : 1;
  } finally {
    await engine.dispose();
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = error instanceof NoEngine ? 2 : 1;
}
