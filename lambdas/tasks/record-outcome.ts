// RecordOutcome: says how the rollout ended to everybody who may ask: documents, ledger, mail, event.
import * as z from 'zod/mini';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { type Plan, PlanSchema } from '../../state-machine/contract/plan.ts';
import type { Release } from '../../state-machine/contract/release.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { CONTRACT_VERSION } from '../../state-machine/contract/version.ts';
import { outcomeByUploadKey, parseObjectKey } from '../core/object-keys.ts';
import { ending, hasSucceeded, type RolloutEnd } from '../core/outcome.ts';
import { rolloutDocumentKey } from '../core/rollout-documents.ts';
import { readTrigger } from '../core/trigger.ts';
import type { Announcements } from '../ports/announcements.ts';
import type { Clock } from '../ports/clock.ts';
import type { Documents } from '../ports/documents.ts';
import type { Ledger } from '../ports/ledger.ts';

interface Ports {
  clock: Clock;
  documents: Documents;
  ledger: Ledger;
  announcements: Announcements;
}

/** Where a rollout is kept whose endpoint never became known: no endpoint can be named like this. */
const UNKNOWN_ENDPOINT = '_unknown';

/** May be repeated: documents are written again, the ledger keeps the first record, announcements may come twice. */
export const recordOutcome =
  (ports: Ports): Task<'RecordOutcome'> =>
  async (end) => {
    const { execution, request, canary } = end;
    const { outcome: name, failure, problems, left } = ending(end);
    const succeeded = hasSucceeded(name);
    const plan = succeeded ? await plannedOf(ports.documents, end) : null;
    const uploadKey =
      request === null ? keyOfTrigger(end.trigger) : (request.startedByKey ?? request.upload?.key ?? null);
    const endpointName = request === null ? endpointOf(uploadKey) : request.endpointName;
    const outcome: Outcome = {
      contractVersion: CONTRACT_VERSION,
      outcome: name,
      succeeded,
      endpointName,
      rolloutId: execution.name,
      executionArn: execution.id,
      serving: plan === null ? await stillServing(ports.ledger, name, endpointName, end.plan) : servingOf(plan),
      verified: succeeded ? (canary?.verified ?? null) : null,
      error: failure?.Error ?? null,
      cause: failure?.Cause ?? null,
      problems,
      warnings: (canary?.warnings ?? []).slice(0, 20),
      left,
      upload: request?.upload ?? null,
      archive: end.artifact?.archive ?? null,
      correlationId: request?.correlationId ?? null,
      startedAt: execution.startedAt,
      endedAt: ports.clock.now().toISOString(),
    };
    await ports.documents.write(
      rolloutDocumentKey(endpointName ?? UNKNOWN_ENDPOINT, execution.name, 'outcome'),
      outcome,
    );
    if (uploadKey !== null) await ports.documents.write(outcomeByUploadKey(uploadKey), outcome);
    await ports.ledger.record(outcome, plan === null ? null : await newRelease(ports.ledger, releaseOf(plan, outcome)));
    await ports.announcements.announce(outcome);
    return outcome;
  };

/** What is found unchanged is new to the ledger if the rollout that made it was stopped before it could say so. */
async function newRelease(ledger: Ledger, release: Release): Promise<Release | null> {
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
  if (endpointName === null || outcome === 'needsAttention') return null;
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

const releaseOf = (plan: Plan, { upload, endedAt, rolloutId }: Outcome): Release => ({
  endpointName: plan.endpointName,
  rolloutId,
  artifactSha256: plan.artifactSha256,
  imageDigest: plan.imageDigest,
  modelName: plan.model.name,
  endpointConfigName: plan.endpointConfig.name,
  upload: upload === null ? null : { key: upload.key, versionId: upload.versionId },
  releasedAt: endedAt,
});
