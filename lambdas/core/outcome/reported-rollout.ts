// Whose outcome an execution reports: that of its own rollout, or that of the rollout that it recovers.
import type { LeasedRollout } from '../../../state-machine/contract/lease.ts';
import type { Outcome } from '../../../state-machine/contract/outcome.ts';
import { outcomeByUploadKey, parseObjectKey } from '../naming/object-keys.ts';
import { rolloutDocumentKey, UNKNOWN_ENDPOINT } from '../naming/rollout-documents.ts';
import { readTrigger } from '../request/trigger.ts';
import type { RolloutEnd } from './outcome.ts';

export type ReportedRollout = Pick<
  LeasedRollout,
  'rolloutId' | 'executionArn' | 'startedAt' | 'action' | 'upload' | 'uploadVariant' | 'startedByKey' | 'correlationId'
> & {
  endpointName: string | null;
};

export function reportedRollout({
  execution,
  trigger,
  request,
  lease,
}: Pick<RolloutEnd, 'execution' | 'trigger' | 'request' | 'lease'>): ReportedRollout {
  if (lease?.recovers != null) {
    const endpointName = lease.endpointName === UNKNOWN_ENDPOINT ? null : lease.endpointName;
    return { ...lease.recovers, endpointName };
  }
  const startedByKey = request === null ? keyOfTrigger(trigger) : (request.startedByKey ?? request.upload?.key ?? null);
  return {
    rolloutId: execution.name,
    executionArn: execution.id,
    startedAt: execution.startedAt,
    action: request?.action ?? 'deploy',
    upload: request?.upload ?? null,
    ...(request?.uploadVariant !== undefined && { uploadVariant: request.uploadVariant }),
    startedByKey,
    correlationId: request?.correlationId ?? null,
    endpointName: request === null ? endpointOf(startedByKey) : request.endpointName,
  };
}

/** Where the outcome is written: beside the rollout's other documents, and beside the key of the upload that started it. */
export function outcomeDocumentKeys({ endpointName, rolloutId, startedByKey }: ReportedRollout, outcome: Outcome) {
  const keys = [rolloutDocumentKey(endpointName ?? UNKNOWN_ENDPOINT, rolloutId, 'outcome')];
  // An execution that stopped before it looked at its upload says nothing of it, also when it is redriven.
  const isOfUpload = outcome.recoveredBy === null || outcome.upload !== null;
  if (startedByKey !== null && isOfUpload) keys.push(outcomeByUploadKey(startedByKey));
  return keys;
}

/** ResolveRequest itself failed: the event at least names the object. */
function keyOfTrigger(trigger: unknown): string | null {
  const read = readTrigger(trigger);
  return read.kind === 'objectCreated' ? read.key : null;
}

function endpointOf(key: string | null): string | null {
  const place = key === null ? null : parseObjectKey(key);
  return place?.kind === 'archive' || place?.kind === 'manifest' ? place.endpointName : null;
}
