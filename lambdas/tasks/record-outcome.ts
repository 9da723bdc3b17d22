// RecordOutcome: says how the rollout ended to everybody who may ask: documents, ledger, mail, event.
import * as z from 'zod/mini';
import type { Lease, LeasedRollout } from '../../state-machine/contract/lease.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { type Plan, PlanSchema } from '../../state-machine/contract/plan.ts';
import type { Release } from '../../state-machine/contract/release.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { CONTRACT_VERSION } from '../../state-machine/contract/version.ts';
import { explainedCause } from '../core/diagnosis/explained-cause.ts';
import { isHeld, leaveLease, neverLeased } from '../core/lease/lease.ts';
import { outcomeByUploadKey, parseObjectKey } from '../core/naming/object-keys.ts';
import { rolloutDocumentKey, UNKNOWN_ENDPOINT } from '../core/naming/rollout-documents.ts';
import { ending, hasSucceeded, type RolloutEnd } from '../core/outcome/outcome.ts';
import { readTrigger } from '../core/request/trigger.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Announcements } from '../ports/announcements.ts';
import type { Clock } from '../ports/clock.ts';
import type { ContainerLogs } from '../ports/container-logs.ts';
import type { Documents } from '../ports/documents.ts';
import type { Leases } from '../ports/leases.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { OutcomeRecords } from '../ports/outcome-records.ts';
import { explainEnd } from './parts/outcome/explain-end.ts';

interface Ports {
  clock: Clock;
  documents: Documents;
  ledger: Ledger & OutcomeRecords;
  leases: Leases;
  announcements: Announcements;
  containerLogs: ContainerLogs;
}

/** May be repeated: the ledger keeps the first record, documents are written again, announcements may come twice. */
export const recordOutcome =
  (ports: Ports): Task<'RecordOutcome'> =>
  async (end) => {
    const subject = subjectOf(end);
    const { endpointName } = subject;
    const lease = endpointName === null ? null : await ports.leases.read(endpointName);
    if (
      lease?.owner?.rollout.rolloutId === end.execution.name &&
      lease.owner.recovers !== null &&
      !end.lease?.recovers
    ) {
      // It broke off while it took the lease over: freed now, nobody would finish the way back. The sweeper tries again.
      throw new RolloutError('CallRefused', `The way back of ${lease.owner.recovers.rolloutId} was not begun.`);
    }
    const isLost = end.lease?.holder != null && !isHeld(lease, end.lease.holder, end.lease.fencing);
    const recorded = await ports.ledger.findOutcome(subject.rolloutId);
    if (isLost && (recorded === null || !isRecordedBy(recorded, end))) {
      // Whoever took the lease over says how this rollout ends; nothing is written here.
      return recorded ?? takenOver(await outcomeOf(ports, end, subject), lease);
    }
    if (recorded !== null) await leave(ports, end, lease);
    const outcome = recorded ?? (await record(ports, end, subject, lease));
    await ports.documents.write(
      rolloutDocumentKey(endpointName ?? UNKNOWN_ENDPOINT, subject.rolloutId, 'outcome'),
      outcome,
    );
    // A stopped execution that never looked at its upload says nothing of it, driven again neither.
    const isOfUpload = outcome.recoveredBy === null || outcome.upload !== null;
    if (subject.startedByKey !== null && isOfUpload)
      await ports.documents.write(outcomeByUploadKey(subject.startedByKey), outcome);
    await ports.announcements.announce(outcome);
    return outcome;
  };

/** The outcome is in the ledger already: of this very task, or of another execution before this one was driven again. */
async function leave({ leases, clock }: Ports, { execution }: RolloutEnd, lease: Lease | null): Promise<void> {
  const next = lease && leaveLease(lease, execution.name, clock.now());
  if (lease === null || next === null || next === lease || (await leases.replace(lease, next))) return;
  throw new RolloutError('NotReady', `The lease of ${lease.endpointName} was written by others at the same moment.`);
}

