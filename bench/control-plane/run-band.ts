// One band of provisioning times: a rollout for each draw, side by side, and every waiter on the very same endpoints.
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeExecutionCommand, type HistoryEvent, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { deployer } from '../../cli/client.ts';
import { followHistory } from '../../cli/follow-history.ts';
import type { Progress } from '../../cli/progress.ts';
import type { BenchCloud } from './bench-cloud.ts';
import type { Band } from './draws.ts';
import { type Lag, lagOf } from './lag.ts';
import { type Load, measureLoad } from './machine.ts';
import { type ReadRollout, readRollout } from './read-rollout.ts';
import { WAITERS, type Wait, type Waiter, type WaiterName } from './waiters.ts';

/** More would compete for two cores with one another; the polls of those that have begun cost little. */
const BEGINNING_AT_ONCE = 3;

export interface RolloutFigures extends Lag {
  /** From InService to the end of the execution, with scaling registered, the canary run and the outcome recorded. */
  toOutcomeSeconds: number;
  polls: number;
  transitions: number;
}

export interface BandFigures {
  name: Band['name'];
  /** Seconds, unscaled. */
  draws: number[];
  deployer: RolloutFigures[];
  waiters: Record<WaiterName, (Lag & { sleeps: number })[]>;
  /** By the functions, per rollout, as the gateway counted: service -> calls. */
  apiCalls: Record<string, number>;
  load: Load;
}

export interface RunBandOptions {
  band: Band;
  cloud: BenchCloud;
  waiters: Record<WaiterName, Waiter>;
  scale: number;
  /** Where the model was uploaded. */
  modelS3Uri: string;
  progress: Progress;
  signal: AbortSignal;
}

interface Watched {
  endpointName: string;
  executionArn: string;
  waits: Promise<Record<WaiterName, Wait>>;
}

export async function runBand(options: RunBandOptions): Promise<BandFigures> {
  const { band, cloud, scale, progress, signal } = options;
  cloud.journal.clear();
  const endLoad = measureLoad();
  const watched: Watched[] = [];
  const begin = beginner(options);
  progress.under(`${band.name} s: beginning ${band.draws.length} rollouts`);
  const queue = [...band.draws.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) watched.push(await begin(...next));
  };
  await Promise.all(Array.from({ length: BEGINNING_AT_ONCE }, worker));
  progress.under(`${band.name} s: ${watched.length} endpoints are being provisioned and watched`);
  await allEnded(options);
  const results = await Promise.all(watched.map(async (one) => ({ ...one, waits: await one.waits })));
  const load = endLoad();
  const apiCalls = callsPerRollout(cloud, band.draws.length);

  progress.under(`${band.name} s: reading the histories`);
  const figures: BandFigures = {
    name: band.name,
    draws: band.draws,
    deployer: [],
    waiters: { boto3Waiter: [], sdkSession: [], coreEndpoint: [] },
    apiCalls,
    load,
  };
  for (const { endpointName, executionArn, waits } of results) {
    const inServiceAt = cloud.inServiceAt(endpointName);
    const events: HistoryEvent[] = [];
    for await (const event of followHistory(cloud.sfn, executionArn, { signal })) events.push(event);
    figures.deployer.push(rolloutFigures(endpointName, inServiceAt, readRollout(events), scale));
    for (const name of Object.keys(WAITERS) as WaiterName[]) {
      const { sleeps, lookedAt, seenAt } = waits[name];
      figures.waiters[name].push({ ...lagOf({ endpointName, inServiceAt, lookedAt, seenAt }, scale), sleeps });
    }
  }
  return figures;
}

function rolloutFigures(
  endpointName: string,
  inServiceAt: number,
  rollout: ReadRollout,
  scale: number,
): RolloutFigures {
  const { lookedAt, seenAt, endedAt, polls, transitions } = rollout;
  const lag = lagOf({ endpointName, inServiceAt, lookedAt, seenAt }, scale);
  // Nothing is waited for after the endpoint was seen: this part has no scale.
  return { ...lag, toOutcomeSeconds: lag.seconds + endedAt - seenAt, polls, transitions };
}

/** Starts a rollout; resolves when its endpoint is Creating and the waiters have been sent to it. */
function beginner({ band, cloud, waiters, scale, modelS3Uri, signal }: RunBandOptions) {
  const { bucketName, stateMachineArn, s3, sfn } = cloud;
  const client = deployer({ name: '', ledgerTableName: '', bucketName, stateMachineArn }, { s3, sfn });
  return async (index: number, seconds: number): Promise<Watched> => {
    const endpointName = `bench-${band.name}-${index + 1}`;
    const created = cloud.created(endpointName, seconds * scale);
    const request = { endpointName, model: { s3Uri: modelS3Uri } };
    const { executionArn } = await client.startRollout(request, { name: endpointName });
    await Promise.race([created, ended(cloud, executionArn, signal)]);
    const names = Object.keys(waiters) as WaiterName[];
    const waits = Promise.all(names.map((name) => waiters[name].wait(endpointName))).then(
      (found) => Object.fromEntries(names.map((name, at) => [name, found[at]!])) as Record<WaiterName, Wait>,
    );
    // It is awaited when all have begun; a failure until then must not end the process.
    waits.catch(() => {});
    return { endpointName, executionArn, waits };
  };
}

/** Rejects when the execution ends before its endpoint was created; gives up watching after it was not for a minute. */
async function ended({ sfn }: BenchCloud, executionArn: string, signal: AbortSignal): Promise<never> {
  for (let look = 0; look < 60; look++) {
    await sleep(1000, undefined, { signal });
    const { status, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'RUNNING' && status !== 'SUCCEEDED')
      throw new Error(`A rollout ended ${status}: ${error}: ${cause}`);
  }
  throw new Error(`No endpoint was created within a minute by ${executionArn}.`);
}

/** One call for all executions, seldom: this wait must not disturb those that are measured. */
async function allEnded({ cloud, band, scale, signal }: RunBandOptions): Promise<void> {
  const { sfn, stateMachineArn } = cloud;
  const longest = Math.max(...band.draws) * scale;
  const deadline = Date.now() + (longest + 300) * 1000;
  for (;;) {
    await sleep(5000 * Math.max(scale, 0.2), undefined, { signal });
    const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }));
    if (executions?.length === 0) return;
    if (Date.now() > deadline) throw new Error(`${executions?.length} rollouts are still running.`);
  }
}

const SERVICES = ['sagemaker', 'sagemaker-runtime', 'application-autoscaling'];

function callsPerRollout({ journal, functions }: BenchCloud, rollouts: number): Record<string, number> {
  const ours = new Set(functions);
  const calls = journal.calls().filter(({ caller, service }) => ours.has(caller) && SERVICES.includes(service));
  return Object.fromEntries(
    SERVICES.map((name) => [name, calls.filter(({ service }) => service === name).length / rollouts]),
  );
}
