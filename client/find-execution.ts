// Finds the execution that took up an upload.
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeExecutionCommand, ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { Refusal } from './refusal.ts';
import type { UploadedArchive } from './upload-archive.ts';

/** An upload as its author knows it: sometimes no more than the key. */
export type UploadRef = Pick<UploadedArchive, 'bucket' | 'key'> & Partial<UploadedArchive>;

export interface FindOptions {
  /** How long to look; 0: once. Default 120: S3's events usually arrive within a second. */
  waitSeconds?: number;
  pollSeconds?: number;
  signal?: AbortSignal;
}

/** The clocks of this machine and of AWS may differ; both are right to within much less. */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * Among executions, the newest first, whose input names the upload: S3's event, or a request for it.
 *
 * @returns the ARN, or null when there is none
 */
export async function findExecution(
  client: SFNClient,
  stateMachineArn: string,
  upload: UploadRef,
  { waitSeconds = 120, pollSeconds = 1, signal }: FindOptions = {},
): Promise<string | null> {
  const until = Date.now() + waitSeconds * 1000;
  const seen = new Set<string>();
  for (;;) {
    const found = await look(client, stateMachineArn, upload, seen, signal);
    if (found !== null || Date.now() >= until) return found;
    await sleep(pollSeconds * 1000, undefined, { signal });
  }
}

async function look(
  client: SFNClient,
  stateMachineArn: string,
  upload: UploadRef,
  seen: Set<string>,
  signal?: AbortSignal,
) {
  const since = (upload.startedAt?.getTime() ?? 0) - CLOCK_TOLERANCE_MS;
  let nextToken: string | undefined;
  do {
    const page = await client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 100, nextToken }), {
      abortSignal: signal,
    });
    const executions = page.executions ?? [];
    for (const { executionArn, startDate } of executions) {
      if (!executionArn || seen.has(executionArn)) continue;
      // The list is in the order of their ends where they have ended: one that began long ago may stand among the newest.
      if (startDate && startDate.getTime() < since) continue;
      const { input } = await client.send(new DescribeExecutionCommand({ executionArn }), { abortSignal: signal });
      if (tookUp(input ?? '', upload)) return executionArn;
      seen.add(executionArn);
    }
    const last = executions.at(-1);
    const lastMovedAt = (last?.stopDate ?? last?.startDate)?.getTime() ?? 0;
    nextToken = lastMovedAt < since ? undefined : page.nextToken;
  } while (nextToken);
  return null;
}

/** Whether an execution's input names this upload: by its version, where both tell one; else by its content. */
export function tookUp(input: string, { bucket, key, versionId, etag }: UploadRef): boolean {
  const trigger = parse(input);
  const detail = objectAt(trigger, 'detail');
  const object = objectAt(detail, 'object');
  if (object.key === key && objectAt(detail, 'bucket').name === bucket) {
    if (versionId && typeof object['version-id'] === 'string') return object['version-id'] === versionId;
    if (etag && typeof object.etag === 'string') return unquoted(object.etag) === unquoted(etag);
    return true;
  }
  for (const model of [objectAt(trigger, 'model'), objectAt(detail, 'model')]) {
    if (model.s3Uri !== `s3://${bucket}/${key}`) continue;
    return !versionId || model.versionId === undefined || model.versionId === versionId;
  }
  return false;
}

/** What to say when none was found. */
export function notTakenUp({ key }: UploadRef): Refusal {
  return new Refusal(
    `No execution took up ${key}. Was it uploaded to this stack's bucket, and is the rule that starts rollouts enabled?`,
  );
}

type Json = Record<string, unknown>;
const unquoted = (etag: string) => etag.replaceAll('"', '');

function objectAt(parent: Json, key: string): Json {
  const value = parent[key];
  return value !== null && typeof value === 'object' ? (value as Json) : {};
}

function parse(json: string): Json {
  try {
    return objectAt({ value: JSON.parse(json) }, 'value');
  } catch {
    return {};
  }
}