/** The outcome goes into the ledger, and the lease is free, both or neither. */
async function record(ports: Ports, end: RolloutEnd, subject: Subject, lease: Lease | null): Promise<Outcome> {
  const outcome = await explained(ports, end, await outcomeOf(ports, end, subject));
  const plan =
    outcome.outcome === 'deployed' || outcome.outcome === 'unchanged' ? await plannedOf(ports.documents, end) : null;
  const release = plan === null ? null : await newRelease(ports.ledger, releaseOf(plan, outcome), outcome);
  const next = lease && leaveLease(lease, end.execution.name, ports.clock.now());
  const retired =
    outcome.outcome === 'retired' ? { retirement: { rolloutId: outcome.rolloutId, at: outcome.endedAt } } : {};
  const leaving =
    lease === null || next === null || next === lease
      ? unchangedLease(end, lease)
      : { previous: lease, next: { ...next, ...retired } };
  if (await ports.ledger.record(outcome, release, leaving)) return outcome;
  throw new RolloutError('NotReady', `The lease of ${outcome.endpointName} was written by others at the same moment.`);
}

/**
 * For a rollout that is said to have changed nothing: driven again at this moment it would ask for the lease, and find no
 * outcome. So both write the lease, and one of them comes first.
 */
function unchangedLease({ lease: told }: RolloutEnd, lease: Lease | null): { previous: Lease; next: Lease } | null {
  if (told?.verdict !== 'neverStarted' || told.recovers === null || told.endpointName === UNKNOWN_ENDPOINT) return null;
  const { rolloutId } = told.recovers;
  const previous = lease ?? neverLeased(told.endpointName);
  if ([previous.owner, ...previous.waiting].some((holder) => holder?.rollout.rolloutId === rolloutId))
    throw new RolloutError('CallRefused', `${rolloutId} was driven again, and tells its own end.`);
  return { previous, next: previous };
}

/** The rollout whose outcome it is: this execution's own, or the one that it recovers. */
type Subject = Pick<
  LeasedRollout,
  'rolloutId' | 'executionArn' | 'startedAt' | 'action' | 'upload' | 'startedByKey' | 'correlationId'
> & {
  endpointName: string | null;
};

function subjectOf({ execution, trigger, request, lease }: RolloutEnd): Subject {
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
    startedByKey,
    correlationId: request?.correlationId ?? null,
    endpointName: request === null ? endpointOf(startedByKey) : request.endpointName,
  };
}

async function outcomeOf(ports: Ports, end: RolloutEnd, subject: Subject): Promise<Outcome> {
  const { lease, scaling, canaryInvocations, candidateCanaryInvocations, retention, retentionFailure, rollback } = end;
  const { outcome: name, failure, problems, left } = ending(end, await planOfUnleased(ports.documents, end));
  const succeeded = hasSucceeded(name);
  const isVerified = name === 'deployed' || name === 'unchanged';
  const plan = isVerified ? await plannedOf(ports.documents, end) : null;
  const warnings = [
    ...(canaryInvocations?.warnings ?? candidateCanaryInvocations?.warnings ?? []),
    // The way back tells again what RegisterScaling told.
    ...(rollback?.verdict === 'rolledBack' ? rollback.warnings : (scaling?.warnings ?? [])),
    ...(retention?.warnings ?? []),
    ...(retentionFailure === null ? [] : [`Older releases were not removed: ${retentionFailure.Error}.`]),
  ];
  return {
    contractVersion: CONTRACT_VERSION,
    action: subject.action,
    outcome: name,
    succeeded,
    endpointName: subject.endpointName,
    rolloutId: subject.rolloutId,
    executionArn: subject.executionArn,
    successor: lease?.successor ?? null,
    recoveredBy: lease?.recovers == null ? null : end.execution.name,
    serving: plan === null ? await stillServing(ports.ledger, name, subject.endpointName, end.plan) : servingOf(plan),
    verified: isVerified ? (canaryInvocations?.verified ?? null) : null,
    error: failure?.Error ?? null,
    cause: failure?.Cause ?? null,
    explanation: null,
    problems,
    warnings: warnings.slice(0, 20),
    left,
    upload: subject.upload,
    archive: end.artifact?.archive ?? null,
    correlationId: subject.correlationId,
    startedAt: subject.startedAt,
    endedAt: ports.clock.now().toISOString(),
  };
}

