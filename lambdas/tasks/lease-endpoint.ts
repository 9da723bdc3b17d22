// LeaseEndpoint: asks for the endpoint, for this rollout alone; again after each wait, until it is its turn or not its turn any more.
import type { Lease, LeasedRollout } from '../../state-machine/contract/lease.ts';
import type { LeaseOutput, RequestOutput } from '../../state-machine/contract/outputs.ts';
import type { StepInput, Task } from '../../state-machine/contract/steps.ts';
import { LEASE_WAIT_SECONDS } from '../../state-machine/contract/time-budgets.ts';
import { isDebouncing } from '../core/lease/debounce.ts';
import { judgeRepetition, repeatedFailure } from '../core/lease/judge-repetition.ts';
import { type Asking, askForLease, leaveLease, MAXIMUM_WAITING, neverLeased } from '../core/lease/lease.ts';
import { leaseWaitSeconds } from '../core/lease/lease-wait.ts';
import { isSameUpload, isTiedOnKey, sameSecond } from '../core/lease/newest-upload.ts';
import { UNKNOWN_ENDPOINT } from '../core/naming/rollout-documents.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Uploads } from '../ports/uploads.ts';
import { type RecoveryPorts, recoverLease } from './parts/recovery/recover-lease.ts';

interface Ports extends RecoveryPorts {
  uploads: Uploads;
}

/** Somebody else writes the record at the same moment: read it again. */
const ATTEMPTS = 10;

/** How many of the newest releases are looked through for the one that an upload made way for. */
const RELEASES = 50;

export const leaseEndpoint =
  (ports: Ports): Task<'LeaseEndpoint'> =>
  async (input) => {
    const { execution, request, lease: progress } = input;
    // The outcome of an execution that named no endpoint is to be told too.
    const endpointName = request.endpointName ?? (request.action === 'recover' ? UNKNOWN_ENDPOINT : null);
    if (endpointName === null)
      throw new RolloutError('CallRefused', 'A request without an endpoint asked for a lease.');
    const now = ports.clock.now();
    const rollout = rolloutOf(execution, request);
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
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const lease = (await ports.leases.read(endpointName)) ?? neverLeased(endpointName);
      const { output, next } =
        request.action === 'recover'
          ? await recoverLease(ports, lease, rollout, request.recovers ?? '', asked, now)
          : await ask(ports, lease, rollout, request, asked, { now, hasWaited: progress?.verdict === 'waiting' });
      if (next === lease || (await ports.leases.replace(lease, next))) return output;
    }
    throw new RolloutError(
      'NotReady',
      `The lease of ${endpointName} was written by others ${ATTEMPTS} times in a row.`,
    );
  };

async function ask(
  ports: Ports,
  lease: Lease,
  rollout: LeasedRollout,
  request: RequestOutput,
  asked: LeaseOutput,
  { now, hasWaited }: Pick<Asking, 'now' | 'hasWaited'>,
): Promise<{ output: LeaseOutput; next: Lease }> {
  const upload = startedByUpload(request);
  const kind = request.action === 'deploy' ? (upload === null ? 'request' : 'upload') : 'action';
  const repeated = await alreadyReported(ports, lease, upload, rollout);
  if (repeated !== null) return { output: { ...asked, ...repeated }, next: lease };
  const asking: Asking = { rollout, kind, upload, hasWaited, now };
  const facts = {
    currentVersionId: await tiedVersion(ports, lease, upload, request),
    over: await overHeads(ports, lease, rollout, now),
  };
  const { answer, lease: next } = askForLease(lease, asking, facts);
  const leave = () => leaveLease(lease, rollout.rolloutId, now);
  switch (answer.verdict) {
    case 'superseded':
      return { output: { ...asked, verdict: 'superseded', successor: answer.successor }, next };
    case 'full': {
      const Cause = `${MAXIMUM_WAITING} rollouts wait for the endpoint ${asked.endpointName} already. Start this one again later.`;
      return { output: { ...asked, verdict: 'refused', failure: { Error: 'EndpointBusy', Cause } }, next };
    }
    case 'debouncing': {
      const waitSeconds = Math.ceil((Date.parse(answer.until) - now.getTime()) / 1000);
      return { output: { ...asked, waitSeconds, reason: 'a newer upload may follow at once' }, next };
    }
    case 'waiting': {
      const waited = now.getTime() - Date.parse(asked.startedAt);
      if (waited > LEASE_WAIT_SECONDS * 1000) {
        const Cause = `The endpoint ${asked.endpointName} was not free for ${LEASE_WAIT_SECONDS / 3600} hours; ${answer.for} goes first. Nothing was changed.`;
        return { output: { ...asked, verdict: 'refused', failure: { Error: 'EndpointBusy', Cause } }, next: leave() };
      }
      const isUrgent = answer.isNext || kind === 'action';
      const reason =
        next.stopRequestedBy === rollout.rolloutId ? `${answer.for} was asked to stop.` : `${answer.for} goes first.`;
      return { output: { ...asked, waitSeconds: leaseWaitSeconds(waited, isUrgent), reason }, next };
    }
    case 'granted': {
      const isTaken = next !== lease;
      // Driven again after its way back was finished for it: its end is told, and nothing may be changed in its name any more.
      const ended = isTaken ? await ports.ledger.findOutcome(rollout.rolloutId) : null;
      if (ended !== null) {
        const Cause = `${rollout.rolloutId} has ended ${ended.outcome} already, recorded by ${ended.recoveredBy ?? rollout.rolloutId}. Start a new rollout.`;
        return { output: { ...asked, verdict: 'refused', failure: { Error: 'Stopped', Cause } }, next: leave() };
      }
      if (upload !== null && isTaken) {
        const releases = await ports.ledger.releases(asked.endpointName, RELEASES);
        const repetition = judgeRepetition(
          upload,
          await ports.ledger.findUpload(upload),
          releases,
          lease.retirement,
          next.newestUpload !== null && isSameUpload(next.newestUpload, upload),
        );
        if (repetition.verdict === 'superseded')
          return { output: { ...asked, verdict: 'superseded', successor: repetition.successor }, next: leave() };
        if (repetition.verdict === 'refused') return { output: { ...asked, ...repetition }, next: leave() };
      }
      const isOutdated =
        request.action !== 'retireEndpoint' && next.freedAt !== null && request.resolvedAt <= next.freedAt;
      const verdict = request.action === 'retireEndpoint' ? 'retire' : isOutdated ? 'outdated' : 'granted';
      const acquiredAt = next.owner?.acquiredAt ?? null;
      return { output: { ...asked, verdict, holder: rollout.rolloutId, fencing: next.fencing, acquiredAt }, next };
    }
  }
}

