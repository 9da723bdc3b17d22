// `npm run cloud`: keeps a local cloud up, says what to export, and shows the calls that passed.
import { Command, InvalidArgumentError } from 'commander';
import { type Cloud, startCloud } from './cloud/cloud.ts';
import { instructions, interruption, keepUp } from './cloud/keep-up.ts';
import { runningClouds } from './cloud/running-clouds.ts';
import type { RecordedCall } from './gateway/journal.ts';

interface Flags {
  provisioningSeconds: number;
  waitScale: number;
  settings?: string;
  json?: true;
  calls?: true;
  service?: string;
  operation?: string;
  caller?: string;
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && Number.isFinite(value)))
    throw new InvalidArgumentError('It must be a number, at least 0.');
  return value;
}

const flags = new Command('npm run cloud --')
  .description(
    'Keeps a local cloud up, with the deployer in it, until Ctrl-C. AWS CLI, boto3 and the SDKs work against it unchanged.',
  )
  .option('--provisioning-seconds <seconds>', 'how long SageMaker takes to create or update an endpoint', seconds, 3)
  .option('--wait-scale <factor>', "multiplies the state machine's waits and retry intervals", seconds, 1)
  .option('--settings <json>', "the stack's settings, as for cdk deploy -c settings=...")
  .option('--json', 'one JSON object on stdout when it is up, instead of text; with --calls, the calls')
  .option('--calls', 'show the calls that passed the cloud that is up (AWS_ENDPOINT_URL, or the newest here), and end')
  .option('--service <name>', 'with --calls: only of this service, e.g. sagemaker')
  .option('--operation <name>', 'with --calls: only this operation, e.g. CreateEndpoint')
  .option('--caller <name>', 'with --calls: only of this function, or root')
  .parse()
  .opts<Flags>();

try {
  if (flags.calls) await showCalls(flags);
  else await bringUp(flags);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function bringUp({ provisioningSeconds, waitScale, settings, json }: Flags): Promise<void> {
  const signal = interruption();
  const began = performance.now();
  console.error('Starting the local cloud ...');
  let cloud: Cloud;
  try {
    cloud = await startCloud({
      provisioningSeconds,
      waitScale,
      context: settings ? { settings } : {},
      signal,
      onStep: (step, took) => console.error(`  ${step.padEnd(16)} ${took.toFixed(1).padStart(5)} s`),
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    console.error('Stopped.');
    process.exitCode = 130;
    return;
  }
  console.error(`Up after ${((performance.now() - began) / 1000).toFixed(1)} s. Logs: ${cloud.directory}`);
  const { env, outputs, directory } = cloud;
  process.exitCode = await keepUp(
    cloud,
    signal,
    json ? JSON.stringify({ env, outputs, directory }) : instructions(cloud),
  );
}

async function showCalls({ service, operation, caller, json }: Flags): Promise<void> {
  const endpointUrl = process.env.AWS_ENDPOINT_URL ?? runningClouds()[0]?.env.AWS_ENDPOINT_URL;
  if (!endpointUrl) throw new Error('No local cloud is up here. Start one with: npm run cloud');
  const wanted = Object.entries({ service, operation, caller }).flatMap<[string, string]>(([key, value]) =>
    value ? [[key, value]] : [],
  );
  const answer = await fetch(`${endpointUrl}/_cloud/calls?${new URLSearchParams(wanted)}`).catch(() => undefined);
  if (!answer?.ok) throw new Error(`No local cloud answers at ${endpointUrl}.`);
  const calls = (await answer.json()) as RecordedCall[];
  if (json) console.log(JSON.stringify(calls));
  else for (const call of calls) console.log(line(call));
}

function line({ time, status, durationMs, service, operation, caller, error }: RecordedCall): string {
  const called = `${service}:${operation}`;
  return `${time}  ${String(status).padStart(3)}  ${String(durationMs).padStart(6)} ms  ${called.padEnd(44)}  ${caller}${error ? `  ${error}` : ''}`;
}
