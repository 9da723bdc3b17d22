// `npm start`: tells the first five minutes on a local cloud, and ends with status 0 only if all was as it must be.
import { Command } from 'commander';
import { seconds } from '../cli/terminal/change-line.ts';
import { progress as startProgress } from '../cli/terminal/progress.ts';
import type { Cloud } from './cloud/cloud.ts';
import { announceCloud } from './cloud/running-clouds.ts';
import { NotAsItMustBe } from './first-run/must.ts';
import { stopCloud } from './first-run/stop-cloud.ts';
import { type Shown, walkthrough } from './first-run/walkthrough.ts';

/** A fresh machine needs a fifth of it; whatever takes longer hangs. */
const LONGEST_MS = 5 * 60_000;

const { keep, json } = new Command('npm start --')
  .description('Trains a model, rolls it out on a local cloud, asks the endpoint, and uploads a broken archive.')
  .option('--keep', 'leave everything running until Ctrl-C, and say what to export')
  .option('--json', 'one JSON object on stdout, the walkthrough on stderr (npm --silent start -- --json)')
  .addHelpText('after', '\nExit status: 0 if everything was as it must be, 130 after Ctrl-C, else 1.')
  .parse()
  .opts<{ keep?: true; json?: true }>();

const interrupted = new AbortController();
// Not once: a second Ctrl-C must not end the process before everything is stopped.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
const asked = new Promise<void>((resolve) => interrupted.signal.addEventListener('abort', () => resolve()));

const began = performance.now();
const progress = startProgress(json ? process.stderr : process.stdout);
let cloud: Cloud | undefined;
let shown: Shown | undefined;
let failure: Error | undefined;
progress.say(
  'From a model to answered predictions, with no AWS account: the real template, functions and state machine.',
);
try {
  const signal = AbortSignal.any([interrupted.signal, AbortSignal.timeout(LONGEST_MS)]);
  shown = await walkthrough({ progress, signal, onCloud: (started) => (cloud = started) });
  if (keep && cloud) await keepUp(cloud);
} catch (error) {
  failure = error as Error;
}
progress.say('\nClean-up');
progress.under('  stopping everything');
const stopped = performance.now();
try {
  const processes = await stopCloud(cloud);
  progress.say(
    `  ${processes} processes ended, nothing is left running  (${seconds((performance.now() - stopped) / 1000)})`,
  );
} catch (error) {
  failure ??= error as Error;
}
progress.stop();

const tookSeconds = Math.round(performance.now() - began) / 1000;
if (interrupted.signal.aborted && !shown) {
  console.error('Interrupted.');
  process.exitCode = 130;
} else if (failure) {
  console.error(`\n${failure instanceof NotAsItMustBe ? 'Not as it must be' : 'It failed'}: ${reason(failure)}`);
  process.exitCode = 1;
} else {
  progress.say(`\nDone in ${seconds(tookSeconds)}: deployed, three right predictions, the broken upload rejected.`);
}
if (json) {
  const error = failure ? { error: failure.name, cause: failure.message } : {};
  console.log(JSON.stringify({ ok: process.exitCode === undefined, ...error, ...shown, tookSeconds }));
}

function reason({ name, message }: Error): string {
  return name === 'TimeoutError' ? 'it took longer than 5 minutes.' : message || name;
}

async function keepUp({ env, outputs, ended }: Cloud): Promise<void> {
  const withdraw = announceCloud({ env, outputs });
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${value}`);
  progress.say(
    [
      '\nEverything stays up until Ctrl-C. In another terminal:',
      ...exports,
      'aws sagemaker describe-endpoint --endpoint-name iris',
      'npm run cli -- outcome models/iris/v2/model.tar.gz',
    ].join('\n'),
  );
  const why = await Promise.race([asked, ended.then(() => 'ended' as const)]);
  withdraw();
  if (why === 'ended') throw new Error('MiniStack ended by itself.');
}