/** The upload whose own event started the rollout: only such a one supersedes, and is superseded. */
function startedByUpload({ upload, startedByKey }: RequestOutput): Asking['upload'] {
  if (upload === null || upload.key !== startedByKey) return null;
  const { lastModified, key, versionId } = upload;
  return { lastModified, key, versionId };
}

/**
 * What an upload that was told of before must not ask for again; null where it may ask.
 * - It failed, or was never accepted: it would take the place of one that waits, and then fail once more.
 * - Within one second the arrival decides which upload is newer, and that of its first event counts.
 */
async function alreadyReported(
  { ledger }: Ports,
  { newestUpload, owner, waiting }: Lease,
  upload: Asking['upload'],
  me: LeasedRollout,
): Promise<(Pick<LeaseOutput, 'verdict'> & Partial<LeaseOutput>) | null> {
  if (upload === null) return null;
  const others = [owner, ...waiting].flatMap((holder) => (holder === null ? [] : [holder.rollout]));
  if (others.some(({ rolloutId }) => rolloutId === me.rolloutId)) return null;
  const earlier = await ledger.findUpload(upload);
  const failed = earlier && repeatedFailure(earlier);
  if (failed !== null) return failed;
  if (newestUpload === null || isSameUpload(upload, newestUpload) || !sameSecond(upload, newestUpload)) return null;
  const isKnownToLease = others.some((other) => other.upload !== null && isSameUpload(other.upload, upload));
  return isKnownToLease || earlier !== null ? { verdict: 'superseded', successor: newestUpload.rolloutId } : null;
}

async function tiedVersion(
  { uploads }: Ports,
  { newestUpload, arrivals }: Lease,
  upload: Asking['upload'],
  request: RequestOutput,
): Promise<string | null> {
  if (upload === null || newestUpload === null || request.upload === null) return null;
  if (!isTiedOnKey({ ...upload, arrival: arrivals + 1 }, newestUpload)) return null;
  const current = await uploads.find({ bucket: request.upload.bucket, key: upload.key });
  return current?.versionId ?? null;
}

/** Those before this rollout in the queue of a free lease whose executions are over. */
async function overHeads(
  { executions }: Ports,
  { owner, waiting }: Lease,
  me: LeasedRollout,
  now: Date,
): Promise<ReadonlySet<string>> {
  const over = new Set<string>();
  if (owner !== null) return over;
  for (const { rollout, debounceUntil } of waiting) {
    if (rollout.rolloutId === me.rolloutId) break;
    if (isDebouncing({ debounceUntil }, now)) continue;
    const execution = await executions.find(rollout.executionArn);
    if (execution?.isRunning) break;
    over.add(rollout.rolloutId);
  }
  return over;
}

const rolloutOf = (execution: StepInput<'LeaseEndpoint'>['execution'], request: RequestOutput): LeasedRollout => ({
  rolloutId: execution.name,
  executionArn: execution.id,
  startedAt: execution.startedAt,
  action: request.action,
  upload: request.upload,
  startedByKey: request.startedByKey,
  correlationId: request.correlationId,
});
