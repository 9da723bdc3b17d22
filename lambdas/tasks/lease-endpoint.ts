// LeaseEndpoint: asks for the endpoint, for this rollout alone; again after each wait, until it is its turn or not its turn any more.
import type { Lease } from '../../state-machine/contract/lease.ts';
import type { LeaseOutput, RequestOutput } from '../../state-machine/contract/outputs.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { alreadyReported, asksFirst } from '../core/lease/already-reported.ts';
import { askingOf } from '../core/lease/asking.ts';
import type { GrantHistory } from '../core/lease/judge-grant.ts';
import { type Asking, askForLease, neverLeased } from '../core/lease/lease.ts';
import { type LeaseReply, leaseReply } from '../core/lease/lease-reply.ts';
import { isTiedOnKey } from '../core/lease/newest-upload.ts';
import { newestUploadOf } from '../core/lease/newest-upload-of.ts';
import { queueHeads } from '../core/lease/queue-heads.ts';
import { toWake } from '../core/lease/to-wake.ts';
import { UNKNOWN_ENDPOINT } from '../core/naming/rollout-documents.ts';
import { RELEASES_READ } from '../core/releases-read.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Uploads } from '../ports/uploads.ts';
import { cancelRollout } from './parts/recovery/cancel-rollout.ts';
import { type RecoveryPorts, recoverLease } from './parts/recovery/recover-lease.ts';
import { type WakePorts, wake } from './parts/waiting/wake.ts';

interface Ports extends RecoveryPorts, WakePorts {
  uploads: Uploads;
}

/** Another execution writes the record at the same moment: read it again. */
const ATTEMPTS = 10;

export const leaseEndpoint =
  (ports: Ports, recoveryDelaySeconds: number): Task<'LeaseEndpoint'> =>
  async (input) => {
    const { request, lease: progress } = input;
    // The outcome of an execution that named no endpoint is to be reported too.
    const endpointName = request.endpointName ?? (request.action === 'recover' ? UNKNOWN_ENDPOINT : null);
    if (endpointName === null)
      throw new RolloutError('CallRefused', 'A request without an endpoint asked for a lease.');
    const now = ports.clock.now();
    const asking = askingOf(input, now);
    const asked: LeaseOutput = {
      verdict: 'waiting',
      endpointName,
      holder: null,
      fencing: 0,
      startedAt: progress?.startedAt ?? now.toISOString(),
      acquiredAt: null,
      waitSeconds: 0,
      reason: null,
      successor: null,
      repeats: null,
      recovers: null,
      failure: null,
    };
    const { rollout: me } = asking;
    const { hasWaited } = asking;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const lease = (await ports.leases.read(endpointName)) ?? neverLeased(endpointName);
      const about = (rolloutId = '') => ({ me, rolloutId, asked, now });
      const { output, next } =
        request.action === 'recover'
          ? await recoverLease(ports, lease, { ...about(request.recovers ?? ''), recoveryDelaySeconds })
          : request.action === 'cancel'
            ? await cancelRollout(ports, lease, { ...about(request.cancels), hasWaited })
            : await ask(ports, lease, asking, request, asked);
      if (next !== lease && !(await ports.leases.replace(lease, next))) continue;
      await wake(ports, toWake(lease, next, me.rolloutId, now));
      return output;
    }
    throw new RolloutError(
      'NotReady',
      `The lease of ${endpointName} was written by others ${ATTEMPTS} times in a row.`,
    );
  };

/** The reply that core decides, with what it has to know of ledger, bucket and executions. */
async function ask(
  ports: Ports,
  lease: Lease,
  asking: Asking,
  request: RequestOutput,
  asked: LeaseOutput,
): Promise<LeaseReply> {
  const { upload } = asking;
  if (upload !== null && asksFirst(lease, asking)) {
    const reported = alreadyReported(
      lease,
      upload,
      asking.rollout.uploadVariant,
      await ports.ledger.findUpload(upload),
    );
    if (reported !== null) return { output: { ...asked, ...reported }, next: lease };
  }
  const facts = {
    currentVersionId: await tiedVersion(ports, lease, asking, request),
    over: await overHeads(ports, lease, asking),
  };
  const answered = askForLease(lease, asking, facts);
  const isTaken = answered.answer.verdict === 'granted' && answered.lease !== lease;
  const history = isTaken ? await readHistory(ports, asking, asked.endpointName) : null;
  return leaseReply({ lease, asking, resolvedAt: request.resolvedAt, asked }, answered, history);
}

async function readHistory(
  { ledger }: Ports,
  { rollout, upload }: Asking,
  endpointName: string,
): Promise<GrantHistory> {
  return {
    ended: await ledger.findOutcome(rollout.rolloutId),
    upload: upload === null ? null : await ledger.findUpload(upload),
    releases: upload === null ? [] : await ledger.releases(endpointName, RELEASES_READ),
  };
}

async function tiedVersion(
  { uploads }: Ports,
  lease: Lease,
  { upload, rollout }: Asking,
  request: RequestOutput,
): Promise<string | null> {
  const newestUpload = newestUploadOf(lease, rollout.uploadVariant);
  if (upload === null || newestUpload === null || request.upload === null) return null;
  if (!isTiedOnKey({ ...upload, arrival: lease.arrivals + 1 }, newestUpload)) return null;
  const current = await uploads.find({ bucket: request.upload.bucket, key: upload.key });
  return current?.versionId ?? null;
}

/** Those before this rollout in the queue whose executions are over. */
async function overHeads({ executions }: Ports, lease: Lease, asking: Asking): Promise<ReadonlySet<string>> {
  const over = new Set<string>();
  for (const { rolloutId, executionArn } of queueHeads(lease, asking)) {
    if ((await executions.find(executionArn))?.isRunning) break;
    over.add(rolloutId);
  }
  return over;
}
