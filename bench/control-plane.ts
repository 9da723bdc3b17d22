// `npm run bench -- control-plane`: how soon a caller learns that his endpoint is in service, and what a rollout costs.
import { Command } from 'commander';
import { bars } from './control-plane/bars.ts';
import { bands, HOUR, hourBand } from './control-plane/draws.ts';
import { describeMachine } from './control-plane/machine.ts';
import { onVirtualTime } from './control-plane/on-virtual-time.ts';
import { reportText } from './control-plane/report-text.ts';
import { type Round, runRound } from './control-plane/run-round.ts';
import { versions } from './control-plane/versions.ts';
import { WAITERS, type WaiterName } from './control-plane/waiters.ts';
import { number } from './option-values.ts';
import { untilSignal } from './until-signal.ts';

interface Flags {
  rounds: number;
  draws: number;
  seed: number;
  scale: number;
  realTime?: boolean;
  json?: true;
}

const HELP = `
Endpoints are created by rollouts of the real state machine on the local cloud, and watched by the other waiters at the
same time: the same endpoints, the same moments in service. One round in real time takes about nine minutes, the endpoints of
an hour after it four more.

A scaled round multiplies every sleep by the factor: provisioning, the machine's waits and retries, the delays of events, the
waiters' sleeps.
What a call takes is not scaled; so its lags are (the part slept / factor) + the part that the last look took.`;

export const controlPlane = new Command('control-plane')
  .description(
    'The lag from an endpoint being InService to its caller knowing it; transitions, calls and bundle sizes.',
  )
  .option('--rounds <n>', 'the first in real time, the others scaled', number(1, 100, true), 1)
  .option('--draws <n>', 'provisioning times of each band in a round', number(1, 200, true), 30)
  .option('--seed <n>', 'of the draws', number(0, 2 ** 31, true), 1)
  .option('--scale <factor>', 'of every sleep in a scaled round', number(0.01, 1, false), 0.2)
  .option('--real-time', 'every round in real time')
  .option('--no-real-time', 'every round scaled')
  .option('--json', 'one JSON object on stdout')
  .addHelpText('after', HELP)
  .action(run);

function run(flags: Flags): Promise<void> {
  return untilSignal('the local cloud is', async (progress, signal) => {
    // Before, as a checkout may move on in the meantime.
    const project = versions();
    const rounds: Round[] = [];
    const shared = { progress, signal };
    const waiters = Object.keys(WAITERS) as WaiterName[];
    for (let round = 0; round < flags.rounds; round++) {
      const isReal = flags.realTime ?? round === 0;
      const scale = isReal ? 1 : flags.scale;
      progress.say(`Round ${round + 1} of ${flags.rounds}, ${scale === 1 ? 'in real time' : `scaled by ${scale}`}`);
      const seed = flags.seed + round;
      rounds.push(await runRound({ bands: bands(seed, flags.draws), scale, seed, waiters, ...shared }));
    }
    progress.say(`Endpoints of an hour, scaled by ${HOUR.scale}`);
    const { seed } = flags;
    rounds.push(await runRound({ bands: [hourBand(seed)], scale: HOUR.scale, seed, waiters: [], ...shared }));
    progress.say('On virtual time');
    const virtual = await onVirtualTime(bands(seed, flags.draws)[1]!.draws);
    const result = {
      benchmark: 'control-plane',
      date: new Date().toISOString(),
      parameters: { rounds: flags.rounds, draws: flags.draws, seed: flags.seed, scale: flags.scale },
      machine: describeMachine(),
      versions: { ...project, ...rounds[0]?.versions },
      bars: bars(rounds, virtual),
      virtual,
      rounds,
    };
    progress.under(null);
    console.log(flags.json ? JSON.stringify(result) : reportText(result));
  });
}
