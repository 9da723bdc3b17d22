// One round: a cloud of its own, the waiters, and both bands one after the other.
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import type { Progress } from '../../cli/terminal/progress.ts';
import { type BenchCloud, startBenchCloud } from './bench-cloud.ts';
import type { Band } from './draws.ts';
import { modelArchive } from './model-archive.ts';
import { type BandFigures, runBand } from './run-band.ts';
import { startWaiter, WAITERS, type Waiter, type WaiterName } from './waiters.ts';

export interface Round {
  /** 1: real time. */
  scale: number;
  bands: BandFigures[];
  versions: Record<string, string>;
}

interface RunRoundOptions {
  bands: Band[];
  scale: number;
  /** Of the delays of events. */
  seed: number;
  /** Who waits beside the deployer. */
  waiters: readonly WaiterName[];
  progress: Progress;
  signal: AbortSignal;
}

export async function runRound({
  bands,
  scale,
  seed,
  waiters: names,
  progress,
  signal,
}: RunRoundOptions): Promise<Round> {
  let cloud: BenchCloud | undefined;
  const waiters: Partial<Record<WaiterName, Waiter>> = {};
  try {
    progress.under('Bringing the local cloud up');
    cloud = await startBenchCloud({
      ...{ waitScale: scale, seed },
      signal,
      onStep: (step) => progress.under(`${step}, done; next`),
    });
    for (const name of names) {
      progress.under(`Starting ${WAITERS[name].title}`);
      waiters[name] = await startWaiter(name, cloud.env, scale);
    }
    progress.under('A first rollout, from an upload, warms the functions up');
    const modelS3Uri = await warmUp(cloud, signal);
    const figures: BandFigures[] = [];
    for (const band of bands) {
      figures.push(await runBand({ band, cloud, waiters, scale, modelS3Uri, progress, signal }));
    }
    const versions = Object.assign({}, ...Object.values(waiters).map((waiter) => waiter.versions));
    return { scale, bands: figures, versions };
  } finally {
    progress.under('Stopping the local cloud');
    for (const waiter of Object.values(waiters)) waiter.stop();
    cloud?.s3.destroy();
    cloud?.sfn.destroy();
    await cloud?.stop();
    progress.under(null);
  }
}

/** @returns where the model lies */
async function warmUp({ s3, sfn, bucketName, stateMachineArn, created }: BenchCloud, signal: AbortSignal) {
  const key = 'models/bench-warm-up/1/model.tar.gz';
  void created('bench-warm-up', 1);
  await s3.send(new PutObjectCommand({ Bucket: bucketName, Key: key, Body: await modelArchive() }));
  const deadline = Date.now() + 120_000;
  for (;;) {
    await sleep(1000, undefined, { signal });
    const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
    const [execution] = executions;
    if (execution?.status === 'SUCCEEDED') return `s3://${bucketName}/${key}`;
    if (Date.now() > deadline || (execution && execution.status !== 'RUNNING')) {
      throw new Error(`The first rollout is ${execution?.status ?? 'not begun'}.`);
    }
  }
}
