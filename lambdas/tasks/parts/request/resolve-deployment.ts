// Resolves a request to deploy, or the event of an upload: model, manifest, settings, image and golden cases, in this order.
import type { ResolvedRequest, Upload } from '../../../../state-machine/contract/resolved-request.ts';
import { CONTRACT_VERSION } from '../../../../state-machine/contract/version.ts';
import { hostingTypeOf } from '../../../core/hosting/hosting-types.ts';
import { rolloutDocumentKey } from '../../../core/naming/rollout-documents.ts';
import { type CheckedRequest, checkRequest, NO_REQUEST } from '../../../core/request/check-request.ts';
import { sourceOfEvent, sourceOfRequest } from '../../../core/request/model-source.ts';
import {
  NOTHING_RESOLVED,
  prefixProblems,
  type Resolved,
  rejectedRequest,
  servableModelFiles,
} from '../../../core/request/request-output.ts';
import { resolveSettings } from '../../../core/request/resolve-settings.ts';
import type { StackEnvironment } from '../../../core/request/stack-environment.ts';
import type { Trigger } from '../../../core/request/trigger.ts';
import type { Documents } from '../../../ports/documents.ts';
import type { Images } from '../../../ports/images.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import type { Uploads } from '../../../ports/uploads.ts';
import { findModel } from './find-model.ts';
import { readGoldenCases } from './read-golden-cases.ts';
import { readManifest } from './read-manifest.ts';
import { resolveImage } from './resolve-image.ts';

interface Ports {
  uploads: Uploads;
  documents: Documents;
  images: Images;
  ledger: Ledger;
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
  const model = await findModel(ports, stack, source);
  const { endpointName } = model;
  const problems = [...asked.problems, ...model.problems];
  // A key that names no endpoint says nothing of settings either; a request without one still does.
  if (endpointName === null && !isRequest) return rejectedRequest(problems, model);

  const manifest = endpointName === null ? NO_REQUEST : await readManifest(ports.uploads, bucketName, endpointName);
  const wanted: CheckedRequest = { ...manifest.request, ...asked.request };
  const settings = resolveSettings(wanted, platform, `s3://${bucketName}/capture/${endpointName}/`);
  const { hosting } = settings.settings;
  const processor = hostingTypeOf(hosting.type).processor(hosting);
  const { image, ...ofImage } = await resolveImage(ports.images, stack, wanted.image, processor);
  const golden = await readGoldenCases(ports.uploads, bucketName, wanted.canaryInvocations);
  problems.push(...manifest.problems, ...prefixProblems(endpointName, platform));
  problems.push(...settings.problems, ...ofImage.problems, ...golden.problems);
  if (problems.length > 0 || image === null || endpointName === null) return rejectedRequest(problems, model, wanted);

  const write = (name: 'golden-cases' | 'request', content: unknown) =>
    ports.documents.write(rolloutDocumentKey(endpointName, rolloutId, name), content);
  const resolved: ResolvedRequest = {
    contractVersion: CONTRACT_VERSION,
    endpointName,
    image,
    goldenCases: golden.cases === null ? null : await write('golden-cases', { cases: golden.cases }),
    trust: wanted.trust ?? null,
    ...settings.settings,
  };
  return {
    ...NOTHING_RESOLVED,
    endpointName,
    upload: model.upload,
    servedArtifactSha256: model.servedArtifactSha256,
    servableModelFiles: servableModelFiles(image.repositoryName, platform),
    ...(wanted.trust !== undefined && { trust: wanted.trust }),
    ...(wanted.ignore !== undefined && { ignore: wanted.ignore }),
    document: await write('request', resolved),
    correlationId: wanted.correlationId ?? null,
  };
}