async function explained({ containerLogs }: Ports, end: RolloutEnd, outcome: Outcome): Promise<Outcome> {
  const { error, cause } = outcome;
  if (error === null || cause === null) return outcome;
  const explanation = await explainEnd(containerLogs, end, { Error: error, Cause: cause });
  return { ...outcome, cause: explainedCause(cause, explanation), explanation };
}

const isRecordedBy = ({ recoveredBy, rolloutId }: Outcome, { execution }: RolloutEnd): boolean =>
  (recoveredBy ?? rolloutId) === execution.name;

const takenOver = (outcome: Outcome, lease: Lease | null): Outcome => ({
  ...outcome,
  outcome: 'needsAttention',
  succeeded: false,
  serving: null,
  verified: null,
  error: 'LeaseLost',
  cause: `Another execution, ${lease?.owner?.rollout.rolloutId ?? 'which has ended'}, took the endpoint over and finishes the way back.`,
  left: ['Nothing by this execution: see the outcome of the one that took over.'],
});

/**
 * Every `deployed` one, though only scaling or tags differ: a repeated event must not undo them. What is found unchanged is
 * new to the ledger if the rollout that made it was stopped before it could say so.
 */
async function newRelease(ledger: Ledger, release: Release, { outcome }: Outcome): Promise<Release | null> {
  if (outcome === 'deployed') return release;
  const [newest] = await ledger.releases(release.endpointName, 1);
  return newest?.endpointConfigName === release.endpointConfigName ? null : release;
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

async function plannedOf(documents: Documents, { plan }: RolloutEnd): Promise<Plan | null> {
  if (plan === null || !('document' in plan)) return null;
  return z.parse(PlanSchema, await documents.read(plan.document));
}

/** The key of the plan of a rollout that no lease knew: null, but where it began under a release of this system that had no leases. */
async function planOfUnleased(documents: Documents, { lease }: RolloutEnd): Promise<string | null> {
  if (lease?.verdict !== 'neverStarted' || lease.holder !== null || lease.recovers === null) return null;
  const key = rolloutDocumentKey(lease.endpointName, lease.recovers.rolloutId, 'plan');
  return (await documents.find(key)) === null ? null : key;
}

/**
 * After a failure: what the ledger knows of the configuration that the plan had found, or without a plan of the newest
 * release. Null where nothing was there, and where nobody can be sure: an outcome that needs attention claims nothing.
 */
async function stillServing(
  ledger: Ledger,
  outcome: Outcome['outcome'],
  endpointName: string | null,
  plan: RolloutEnd['plan'],
): Promise<Outcome['serving']> {
  if (endpointName === null || outcome === 'needsAttention' || outcome === 'retired') return null;
  const [newest] = await ledger.releases(endpointName, 1);
  const found = plan !== null && 'document' in plan ? plan.previousEndpointConfigName : newest?.endpointConfigName;
  if (found === undefined || found === null) return null;
  const { artifactSha256, imageDigest } =
    newest?.endpointConfigName === found ? newest : { artifactSha256: null, imageDigest: null };
  return { artifactSha256, imageDigest, endpointConfigName: found };
}

const servingOf = ({ artifactSha256, imageDigest, endpointConfig }: Plan): Outcome['serving'] => ({
  artifactSha256,
  imageDigest,
  endpointConfigName: endpointConfig.name,
});

const releaseOf = (plan: Plan, { action, upload, endedAt, rolloutId }: Outcome): Release => ({
  endpointName: plan.endpointName,
  rolloutId,
  action: action === 'rollback' ? 'rollback' : 'deploy',
  artifactSha256: plan.artifactSha256,
  imageDigest: plan.imageDigest,
  modelName: plan.model.name,
  endpointConfigName: plan.endpointConfig.name,
  upload: upload === null ? null : { key: upload.key, versionId: upload.versionId },
  releasedAt: endedAt,
});
