// Where the model of a rollout is to be looked for, by the request or the event alone.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { Upload } from '../../../state-machine/contract/resolved-request.ts';
import { type ObjectKey, parseObjectKey, parseS3Uri } from '../naming/object-keys.ts';
import { problem } from '../problems/problems.ts';
import type { CheckedRequest, RequestCheck } from './check-request.ts';
import { type FoundModel, nothingFound } from './found-model.ts';

export interface ArchiveSource {
  kind: 'archive';
  object: { bucket: string; key: string; versionId?: string };
  /** What its key says about it. */
  place: ObjectKey;
  /** The endpoint that the request names, which goes before the one that the key names. */
  endpointName: string | null;
  /** Where problems of the key are reported. */
  where: string;
  missing: Problem;
  /**
   * The version that was accepted before the rollout waited, for which others made way. It stays: a newer one under its key has
   * an event of its own, and may not be acceptable.
   */
  waitedFor: Upload | null;
}

export type ModelSource =
  /** Nothing is to be looked for. */
  | { kind: 'none'; found: FoundModel }
  /** Settings change alone: the artifact of the newest release stays. */
  | { kind: 'served'; endpointName: string }
  /** For a changed manifest: the newest upload of the endpoint whose archive is not known to be bad. */
  | { kind: 'newestUpload'; endpointName: string }
  | ArchiveSource;

/** The object's current version counts, whatever the event said of it: events come late, twice and out of order. */
export function sourceOfEvent(
  object: { bucket: string; key: string },
  bucketName: string,
  waitedFor: Upload | null,
): ModelSource {
  const { bucket, key } = object;
  if (bucket !== bucketName)
    return none(null, problem(key, `It lies in another bucket than s3://${bucketName}/models/.`));
  const place = parseObjectKey(key);
  if (place.kind === 'manifest') return { kind: 'newestUpload', endpointName: place.endpointName };
  const missing = problem(key, 'It was deleted before the rollout began. Upload it again.');
  return { kind: 'archive', object: { bucket, key }, place, endpointName: null, where: key, missing, waitedFor };
}

/** The archive that a request names, or what serves now. Of a field that is wrong nothing is said again. */
export function sourceOfRequest({ request, wrongFields }: RequestCheck, bucketName: string): ModelSource {
  const { model } = request;
  const endpointName = request.endpointName ?? null;
  const isUnknown = wrongFields.has('model') || wrongFields.has('variants');
  if (isUnknown || (wrongFields.has('endpointName') && model === undefined))
    return { kind: 'none', found: { endpointName, upload: null, servedArtifactSha256: null, problems: [] } };
  if (model === undefined) {
    const message = 'It is missing. Name the endpoint, or a model in the folder of one.';
    return endpointName === null ? none(null, problem('endpointName', message)) : { kind: 'served', endpointName };
  }
  return sourceOfModel(model, endpointName, bucketName, 'model');
}

/** `where`: the field that names the model. */
export function sourceOfModel(
  model: NonNullable<CheckedRequest['model']>,
  endpointName: string | null,
  bucketName: string,
  where: string,
): ModelSource {
  const location = parseS3Uri(model.s3Uri);
  if (location === null || location.bucket !== bucketName || !location.key.startsWith('models/')) {
    const target = `s3://${bucketName}/models/${endpointName ?? '<endpoint>'}/<version>/model.tar.gz`;
    const remedy = `Copy it there, which starts the rollout too: aws s3 cp <it> ${target}`;
    const message = `Models are read from s3://${bucketName}/models/ only. ${remedy}`;
    return none(endpointName, problem(`${where}.s3Uri`, message));
  }
  const version = model.versionId === undefined ? '' : `version ${model.versionId} of `;
  return {
    kind: 'archive',
    object: { ...location, versionId: model.versionId },
    place: parseObjectKey(location.key),
    endpointName,
    where: `${where}.s3Uri`,
    missing: problem(where, `There is no ${version}s3://${location.bucket}/${location.key}.`),
    waitedFor: null,
  };
}

const none = (endpointName: string | null, why: Problem): ModelSource => ({
  kind: 'none',
  found: nothingFound(endpointName, [why]),
});
