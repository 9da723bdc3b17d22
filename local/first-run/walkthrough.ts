// The first five minutes: a model from its training to answered predictions, then a corrupted upload; all of it checked.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { seconds } from '../../cli/terminal/change-line.ts';
import type { Progress } from '../../cli/terminal/progress.ts';
import { type Deployer, deployer as deployerOf } from '../../client/client.ts';
import { deployedStack } from '../../client/deployed-stack.ts';
import { outcomeText } from '../../lambdas/core/outcome/outcome-text.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { type Cloud, startCloud } from '../cloud/cloud.ts';
import { type LocalClients, localClients } from './local-clients.ts';
import { mustBe, NotAsItMustBe } from './must.ts';
import { type Prediction, predict, refusal } from './predict.ts';
import { readScaling, type Scaling } from './read-scaling.ts';
import { rollOut } from './roll-out.ts';
import { type PackedModel, trainAndPack } from './train-and-pack.ts';

const ENDPOINT = 'iris';

export interface Shown {
  model: PackedModel;
  deployed: Outcome;
  predictions: Prediction[];
  scaling: Scaling;
  rejected: Outcome;
  /** Seconds of each part. */
  seconds: Record<string, number>;
}

export interface WalkthroughOptions {
  progress: Progress;
  signal: AbortSignal;
  /** Called as soon as there is a cloud to be stopped. */
  onCloud: (cloud: Cloud) => void;
}

/** @throws NotAsItMustBe as soon as anything differs from what it must be */
export async function walkthrough({ progress, signal, onCloud }: WalkthroughOptions): Promise<Shown> {
  const took: Record<string, number> = {};
  const part = async <T>(title: string, name: string, work: () => Promise<T>): Promise<T> => {
    progress.say(`\n${title}`);
    const started = performance.now();
    const result = await work();
    took[name] = Math.round(performance.now() - started) / 1000;
    return result;
  };
  const directory = await mkdtemp(join(tmpdir(), 'first-run-'));
  let clients: LocalClients | undefined;
  try {
    const [cloud, model] = await part('A local cloud, and meanwhile a model', 'cloudAndModel', () =>
      bringUp(directory, { progress, signal, onCloud }),
    );
    clients = localClients(cloud.env);
    const stack = await deployedStack(clients.cloudFormation, Object.keys(cloud.outputs)[0]!);
    const world: World = { cloud, clients, deployer: deployerOf(stack, clients), progress, signal };

    const deployed = await part('Upload it: its rollout starts by itself', 'rollout', () => deploy(world, model));
    const predictions = await part('Ask the endpoint', 'predictions', () => ask(world));
    const scaling = await part('How it scales', 'scaling', () => showScaling(world));
    const rejected = await part('Upload an archive that broke off', 'rejection', () =>
      uploadTruncated(world, model, join(directory, 'truncated.tar.gz'), deployed),
    );
    return { model, deployed, predictions, scaling, rejected, seconds: took };
  } finally {
    clients?.destroy();
    await rm(directory, { recursive: true, force: true });
  }
}

interface World {
  cloud: Cloud;
  clients: LocalClients;
  deployer: Deployer;
  progress: Progress;
  signal: AbortSignal;
}

/** Both at once: the model takes seconds of one core, and the cloud waits on the CDK for most of its time. */
async function bringUp(
  directory: string,
  { progress, signal, onCloud }: WalkthroughOptions,
): Promise<[Cloud, PackedModel]> {
  // What fails first ends the other.
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const step = (name: string, took: number) => progress.say(`${seconds(took).padStart(9)}  ${name}`);
  progress.under('           starting the local cloud, training the model');
  const starting = startCloud({ onStep: step, signal: either }).then((cloud) => {
    onCloud(cloud);
    return cloud;
  });
  const began = performance.now();
  const training = trainAndPack(directory, either).then((model) => {
    const { modelType, accuracy, bytes, goldenCases } = model;
    step('train and pack the model', (performance.now() - began) / 1000);
    progress.say(`           ${modelType}, accuracy ${accuracy}, ${bytes} bytes with ${goldenCases} golden cases`);
    return model;
  });
  for (const each of [starting, training]) each.catch((error) => failed.abort(error));
  const ended = await Promise.allSettled([starting, training]);
  progress.under(null);
  // Not the one that was only ended because the other failed.
  if (failed.signal.aborted) throw failed.signal.reason;
  return ended.map((each) => (each as PromiseFulfilledResult<unknown>).value) as [Cloud, PackedModel];
}

