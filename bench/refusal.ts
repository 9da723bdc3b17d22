// `npm run bench -- refusal`: how soon the author of a model that is wrong hears of it.
import { Command, InvalidArgumentError } from 'commander';
import { progress as startProgress } from '../cli/terminal/progress.ts';
import { describeMachine } from './control-plane/machine.ts';
import { versions } from './control-plane/versions.ts';
import { PROVISIONING_SECONDS, toldBefore } from './refusal/before.ts';
import { figuresOf } from './refusal/figures.ts';
import { runRefusals } from './refusal/run-refusals.ts';
import { type WrongModel, wrongModels } from './refusal/wrong-models.ts';

interface Flags {
  uploads: number;
  baseline?: true;
  json?: true;
}

const HELP = `
Five models that are wrong (empty, a text, a pickle of a class of one's own, wrong golden answers, written by a
scikit-learn that the image has none of) are uploaded to the local cloud, one after the other, and their rollouts
measured in real time, from the start of the execution to its outcome.

What was before is computed on virtual time: SageMaker with ${PROVISIONING_SECONDS} s of provisioning and its own health check, looked at as the
machine did. --baseline plays it in real time instead, once for each model: it takes more than an hour.`;

export const refusal = new Command('refusal')
  .description('How soon the author of a model that is wrong hears of it.')
  .option('--uploads <n>', 'of each wrong model', whole, 5)
  .option('--baseline', 'without trials, in real time, with the provisioning that the comparison assumes')
  .option('--json', 'one JSON object on stdout')
  .addHelpText('after', HELP)
  .action(run);

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 100)
    throw new InvalidArgumentError('It must be a whole number from 1 to 100.');
  return value;
}

async function run({ uploads, baseline, json }: Flags): Promise<void> {
  const progress = startProgress(process.stderr);
  const project = versions();
  const ending = new AbortController();
  const end = () => ending.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    const refusals = await runRefusals({
      uploads: baseline ? 1 : uploads,
      withoutTrials: baseline === true,
      provisioningSeconds: baseline ? PROVISIONING_SECONDS : 3,
      onStep: (step, seconds) => progress.say(`${step}: ${seconds.toFixed(1)} s`),
      say: (what) => progress.say(what),
      signal: ending.signal,
    });
    const about = {
      benchmark: 'refusal',
      date: new Date().toISOString(),
      machine: describeMachine(),
      versions: project,
    };
    const result = baseline
      ? { ...about, baseline: refusals }
      : {
          ...about,
          parameters: { uploads, provisioningSeconds: PROVISIONING_SECONDS },
          ...figuresOf(refusals, await before()),
        };
    progress.under(null);
    console.log(JSON.stringify(result, null, json ? undefined : 2));
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    progress.under(null);
    console.error('Ended by a signal; the local cloud is stopped.');
    process.exitCode = 130;
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    progress.stop();
  }
}

/** Of the five only the one with wrong golden answers comes up. */
async function before(): Promise<Record<WrongModel, number>> {
  const seconds = { comesUp: await toldBefore(true), refused: await toldBefore(false) };
  return Object.fromEntries(
    wrongModels.map((model) => [model, model === 'wrong golden answers' ? seconds.comesUp : seconds.refused]),
  ) as Record<WrongModel, number>;
}
