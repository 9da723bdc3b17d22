// `npm run bench -- serving`: the serving image's server against nginx, the recipe and the frameworks, side by side.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { describeMachine } from './control-plane/machine.ts';
import { listOf, whole } from './option-values.ts';
import { bars, NO_OTHERS } from './serving/bars.ts';
import { findTool, type Tool } from './serving/debian-tools.ts';
import { prepareEnvironment, versionsIn } from './serving/environments.ts';
import { otherFigures } from './serving/other-figures.ts';
import { type Peer, ROOT } from './serving/peer.ts';
import { PEERS } from './serving/peers.ts';
import { MODELS, type ModelName, plan, plannedSeconds } from './serving/plan.ts';
import { type Result, resultTables } from './serving/result-tables.ts';
import { type Ground, runPhase } from './serving/run-phase.ts';
import { writeDocs } from './serving/write-docs.ts';
import { type Progress, untilSignal } from './until-signal.ts';

interface Flags {
  rounds: number;
  seconds: number;
  peers: string[];
  models: ModelName[];
  json?: true;
  write: boolean;
}

const FULL_ROUNDS = 5;
const NAMES = PEERS.map(({ name }) => name);

const HELP = `
Peers: ${NAMES.join(', ')}.

The first run makes an environment for each peer under .venv (two to five minutes). A full run then takes about
20 minutes on two cores, on which nothing else should run. wrk loads with one thread, for everybody; an answer counts
only if it is 200 and to the byte one that was compared with scikit-learn's before.
A run with all peers, forest, fraud and ${FULL_ROUNDS} rounds or more writes docs/benchmarks.md and what lies beside it.`;

export const serving = new Command('serving')
  .description(
    'Answers a second, latency, start and size: this server, nginx, the recipe, gunicorn and the frameworks.',
  )
  .option('--rounds <n>', 'of all servers in turn', whole(1, 100), FULL_ROUNDS)
  .option('--seconds <n>', 'of one run of wrk; slow servers get two to four times as much', whole(1, 60), 1)
  .option('--peers <names>', 'with commas; without "ours" there are no ratios', listOf(NAMES), NAMES)
  .option('--models <names>', `with commas: ${MODELS.join(', ')}`, listOf(MODELS), [...MODELS])
  .option('--json', 'one JSON object on stdout')
  .option('--no-write', 'leave docs/ as it is')
  .addHelpText('after', HELP)
  .action(run);

async function run(flags: Flags): Promise<void> {
  const models = mkdtempSync(join(tmpdir(), 'bench-models-'));
  try {
    await untilSignal('all servers are', async (progress, signal) => {
      const result = await measure(flags, models, progress, signal);
      progress.under(null);
      // The bars are of these two, the other models are ours and the recipe's only.
      const isFull =
        NAMES.every((name) => flags.peers.includes(name)) &&
        (['forest', 'fraud'] as const).every((name) => flags.models.includes(name));
      if (isFull && flags.rounds >= FULL_ROUNDS && flags.write) {
        for (const file of writeDocs(result)) progress.say(`Written: ${file}`);
      }
      console.log(flags.json ? JSON.stringify(result) : resultTables(result));
    });
  } finally {
    rmSync(models, { recursive: true, force: true });
  }
}

async function measure(flags: Flags, models: string, progress: Progress, signal: AbortSignal): Promise<Result> {
  const say = (line: string) => progress.say(line);
  const absent: Result['absent'] = [];
  const wrk = findTool('wrk', say);
  if ('absent' in wrk) throw new Error(wrk.absent);
  const nginx = flags.peers.includes('nginx') ? findTool('nginx', say) : null;
  const versions: Record<string, string> = { node: process.versions.node, wrk: wrk.version };
  if (nginx && 'version' in nginx) versions.nginx = nginx.version;

  const bins: Ground['bins'] = {};
  for (const peer of PEERS.filter(({ name }) => flags.peers.includes(name))) {
    const reason = await prepare(peer, bins, nginx, progress);
    if (reason !== null) absent.push({ peer: peer.name, reason });
    else if (peer.distribution) {
      const { distribution } = versionsIn(bins[peer.environment]!, peer.distribution);
      if (distribution) versions[peer.distribution] = distribution;
    }
  }
  const serving = bins.serving ?? join(ROOT, '.venv', 'serving', 'bin');
  const { python, distribution: sklearn } = versionsIn(serving, 'scikit-learn');
  if (python) versions.Python = python;
  if (sklearn) versions['scikit-learn'] = sklearn;
  progress.under('Training the models');
  execFileSync(join(serving, 'python'), [join(import.meta.dirname, 'serving', 'train_models.py'), models], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });

  const present = flags.peers.filter((name) => !absent.some(({ peer }) => peer === name));
  const phases = plan({ models: flags.models, peers: present, seconds: flags.seconds });
  let left = plannedSeconds(phases, flags.rounds);
  const ground: Ground = {
    ...{ wrk, nginx: nginx && 'path' in nginx ? nginx : null, bins, models, rounds: flags.rounds, signal },
    onProgress: (what, spent) => {
      left = Math.max(0, left - spent);
      progress.under(`${what}; ${Math.ceil(left / 60)} min left`);
    },
  };
  progress.under('Starts, evaluator and explanations');
  const others = flags.peers.includes('ours')
    ? await otherFigures({ bin: serving, liteBin: await liteBin(progress), models, signal })
    : NO_OTHERS;
  const [results, servers]: [Result['results'], Result['servers']] = [[], []];
  for (const phase of phases) {
    const found = await runPhase(phase, ground);
    results.push(...found.results);
    servers.push(...found.servers);
    for (const { peer, reason } of found.absent) {
      say(`${peer} is absent (${phase.title}): ${reason}`);
      absent.push({ peer, reason: `${phase.title}: ${reason}` });
    }
  }
  return {
    ...{ date: new Date().toISOString(), rounds: flags.rounds, secondsOfOneRun: flags.seconds },
    machine: describeMachine(),
    ...{ versions, bars: bars(results, others), servers, absent, results },
  };
}

async function liteBin(progress: Progress): Promise<string | null> {
  const made = await prepareEnvironment('lite', (line) => progress.under(line));
  if ('bin' in made) return made.bin;
  progress.say(`mixedWorkerMegabytes is not measured: ${made.absent}`);
  return null;
}

/** @returns null, or why there is none */
async function prepare(
  peer: Peer,
  bins: Ground['bins'],
  nginx: Tool | null,
  progress: Progress,
): Promise<string | null> {
  if (peer.environment === 'nginx') return nginx && 'absent' in nginx ? nginx.absent : null;
  if (bins[peer.environment]) return null;
  const made = await prepareEnvironment(peer.environment, (line) => progress.under(line));
  progress.under(null);
  if ('absent' in made) {
    progress.say(`${peer.name} is absent: ${made.absent}`);
    return made.absent;
  }
  bins[peer.environment] = made.bin;
  return null;
}
