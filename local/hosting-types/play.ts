// Plays one way of hosting on a local cloud, from its first model to its retirement, and says of each part whether it held.
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import type { Progress } from '../../cli/terminal/progress.ts';
import type { Deployer } from '../../client/client.ts';
import { manifestKey } from '../../lambdas/core/naming/object-keys.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { LocalClients } from '../first-run/local-clients.ts';
import { predict } from '../first-run/predict.ts';
import { rollOut } from '../first-run/roll-out.ts';
import { askQueue } from './ask-queue.ts';
import type { PrivateNetwork } from './network-settings.ts';
import { sleepAndWake } from './sleep-and-wake.ts';
import {
  type HostingTypeName,
  type HostingTypeSteps,
  hostingTypes,
  type ModelName,
  PATIENT,
  type Step,
} from './types.ts';

export interface Played {
  deployed: boolean;
  updated: boolean;
  /** Of what may have no instance, on a cloud whose clock can leap: down to none, and woken by a request. */
  scaledToZero?: boolean;
  rolledBack: boolean;
  retired: boolean;
  /** What is left of the endpoint at SageMaker, in auto scaling, CloudWatch and among the artifacts. */
  leftovers: number;
  seconds: number;
  /** Why something is not true. */
  problems: string[];
}

export interface World {
  cloud: Cloud;
  clients: LocalClients;
  deployer: Deployer;
  archives: Record<ModelName, string>;
  network: PrivateNetwork | null;
  progress: Progress;
  signal: AbortSignal;
  /** Lets the simulator's time leap on; left out where others are played on the same cloud. */
  leap?: (milliseconds: number) => void;
}

/** `meanwhile`: something more on the endpoint once it was updated, whose problems are told too. */
export async function play(
  world: World,
  name: HostingTypeName,
  meanwhile?: (endpointName: string) => Promise<string[]>,
): Promise<Played> {
  const began = performance.now();
  const steps: HostingTypeSteps = hostingTypes[name];
  const endpointName = `ht-${name}`;
  const problems: string[] = [];
  const part = async (what: string, work: () => Promise<string[]>): Promise<boolean> => {
    if (problems.length > 0) return false;
    world.progress.say(`  ${name}: ${what}`);
    const found = await work();
    problems.push(...found.map((each) => `${what}: ${each}`));
    return found.length === 0;
  };
  if (steps.manifest !== undefined) await putManifest(world, endpointName, steps.manifest);
  const deployed = await part('deployed', () => endsDeployed(world, endpointName, steps.deployed));
  const updated = await part('updated', async () => [
    ...(await endsDeployed(world, endpointName, steps.updated)),
    ...(await serves(world, endpointName, steps)),
  ]);
  const { leap } = world;
  const scaledToZero =
    leap === undefined || steps.sleeps !== true
      ? undefined
      : await part('scaledToZero', () => sleepAndWake(world.clients, leap, endpointName));
  if (meanwhile !== undefined) await part('under load', () => meanwhile(endpointName));
  const rolledBack = await part('rolledBack', () => endsAsBefore(world, endpointName, steps));
  const retired = await part('retired', () => endsRetired(world, endpointName));
  const leftovers = await leftoversOf(world, endpointName);
  const seconds = Math.round(performance.now() - began) / 1000;
  const slept = scaledToZero !== undefined && { scaledToZero };
  return { deployed, updated, ...slept, rolledBack, retired, leftovers, seconds, problems };
}

/** It starts a rollout, which ends before there is a model. */
async function putManifest({ clients, deployer, signal }: World, endpointName: string, Body: string): Promise<void> {
  const [bucket, key] = [deployer.stack.bucketName, manifestKey(endpointName)];
  await clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }));
  const executionArn = await deployer.findExecution({ bucket, key }, { pollSeconds: 0.1, signal });
  if (executionArn !== null) await deployer.outcome(executionArn, { pollSeconds: 0.3, signal });
}

async function endsDeployed(world: World, endpointName: string, steps: readonly Step[]): Promise<string[]> {
  for (const step of steps) {
    const outcome = await carryOut(world, endpointName, step);
    const wanted = ('ends' in step && step.ends) || 'deployed';
    const isVerified = wanted !== 'deployed' || outcome.verified === 'golden';
    if (outcome.outcome !== wanted || !isVerified) return [told(outcome, wanted)];
  }
  return [];
}

const ask = async (clients: LocalClients, endpointName: string, { hasQueue = false }: HostingTypeSteps) =>
  hasQueue ? askQueue(clients, endpointName) : predict(clients.runtime, endpointName);

