// `npm run bench -- refusal`: how soon the author of a model that is wrong hears of it.
import { Command } from 'commander';
import { describeMachine } from './control-plane/machine.ts';
import { versions } from './control-plane/versions.ts';
import { whole } from './option-values.ts';
import { PROVISIONING_SECONDS, toldBefore } from './refusal/before.ts';
import { figuresOf } from './refusal/figures.ts';
import { runRefusals } from './refusal/run-refusals.ts';
import { type WrongModel, wrongModels } from './refusal/wrong-models.ts';
import { untilSignal } from './until-signal.ts';

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
  .option('--uploads <n>', 'of each wrong model', whole(1, 100), 5)
  .option('--baseline', 'without trials, in real time, with the provisioning that the comparison assumes')
  .option('--json', 'one JSON object on stdout')
  .addHelpText('after', HELP)
  .action(run);

function run({ uploads, baseline, json }: Flags): Promise<void> {
  return untilSignal('the local cloud is', async (progress, signal) => {
    const project = versions();
    const refusals = await runRefusals({
      uploads: baseline ? 1 : uploads,
      withoutTrials: baseline === true,
      provisioningSeconds: baseline ? PROVISIONING_SECONDS : 3,
      onStep: (step, seconds) => progress.say(`${step}: ${seconds.toFixed(1)} s`),
      say: (what) => progress.say(what),
      signal,
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
  });
}

/** Of the five only the one with wrong golden answers comes up. */
async function before(): Promise<Record<WrongModel, number>> {
  const seconds = { comesUp: await toldBefore(true), refused: await toldBefore(false) };
  return Object.fromEntries(
    wrongModels.map((model) => [model, model === 'wrong golden answers' ? seconds.comesUp : seconds.refused]),
  ) as Record<WrongModel, number>;
}
