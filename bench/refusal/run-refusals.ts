// Uploads of wrong models to a local cloud in real time, and how long each took to be rejected.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DEFAULT_STACK_NAME } from '../../client/deployed-stack.ts';
import { outcomeByUploadKey } from '../../lambdas/core/naming/object-keys.ts';
import { startCloud } from '../../local/cloud/cloud.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { makeWrongModels, type WrongModel, wrongModels } from './wrong-models.ts';

export interface RefusalOptions {
  /** Of each wrong model. */
  uploads: number;
  /** Without trials, as before them: the stack's image has another tag than the function's source. */
  withoutTrials: boolean;
  provisioningSeconds: number;
  onStep: (step: string, seconds: number) => void;
  say: (what: string) => void;
  signal: AbortSignal;
}

export interface Refusal {
  model: WrongModel;
  outcome: Outcome['outcome'];
  /** From the start of its execution to its outcome; what settled before, nobody waits for: it never asks for the lease. */
  seconds: number;
}

const LOOK_MILLISECONDS = 100;

/** One after the other, each to an endpoint of its own that does not exist. */
export async function runRefusals(options: RefusalOptions): Promise<Refusal[]> {
  const { signal, withoutTrials, provisioningSeconds, onStep, say } = options;
  const directory = await mkdtemp(join(tmpdir(), 'refusal-'));
  const settings = withoutTrials ? { servingImageTag: 'before-trials' } : {};
  const [cloud, archives] = await Promise.all([
    startCloud({ provisioningSeconds, onStep, signal, context: { settings: JSON.stringify(settings) } }),
    makeWrongModels(directory, signal),
  ]);
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region } = cloud.env;
  const credentials = { accessKeyId: cloud.env.AWS_ACCESS_KEY_ID, secretAccessKey: cloud.env.AWS_SECRET_ACCESS_KEY };
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  const bucketName = cloud.outputs[DEFAULT_STACK_NAME]!.BucketName!;
  const refusals: Refusal[] = [];
  try {
    for (let upload = 1; upload <= options.uploads; upload++) {
      for (const [index, model] of wrongModels.entries()) {
        say(`${model}, ${upload} of ${options.uploads}`);
        const key = `models/wrong-${index}/v${upload}/model.tar.gz`;
        await s3.send(new PutObjectCommand({ Bucket: bucketName, Key: key, Body: archives[model] }));
        const outcome = await outcomeOf(s3, bucketName, key, signal);
        const seconds = (Date.parse(outcome.endedAt) - Date.parse(outcome.startedAt)) / 1000;
        refusals.push({ model, outcome: outcome.outcome, seconds });
      }
    }
    return refusals;
  } finally {
    s3.destroy();
    await cloud.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function outcomeOf(s3: S3Client, Bucket: string, key: string, signal: AbortSignal): Promise<Outcome> {
  for (;;) {
    signal.throwIfAborted();
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: outcomeByUploadKey(key) }));
      return JSON.parse(await Body!.transformToString()) as Outcome;
    } catch (error) {
      if (!(error instanceof NoSuchKey)) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
    }
  }
}
