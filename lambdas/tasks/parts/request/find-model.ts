// Which archive a rollout is about, and for which endpoint: from a request, or from the event of an upload.
import type { Problem } from '../../../../state-machine/contract/problem.ts';
import type { Release } from '../../../../state-machine/contract/release.ts';
import type { Upload } from '../../../../state-machine/contract/resolved-request.ts';
import { newestFirst } from '../../../core/lease/newest-first.ts';
import {
  isEndpointName,
  manifestKey,
  type ObjectKey,
  parseObjectKey,
  parseS3Uri,
} from '../../../core/naming/object-keys.ts';
import { problem } from '../../../core/problems/problems.ts';
import type { RequestCheck } from '../../../core/request/check-request.ts';
import type { Platform } from '../../../core/request/platform.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import type { Uploads } from '../../../ports/uploads.ts';

export interface FoundModel {
  /** Null when nothing says which one. */
  endpointName: string | null;
  upload: Upload | null;
  /** Of the newest release, for a request that names no model. */
  servedArtifactSha256: string | null;
  problems: Problem[];
}

interface Ports {
  uploads: Uploads;
  ledger: Ledger;
}

/**
 * The object's current version counts, whatever the event said of it: events come late, twice and out of order.
 *
 * @param waitedFor the version that was accepted before the rollout waited, for which others made way. It stays: a newer one
 *   under its key has an event of its own, and may not be acceptable.
 */
export async function findModelOfEvent(
  ports: Ports,
  platform: Platform,
  { bucket, key }: { bucket: string; key: string },
  waitedFor: Upload | null,
): Promise<FoundModel> {
  if (bucket !== platform.bucketName) {
    return nothing(null, problem(key, `It lies in another bucket than s3://${platform.bucketName}/models/.`));
  }
  const place = parseObjectKey(key);
  if (place.kind === 'manifest') return newestAccepted(ports, platform, place.endpointName);

  const current = await ports.uploads.find({ bucket, key });
  const isReplaced = current !== null && waitedFor !== null && waitedFor.versionId !== current.versionId;
  const upload = (isReplaced ? await ports.uploads.find(waitedFor) : null) ?? current;
  const { endpointName, problems } = await endpointOf(ports, platform, key, place);
  if (upload === null) problems.push(problem(key, 'It was deleted before the rollout began. Upload it again.'));
  return { endpointName, upload, servedArtifactSha256: null, problems };
}

/** The model of a request: the archive that it names, or what serves now. Of a field that is wrong nothing is said again. */
export async function findModel(
  ports: Ports,
  platform: Platform,
  { request, ...check }: RequestCheck,
): Promise<FoundModel> {
  const { model } = request;
  if (check.wrongFields.has('model') || (check.wrongFields.has('endpointName') && model === undefined)) {
    return { endpointName: request.endpointName ?? null, upload: null, servedArtifactSha256: null, problems: [] };
  }
  if (model === undefined) return served(ports, request.endpointName ?? null);

  const location = parseS3Uri(model.s3Uri);
  if (location === null || location.bucket !== platform.bucketName || !location.key.startsWith('models/')) {
    const target = `s3://${platform.bucketName}/models/${request.endpointName ?? '<endpoint>'}/<version>/model.tar.gz`;
    const remedy = `Copy it there, which starts the rollout too: aws s3 cp <it> ${target}`;
    const message = `Models are read from s3://${platform.bucketName}/models/ only. ${remedy}`;
    return nothing(request.endpointName ?? null, problem('model.s3Uri', message));
  }
  const upload = await ports.uploads.find({ ...location, versionId: model.versionId });
  const fromKey = await endpointOf(ports, platform, location.key, parseObjectKey(location.key));
  const problems = fromKey.problems.map(({ message }) => problem('model.s3Uri', message));
  if (upload === null) {
    const version = model.versionId === undefined ? '' : `version ${model.versionId} of `;
    problems.push(problem('model', `There is no ${version}s3://${location.bucket}/${location.key}.`));
  }
  return { endpointName: request.endpointName ?? fromKey.endpointName, upload, servedArtifactSha256: null, problems };
}

/** Settings change alone: the artifact of the newest release stays. */
async function served({ ledger }: Ports, endpointName: string | null): Promise<FoundModel> {
  if (endpointName === null) {
    return nothing(null, problem('endpointName', 'It is missing. Name the endpoint, or a model in the folder of one.'));
  }
  const [newest] = await ledger.releases(endpointName, 1);
  if (newest !== undefined) {
    return { endpointName, upload: null, servedArtifactSha256: newest.artifactSha256, problems: [] };
  }
  const message = `It is missing, and nothing was deployed to the endpoint "${endpointName}" yet whose settings could change.`;
  return nothing(endpointName, problem('model', message));
}

/** For a changed manifest: the newest upload of the endpoint whose archive is not known to be bad; a bad manifest says nothing of it. */
async function newestAccepted(
  { uploads, ledger }: Ports,
  platform: Platform,
  endpointName: string,
): Promise<FoundModel> {
  const [newest] = await ledger.releases(endpointName, 1);
  for (const upload of newestFirst(await uploads.listArchives(endpointName))) {
    if ((await ledger.findUpload(upload))?.archive === 'rejected') continue;
    return isRolledBackSince(upload, newest)
      ? { endpointName, upload: null, servedArtifactSha256: newest.artifactSha256, problems: [] }
      : { endpointName, upload, servedArtifactSha256: null, problems: [] };
  }
  const target = `s3://${platform.bucketName}/models/${endpointName}/<version>/model.tar.gz`;
  const message = `The settings are noted, but there is no acceptable model of the endpoint "${endpointName}" yet. Upload one to ${target}: it is deployed with these settings.`;
  return nothing(endpointName, problem(manifestKey(endpointName), message));
}

/** Somebody went back to an earlier release after this upload: new settings are for what serves. */
const isRolledBackSince = (upload: Upload, newest: Release | undefined): newest is Release =>
  newest?.action === 'rollback' && upload.lastModified <= newest.releasedAt;

/** The endpoint that an archive's key names. `models/<version>/` goes to the default endpoint, unless the version was forgotten. */
async function endpointOf(
  { uploads, ledger }: Ports,
  { bucketName, settings }: Platform,
  key: string,
  place: ObjectKey,
): Promise<{ endpointName: string | null; problems: Problem[] }> {
  switch (place.kind) {
    case 'archive':
      return { endpointName: place.endpointName, problems: [] };
    case 'defaultEndpointArchive': {
      const { version } = place;
      const isEndpoint =
        version === settings.defaultEndpointName ||
        (isEndpointName(version) &&
          ((await ledger.releases(version, 1)).length > 0 || (await uploads.listArchives(version)).length > 0));
      if (isEndpoint) {
        const target = `s3://${bucketName}/models/${version}/<version>/model.tar.gz`;
        const message = `"${version}" is an endpoint: did you forget the version? Upload to ${target}.`;
        return { endpointName: null, problems: [problem(key, message)] };
      }
      if (settings.defaultEndpointName !== null) return { endpointName: settings.defaultEndpointName, problems: [] };
      const message = 'No default endpoint is configured. Upload to models/<endpoint>/<version>/model.tar.gz.';
      return { endpointName: null, problems: [problem(key, message)] };
    }
    case 'manifest':
      return { endpointName: null, problems: [problem(key, 'It is a manifest, not a model.')] };
    case 'neither':
      return { endpointName: null, problems: [problem(key, place.problem)] };
  }
}

const nothing = (endpointName: string | null, found: Problem): FoundModel => ({
  endpointName,
  upload: null,
  servedArtifactSha256: null,
  problems: [found],
});
