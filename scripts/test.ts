// Runs every test, TypeScript and Python, and ends with one summary. Parameters go to Jest, which then runs alone.
// --nightly: all runs of properties and all sweeps, of which other runs make a part. --python: the tests of Python alone.
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { neededEnvironments } from './needed-environments.ts';

interface Result {
  name: string;
  seconds: number;
  passed: number;
  failed: number;
  skipped: number;
  /** What the runner itself says; it may fail without a failed test, as when a file cannot be read. */
  green: boolean;
}

const ROOT = join(import.meta.dirname, '..');
const reports = mkdtempSync(join(tmpdir(), 'test-reports-'));
const OWN = ['--nightly', '--python'];
const parameters = process.argv.slice(2).filter((parameter) => !OWN.includes(parameter));
const isPythonAlone = process.argv.includes('--python');
if (process.argv.includes('--nightly')) process.env.NIGHTLY = '1';
const isAll = parameters.length === 0;

const environments = [
  ...(isPythonAlone ? ['formats'] : neededEnvironments(parameters, ROOT)),
  ...(isAll ? ['scikit-learns'] : []),
];
if (environments.length > 0) {
  const prepared = await run(process.execPath, [join(ROOT, 'scripts', 'prepare.mjs'), ...environments]);
  if (!prepared.green) process.exit(1);
}
// Side by side: the rollouts on the local cloud wait for most of their time.
const results = await Promise.all(isPythonAlone ? [pytest()] : isAll ? [jest(), pytest()] : [jest()]);
rmSync(reports, { recursive: true });

console.log('\nSummary');
for (const { name, seconds, passed, failed, skipped, green } of results) {
  const counts = [`${passed} passed`, failed && `${failed} failed`, skipped && `${skipped} skipped`].filter(Boolean);
  console.log(`  ${green ? 'ok    ' : 'FAILED'}  ${name.padEnd(10)}  ${counts.join(', ')}  (${seconds.toFixed(1)} s)`);
}
process.exitCode = results.every(({ green }) => green) ? 0 : 1;

async function jest(): Promise<Result> {
  const report = join(reports, 'jest.json');
  const command = [join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'), '--json', `--outputFile=${report}`];
  const { seconds, green } = await run(process.execPath, [...command, ...parameters]);
  const counts = read(report, (text) => {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(text) as Record<string, number>;
    return { passed: numPassedTests!, failed: numFailedTests!, skipped: numPendingTests! };
  });
  return { name: 'TypeScript', seconds, green, ...counts };
}

/** Its output is shown at its end, in one piece. */
async function pytest(): Promise<Result> {
  const report = join(reports, 'pytest.xml');
  const output = join(reports, 'pytest.log');
  const python = join(ROOT, '.venv', 'formats', 'bin', 'python');
  // By file: what the tests of a file share is made once.
  const workers = ['-n', '2', '--dist', 'loadfile'];
  const command = ['-m', 'pytest', '-q', ...workers, `--junitxml=${report}`, 'serving-image/tests'];
  // Each processor has a worker: threads of OpenMP would only wait for each other.
  const { seconds, green } = await run(python, command, { output, env: { OMP_NUM_THREADS: '1' } });
  process.stderr.write(readFileSync(output));
  const counts = read(report, (text) => {
    const count = (name: string) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(text)?.[1] ?? 0);
    const failed = count('failures') + count('errors');
    return { passed: count('tests') - failed - count('skipped'), failed, skipped: count('skipped') };
  });
  return { name: 'Python', seconds, green, ...counts };
}

function run(
  command: string,
  args: string[],
  options: { output?: string; env?: Record<string, string> } = {},
): Promise<{ seconds: number; green: boolean }> {
  const started = performance.now();
  const output = options.output === undefined ? 'inherit' : openSync(options.output, 'a');
  const env = { ...process.env, ...options.env };
  return new Promise((resolve) => {
    // Jest writes its JSON to the file and its words to stderr.
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['inherit', output, output] });
    const end = (green: boolean) => resolve({ seconds: (performance.now() - started) / 1000, green });
    child.once('error', () => end(false));
    child.once('exit', (code) => end(code === 0));
    if (output !== 'inherit') closeSync(output);
  });
}

/** Counts of a report; all zero when the runner died before it wrote one. */
function read(file: string, parse: (text: string) => { passed: number; failed: number; skipped: number }) {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