/** It answers rightly, and each variant has its share. */
async function serves({ clients }: World, endpointName: string, steps: HostingTypeSteps): Promise<string[]> {
  const { shares } = steps;
  await ask(clients, endpointName, steps);
  const variants = await liveVariants(clients, endpointName);
  const all = variants.reduce((sum, { weight }) => sum + weight, 0);
  const found = Object.fromEntries(variants.map(({ name, weight }) => [name, weight / all]));
  return differences(found, shares).length === 0
    ? []
    : [`the shares are ${JSON.stringify(found)} in place of ${JSON.stringify(shares)}`];
}

/** Everything that is alive of the endpoint is as it was, to the weights and counts. */
async function endsAsBefore(world: World, endpointName: string, steps: HostingTypeSteps): Promise<string[]> {
  const { rolledBack } = steps;
  const before = alive(world, endpointName);
  const outcome = await carryOut(world, endpointName, rolledBack);
  if (outcome.outcome !== 'rolledBack') return [told(outcome, 'rolledBack')];
  await ask(world.clients, endpointName, steps);
  const changes = differences(before, alive(world, endpointName)).filter(
    // Scaling goes on meanwhile, as it should.
    ({ path, from, to }) => !/InstanceCount$/.test(path) || Number(to) < Number(from),
  );
  return changes
    .slice(0, 5)
    .map(({ path, from, to }) => `${path} was ${JSON.stringify(from)} and is ${JSON.stringify(to)}`);
}

async function endsRetired({ deployer, signal }: World, endpointName: string): Promise<string[]> {
  const { executionArn } = await deployer.retireEndpoint(endpointName);
  const outcome = await deployer.outcome(executionArn, { pollSeconds: 0.3, signal });
  return outcome?.outcome === 'retired' ? [] : [told(outcome, 'retired')];
}

async function leftoversOf(world: World, endpointName: string): Promise<number> {
  const things = Object.values(alive(world, endpointName)).flatMap((kind) => Object.keys(kind));
  return things.length + (await world.deployer.artifacts(endpointName)).length;
}

export async function carryOut(world: World, endpointName: string, step: Step): Promise<Outcome> {
  const { deployer, archives, progress, signal } = world;
  if ('upload' in step) {
    const { version, variantName } = step;
    return rollOut(deployer, archives[step.upload], { endpointName, variantName, version }, { progress, signal });
  }
  const modelUri = (version: string, variantName?: string) =>
    `s3://${deployer.stack.bucketName}/models/${[endpointName, ...(variantName ? [variantName] : []), version].join('/')}/model.tar.gz`;
  const request = step.request({ modelUri, network: world.network });
  const canaryInvocations = { ...PATIENT, ...request.canaryInvocations };
  const { executionArn } = await deployer.startRollout({ endpointName, ...request, canaryInvocations });
  const outcome = await deployer.outcome(executionArn, { pollSeconds: 0.3, signal });
  if (outcome === null) throw new Error(`The rollout ${executionArn} left no outcome.`);
  return outcome;
}

/** Models, configurations, endpoints, scaling and alarms whose names hold the endpoint's. */
function alive({ cloud }: World, endpointName: string): Record<string, object> {
  const of = (things: Record<string, object>) =>
    Object.fromEntries(Object.entries(things).filter(([name]) => name.includes(endpointName)));
  return Object.fromEntries(Object.entries(cloud.hosting.snapshot()).map(([kind, things]) => [kind, of(things)]));
}

async function liveVariants({ sageMaker }: LocalClients, EndpointName: string) {
  const { ProductionVariants = [] } = await sageMaker.send(new DescribeEndpointCommand({ EndpointName }));
  return ProductionVariants.map(({ VariantName = '', CurrentWeight = 0 }) => ({
    name: VariantName,
    weight: CurrentWeight,
  }));
}

interface Difference {
  path: string;
  from: unknown;
  to: unknown;
}

function differences(from: unknown, to: unknown, path = ''): Difference[] {
  if (!isObject(from) || !isObject(to)) return from === to ? [] : [{ path, from, to }];
  const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
  return [...keys].flatMap((key) => differences(from[key], to[key], path === '' ? key : `${path}.${key}`));
}

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object';

const told = (outcome: Outcome | null, wanted: string): string =>
  outcome === null
    ? `no outcome, in place of ${wanted}`
    : `${outcome.rolloutId} ended ${outcome.outcome} (${outcome.verified ?? 'not verified'}) in place of ${wanted}. ${outcome.cause ?? ''} ${outcome.problems.map(({ where, message }) => `${where}: ${message}`).join(' ')}`;
