// What a rollout brings when it asks for the lease, from its execution and its resolved request.
import type { LeasedRollout } from '../../../state-machine/contract/lease.ts';
import type { RequestOutput } from '../../../state-machine/contract/outputs.ts';
import type { StepInput } from '../../../state-machine/contract/steps.ts';
import type { Asking } from './lease.ts';

export function askingOf(
  { execution, request, lease: progress }: Pick<StepInput<'LeaseEndpoint'>, 'execution' | 'request' | 'lease'>,
  now: Date,
): Asking {
  const upload = startedByUpload(request);
  const rollout: LeasedRollout = {
    rolloutId: execution.name,
    executionArn: execution.id,
    startedAt: execution.startedAt,
    action: request.action,
    upload: request.upload,
    ...(request.uploadVariant !== undefined && { uploadVariant: request.uploadVariant }),
    startedByKey: request.startedByKey,
    correlationId: request.correlationId,
  };
  const kind = request.action === 'deploy' ? (upload === null ? 'request' : 'upload') : 'action';
  return { rollout, kind, upload, hasWaited: progress?.verdict === 'waiting', now };
}

/** The upload whose own event started the rollout: only such a one supersedes, and is superseded. */
function startedByUpload({ upload, startedByKey }: RequestOutput): Asking['upload'] {
  if (upload === null || upload.key !== startedByKey) return null;
  const { lastModified, key, versionId } = upload;
  return { lastModified, key, versionId };
}
