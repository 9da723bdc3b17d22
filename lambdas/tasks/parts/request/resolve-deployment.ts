// Resolves a request to deploy, or the event of an upload: model, manifest, kept settings, image and golden cases, in this order.
import type { ResolvedRequest, Upload } from '../../../../state-machine/contract/resolved-request.ts';
import { CONTRACT_VERSION } from '../../../../state-machine/contract/version.ts';
import { captureS3Uri } from '../../../core/naming/object-keys.ts';
import { rolloutDocumentKey } from '../../../core/naming/rollout-documents.ts';
import { checkRequest, NO_REQUEST } from '../../../core/request/check-request.ts';
import { askedOf, settingsAsked } from '../../../core/request/keep-settings.ts';
import { sourceOfEvent, sourceOfRequest } from '../../../core/request/model-source.ts';
import {
  NOTHING_RESOLVED,
  prefixProblems,
  type Resolved,
  rejectedRequest,
  servableModelFiles,
} from '../../../core/request/request-output.ts';
import { resolveSettings } from '../../../core/request/resolve-settings.ts';
import { settingsOf } from '../../../core/request/settings-of.ts';
import type { StackEnvironment } from '../../../core/request/stack-environment.ts';
import type { Trigger } from '../../../core/request/trigger.ts';
import { pastScheduleProblems } from '../../../core/scaling/asked-schedules.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Documents } from '../../../ports/documents.ts';
import type { Images } from '../../../ports/images.ts';
import type { Leases } from '../../../ports/leases.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import type { ReleaseSettings } from '../../../ports/release-settings.ts';
import type { Uploads } from '../../../ports/uploads.ts';
import { findModel } from './find-model.ts';
import { readManifest } from './read-manifest.ts';
import { releasedSettings } from './released-settings.ts';
import { resolveModels, type WriteDocument } from './resolve-models.ts';
import { resolveTrials } from './resolve-trials.ts';

interface Ports {
  clock: Clock;
  uploads: Uploads;
  documents: Documents;
  images: Images;
  ledger: Ledger;
  leases: Leases;
  releaseSettings: ReleaseSettings;
}

/** `waitedFor`: the version of the upload that was accepted before the rollout waited for the lease. */
export async function resolveDeployment(
  ports: Ports,
  stack: StackEnvironment,
  rolloutId: string,
  trigger: Exclude<Trigger, { kind: 'unknown' }>,
  waitedFor: Upload | null,
): Promise<Resolved> {
  const { bucketName, settings: platform } = stack;
  const isRequest = trigger.kind === 'request';
  const asked = isRequest ? checkRequest(trigger.request) : NO_REQUEST;
  const source = isRequest ? sourceOfRequest(asked, bucketName) : sourceOfEvent(trigger, bucketName, waitedFor);
  // Whose model it is has to be known before the model is looked for: that depends on the variants.
  const first = 'found' in source || source.kind === 'archive' ? await findModel(ports, stack, source) : null;
  const endpointName = first === null ? (source as { endpointName: string }).endpointName : first.endpointName;
  // A key that names no endpoint says nothing of settings either; a request without one still does.
  if (endpointName === null && !isRequest)
    return rejectedRequest([...asked.problems, ...(first?.problems ?? [])], first ?? undefined);

  const manifest = endpointName === null ? NO_REQUEST : await readManifest(ports.uploads, bucketName, endpointName);
  const said = askedOf(asked.request, manifest.request);
  const { repositoryName } = platform.servingImage;
  const kept = endpointName === null ? null : await releasedSettings(ports, endpointName, repositoryName);
  const settings = resolveSettings(said, kept, platform, captureS3Uri(bucketName, endpointName ?? ''));
  const { wanted } = settings;
  const models = await resolveModels(ports, stack, { settings, kept, source, first, endpointName });
  const problems = [...asked.problems, ...models.problems, ...manifest.problems];
  problems.push(...prefixProblems(endpointName, platform), ...settings.problems, ...models.lookUpProblems);
  problems.push(...pastScheduleProblems(said, kept?.settings ?? {}, ports.clock.now()));
  if (problems.length > 0 || models.image === null || endpointName === null)
    return rejectedRequest(problems, { endpointName, ...models.of }, wanted);

  const write: WriteDocument = (name, content) =>
    ports.documents.write(rolloutDocumentKey(endpointName, rolloutId, name), content);
  const resolved: ResolvedRequest = {
    contractVersion: CONTRACT_VERSION,
    endpointName,
    image: models.image,
    ...(await models.written(write)),
    settings: settingsOf(wanted, settings.settings),
    merged: { keptFrom: kept?.release.rolloutId ?? null, asked: settingsAsked(said) },
  };
  return {
    ...NOTHING_RESOLVED,
    endpointName,
    servableModelFiles: servableModelFiles(models.image.repositoryName, platform),
    ...models.of,
    ...(await resolveTrials(ports.images, stack, resolved, models.of.models)),
    ...(wanted.ignore !== undefined && { ignore: wanted.ignore }),
    document: await write('request', resolved),
    correlationId: wanted.correlationId ?? null,
  };
}
