// `npm start`: the first five minutes. A real model goes from model.tar.gz to verified predictions, a corrupted one does not.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { Command } from 'commander';
import { type Deployer, deployer } from '../cli/client.ts';
import { notTakenUp } from '../cli/find-execution.ts';
import { progress } from '../cli/progress.ts';
import { watchToEnd } from '../cli/watch.ts';
import type { Outcome, OutcomeName } from '../state-machine/contract/outcome.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { predictions, scaling } from './iris-endpoint.ts';
import { packIris } from './iris-model.ts';
import { aborted, instructions, interruption, keepUp, stopCloud } from './keep-up.ts';

const ENDPOINT = 'iris';
const { keep } = new Command('npm start --')
  .description(
    'Brings a local cloud up, rolls out the iris model, asks it, shows a corrupted archive refused, cleans up.',
  )
  .option('--keep', 'leave all running until Ctrl-C')
  .parse()
  .opts<{ keep?: true }>();

const began = performance.now();
const signal = interruption();
const show = progress();
const directory = await mkdtemp(join(tmpdir(), 'first-run-'));
let cloud: Cloud | undefined;
try {
  // Ctrl-C ends the story where it is; what it was waiting for goes with the cloud.
  const story = tell();
  const ending = await Promise.race([story, aborted(signal)]);
  // What is coming up stops itself when it is interrupted, and has to be awaited for that.
  if (ending === 'aborted' && !cloud) await story.catch(() => {});
  show.stop();
  if (ending === 'aborted') process.exitCode = 130;
  else if (keep) process.exitCode = await keepUp(cloud!, signal, instructions(cloud!));
  if (cloud && !(keep && ending !== 'aborted')) await stopCloud(cloud);
} catch (error) {
  show.stop();
  console.error(`\nIt did not work: ${(error as Error).message}`);
  process.exitCode = 1;
  if (cloud) await stopCloud(cloud);
} finally {
  await rm(directory, { recursive: true, force: true });
}
// Whatever an interrupted story still waits for must not keep the process.
process.exit();

async function tell(): Promise<'told'> {
  heading('A local cloud, the deployer deployed into it, and a model to deploy');
  show.under('Starting the local cloud, training the model');
  const onStep = (step: string, took: number) => show.say(`  ${step.padEnd(22)} ${took.toFixed(1).padStart(5)} s`);
  const trainedAt = performance.now();
  const [started, model] = await Promise.all([
    startCloud({ signal, onStep }).then((up) => {
      cloud = up;
      return up;
    }),
    packIris(directory, signal).then((packed) => {
      onStep('train and pack iris', (performance.now() - trainedAt) / 1000);
      return packed;
    }),
  ]);
  show.under(null);
  const client = clientOptions(started);
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const [[name, outputs]] = Object.entries(started.outputs) as [[string, Record<string, string>]];
  const { BucketName, StateMachineArn, LedgerTableName } = outputs as Record<string, string>;
  const stack = { name, bucketName: BucketName!, stateMachineArn: StateMachineArn!, ledgerTableName: LedgerTableName! };
  const rollouts = deployer(stack, { s3, sfn: new SFNClient(client) });

  heading(`Upload model.tar.gz (${model.bytes.toLocaleString('en-US')} bytes) to models/${ENDPOINT}/v1/, and watch`);
  await rollOut(rollouts, { archive: model.archive, version: 'v1', expected: 'deployed' });

  heading(`Ask the endpoint ${ENDPOINT}`);
  for (const line of await predictions(client, ENDPOINT)) show.say(`  ${line}`);
  show.say(`  scaling: ${await scaling(client, ENDPOINT)}`);

  heading(`Upload a corrupted archive to models/${ENDPOINT}/v2/, and watch`);
  const corrupted = join(directory, 'corrupted.tar.gz');
  const whole = await readFile(model.archive);
  await writeFile(corrupted, whole.subarray(0, whole.length / 2));
  await rollOut(rollouts, { archive: corrupted, version: 'v2', expected: 'rejected' });

  heading('The endpoint still answers as before');
  for (const line of await predictions(client, ENDPOINT)) show.say(`  ${line}`);
  show.say(`\nAll as it should be, after ${((performance.now() - began) / 1000).toFixed(1)} s.`);
  return 'told';
}

function heading(text: string): void {
  show.say(`\n${text}`);
}

/** Uploads an archive, shows its rollout to the end, and checks how it ended. */
async function rollOut(
  rollouts: Deployer,
  { archive, version, expected }: { archive: string; version: string; expected: OutcomeName },
): Promise<void> {
  const uploaded = await rollouts.upload(archive, { endpointName: ENDPOINT, version });
  const executionArn = await rollouts.findExecution(uploaded, { waitSeconds: 60, pollSeconds: 0.2, signal });
  if (executionArn === null) throw notTakenUp(uploaded);
  const changes = rollouts.watch(executionArn, { pollSeconds: 0.2, signal });
  const { outcome, error, cause } = await watchToEnd(changes, (change) => show.show(change));
  show.under(null);
  if (outcome?.outcome !== expected) {
    throw new Error(
      `the rollout ended ${outcome?.outcome ?? 'without an outcome'}, not ${expected}: ${error}: ${cause}`,
    );
  }
  show.say(`  outcome: ${outcome.outcome}${verdict(outcome)}`);
  for (const { where, message } of outcome.problems) show.say(`  problem: ${where}: ${message}`);
}

function verdict({ verified }: Outcome): string {
  if (verified === null) return '';
  return verified === 'golden' ? ', verified by golden answers' : ', verified by health only';
}

function clientOptions({ endpointUrl, env }: Cloud) {
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY };
  return { endpoint: endpointUrl, region: env.AWS_REGION, credentials };
}