async function deploy({ deployer, clients, progress, signal }: World, model: PackedModel): Promise<Outcome> {
  const outcome = await rollOut(deployer, model.file, { endpointName: ENDPOINT, version: 'v1' }, { progress, signal });
  mustBe('The outcome', [outcome.outcome, outcome.verified], ['deployed', 'golden']);
  mustBe('The artifact that serves', outcome.serving?.artifactSha256, model.sha256);
  await mustServe(clients, outcome);
  const [release] = await deployer.releases(ENDPOINT);
  mustBe('The newest release in the ledger', release?.rolloutId, outcome.rolloutId);
  progress.say(indented(outcomeText(outcome)));
  return outcome;
}

async function ask({ clients, progress }: World): Promise<Prediction[]> {
  const predictions = await predict(clients.runtime, ENDPOINT);
  for (const { instance, predictedClass, confidence } of predictions) {
    progress.say(
      `  ${JSON.stringify(instance).padEnd(17)}  ${predictedClass.padEnd(10)}  confidence ${confidence.toFixed(2)}`,
    );
  }
  progress.say(`  [1,2,3]            400: ${await refusal(clients.runtime, ENDPOINT)}`);
  return predictions;
}

async function showScaling({ clients, progress }: World): Promise<Scaling> {
  const scaling = await readScaling(clients.scaling, ENDPOINT);
  const { resourceId, minimum, maximum, metric, target, scaleInCooldownSeconds, scaleOutCooldownSeconds } = scaling;
  progress.say(`  ${resourceId}: ${minimum} to ${maximum} instances, so that ${metric} stays at ${target};`);
  progress.say(`  more after ${scaleOutCooldownSeconds} s at the earliest, fewer after ${scaleInCooldownSeconds} s`);
  return scaling;
}

async function uploadTruncated(world: World, model: PackedModel, file: string, deployed: Outcome): Promise<Outcome> {
  const { deployer, clients, cloud, progress, signal } = world;
  await writeFile(file, (await readFile(model.file)).subarray(0, Math.floor(model.bytes / 2)));
  const callsBefore = sageMakerCallsOfFunctions(cloud);
  const outcome = await rollOut(deployer, file, { endpointName: ENDPOINT, version: 'v2' }, { progress, signal });
  mustBe('The outcome', [outcome.outcome, outcome.error], ['rejected', 'RequestRejected']);
  if (outcome.problems.length === 0) throw new NotAsItMustBe('A rejection must name its problems.');
  progress.say(indented(outcomeText(outcome)));
  mustBe('The calls to SageMaker that it made', sageMakerCallsOfFunctions(cloud) - callsBefore, 0);
  await mustServe(clients, deployed);
  const kinds = (await predict(clients.runtime, ENDPOINT)).map(({ predictedClass }) => predictedClass);
  progress.say(`  SageMaker was not called, and ${ENDPOINT} still answers: ${kinds.join(', ')}`);
  return outcome;
}

const indented = (text: string) => text.replaceAll(/^(?=.)/gm, '  ');

const sageMakerCallsOfFunctions = (cloud: Cloud) =>
  cloud.journal.calls({ service: 'sagemaker' }).filter(({ caller }) => caller !== 'root').length;

async function mustServe({ sageMaker }: LocalClients, { serving }: Outcome): Promise<void> {
  const { EndpointStatus, EndpointConfigName } = await sageMaker.send(
    new DescribeEndpointCommand({ EndpointName: ENDPOINT }),
  );
  mustBe('The endpoint', [EndpointStatus, EndpointConfigName], ['InService', serving?.endpointConfigName]);
}
