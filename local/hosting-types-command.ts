// `npm run hosting-types`: every way of hosting on a local cloud, with real servers: up, changed, rolled back and retired.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { progress as startProgress } from '../cli/terminal/progress.ts';
import { deployer } from '../client/client.ts';
import { deployedStack } from '../client/deployed-stack.ts';
import { type Account, type Cloud, startCloud } from './cloud/cloud.ts';
import { interruption } from './cloud/keep-up.ts';
import { type LocalClients, localClients } from './first-run/local-clients.ts';
import { type Load, underLoad } from './hosting-types/load.ts';
import { type PrivateNetwork, privateNetwork } from './hosting-types/network-settings.ts';
import { packModels } from './hosting-types/pack-models.ts';
import { type Played, play } from './hosting-types/play.ts';
import { type QueueLoad, underQueueLoad } from './hosting-types/queue-load.ts';
import { type HostingTypeName, hostingTypes } from './hosting-types/types.ts';

const NAMES = Object.keys(hostingTypes) as HostingTypeName[];

function typeName(text: string, others: HostingTypeName[] = []): HostingTypeName[] {
  const name = NAMES.find((each) => each === text);
  if (name === undefined) throw new InvalidArgumentError(`Allowed: ${NAMES.join(', ')}.`);
  return [...others, name];
}

function count(text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 600))
    throw new InvalidArgumentError('It must be a whole number, at least 600.');
  return value;
}

interface Flags {
  json?: true;
  only?: HostingTypeName[];
  load?: number;
}

const {
  json,
  only = NAMES,
  load,
} = new Command('npm run hosting-types --')
  .description(
    'Deploys, updates, rolls back and retires an endpoint of every hosting type on a local cloud of its own.',
  )
  .option('--json', 'one JSON object on stdout, progress on stderr')
  .option('--only <type>', `one of ${NAMES.join(', ')}; may be given more than once`, typeName)
  .option(
    '--load <requests>',
    'with variants: as many requests while their shares move and one gets a new model; with async: while it is taken back, updated, and scaled to zero',
    count,
  )
  .addHelpText('after', '\nExit status: 0 if all of it holds, 1 if something does not, 130 if it was interrupted.')
  .parse()
  .opts<Flags>();

const signal = interruption();
const progress = startProgress(json ? process.stderr : process.stdout);
const directory = await mkdtemp(join(tmpdir(), 'hosting-types-'));
const types: Partial<Record<HostingTypeName, Played & { load?: Load | QueueLoad }>> = {};
let cloud: Cloud | undefined;
let clients: LocalClients | undefined;
try {
  progress.under('starting the local cloud, training two models');
  let network: PrivateNetwork | null = null;
  const context = async (account: Account) => {
    network = await privateNetwork(account);
    return { settings: JSON.stringify({ ...network.settings, recoveryDelaySeconds: 5 }) };
  };
  let leapt = 0;
  const leap = (milliseconds: number) => {
    leapt += milliseconds;
  };
  const now = () => Date.now() + leapt;
  const starting = startCloud({ provisioningSeconds: 1, waitScale: 0.2, context, now, signal });
  const [archives] = await Promise.all([packModels(directory, signal), starting.then((up) => (cloud = up))]);
  clients = localClients(cloud!.env);
  const stack = await deployedStack(clients.cloudFormation, Object.keys(cloud!.outputs)[0]!);
  const made = { cloud: cloud!, clients, deployer: deployer(stack, clients), archives, network };
  const world = { ...made, progress, signal, leap };
  for (const name of only) {
    let loaded: Load | QueueLoad | undefined;
    const under = name === 'variants' ? underLoad : name === 'async' ? underQueueLoad : null;
    const loading = async (endpointName: string) => {
      const { problems = [], ...found } = (await under?.(world, endpointName, load ?? 0)) ?? {};
      loaded = found as Load | QueueLoad;
      return problems;
    };
    const played = await play(world, name, under !== null && load !== undefined ? loading : undefined);
    types[name] = { ...played, ...(loaded && { load: loaded }) };
    progress.say(`${name}: ${summary(played)}`);
  }
} catch (error) {
  progress.stop();
  console.error(signal.aborted ? 'Interrupted.' : `It failed: ${(error as Error).message}`);
  process.exitCode = signal.aborted ? 130 : 1;
} finally {
  progress.stop();
  clients?.destroy();
  await cloud?.stop();
  await rm(directory, { recursive: true, force: true });
}
const holds = only.every((name) => types[name]?.problems.length === 0 && types[name].leftovers === 0);
if (!holds) process.exitCode ??= 1;
if (json) console.log(JSON.stringify({ ok: holds, types }));

function summary({
  deployed,
  updated,
  scaledToZero,
  rolledBack,
  retired,
  leftovers,
  seconds,
  problems,
}: Played): string {
  const parts = Object.entries({
    deployed,
    updated,
    ...(scaledToZero !== undefined && { scaledToZero }),
    rolledBack,
    retired,
  }).map(([part, held]) => (held ? part : `not ${part}`));
  return [`${parts.join(', ')}, ${leftovers} left over, ${seconds} s`, ...problems.map((each) => `  ${each}`)].join(
    '\n',
  );
}
