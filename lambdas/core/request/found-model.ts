// Which model a rollout is about, and for which endpoint, once its source was looked at.
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { Release } from '../../../state-machine/contract/release.ts';
import type { Upload } from '../../../state-machine/contract/resolved-request.ts';
import { mainVariant } from '../../../state-machine/contract/variant.ts';
import { manifestKey, type ObjectKey } from '../naming/object-keys.ts';
import { problem } from '../problems/problems.ts';
import type { StackEnvironment } from './stack-environment.ts';

export interface FoundModel {
  /** Null when nothing says which one. */
  endpointName: string | null;
  upload: Upload | null;
  /** Of the newest release, for a request that names no model. */
  servedArtifactSha256: string | null;
  problems: Problem[];
}

export const nothingFound = (endpointName: string | null, problems: Problem[]): FoundModel => ({
  endpointName,
  upload: null,
  servedArtifactSha256: null,
  problems,
});

const served = (endpointName: string, { variants }: Release): FoundModel => ({
  ...nothingFound(endpointName, []),
  servedArtifactSha256: mainVariant(variants)?.artifactSha256 ?? null,
});

/** Of the newest release; undefined where the endpoint has none. */
export function servedModel(endpointName: string, newest: Release | undefined): FoundModel {
  if (newest !== undefined) return served(endpointName, newest);
  const message = `It is missing, and nothing was deployed to the endpoint "${endpointName}" yet whose settings could change.`;
  return nothingFound(endpointName, [problem('model', message)]);
}

/** For a changed manifest. `upload`: the newest that may be deployed. A bad manifest says nothing of it. */
export function modelOfManifest(
  endpointName: string,
  upload: Upload | null,
  newest: Release | undefined,
  bucketName: string,
): FoundModel {
  if (upload === null) {
    const target = `s3://${bucketName}/models/${endpointName}/<version>/model.tar.gz`;
    const message = `The settings are noted, but there is no acceptable model of the endpoint "${endpointName}" yet. Upload one to ${target}: it is deployed with these settings.`;
    return nothingFound(endpointName, [problem(manifestKey(endpointName), message)]);
  }
  // After a rollback to an earlier release, new settings are for what serves.
  return newest !== undefined && isRolledBackSince(upload, newest)
    ? served(endpointName, newest)
    : { ...nothingFound(endpointName, []), upload };
}

export const isRolledBackSince = ({ lastModified }: Upload, newest: Pick<Release, 'action' | 'releasedAt'>): boolean =>
  newest.action === 'rollback' && lastModified <= newest.releasedAt;

/**
 * @param asked the endpoint that the request names; where problems of the key are reported; what to report of a missing archive
 * @param keyEndpoint what the key of the archive says, see `endpointOfKey`
 */
export function modelOfArchive(
  { endpointName, where, missing }: { endpointName: string | null; where: string; missing: Problem },
  upload: Upload | null,
  keyEndpoint: KeyEndpoint,
): FoundModel {
  const named = 'endpointName' in keyEndpoint ? keyEndpoint.endpointName : null;
  const problems = [
    ...('problem' in keyEndpoint ? [problem(where, keyEndpoint.problem)] : []),
    ...(upload === null ? [missing] : []),
  ];
  return { ...nothingFound(endpointName ?? named, problems), upload };
}

export type KeyEndpoint = { endpointName: string } | { problem: string };

/**
 * The endpoint that an archive's key names. `models/<version>/` goes to the default endpoint, unless the version was forgotten.
 *
 * @param isEndpoint whether the version of such a key names an endpoint
 */
export function endpointOfKey(
  place: ObjectKey,
  isEndpoint: boolean,
  {
    bucketName,
    settings: { defaultEndpointName },
  }: Pick<StackEnvironment, 'bucketName'> & {
    settings: Pick<PlatformSettings, 'defaultEndpointName'>;
  },
): KeyEndpoint {
  switch (place.kind) {
    case 'archive':
      return { endpointName: place.endpointName };
    case 'defaultEndpointArchive': {
      const { version } = place;
      if (isEndpoint) {
        const target = `s3://${bucketName}/models/${version}/<version>/model.tar.gz`;
        return { problem: `"${version}" is an endpoint: did you forget the version? Upload to ${target}.` };
      }
      return defaultEndpointName === null
        ? { problem: 'No default endpoint is configured. Upload to models/<endpoint>/<version>/model.tar.gz.' }
        : { endpointName: defaultEndpointName };
    }
    case 'manifest':
      return { problem: 'It is a manifest, not a model.' };
    case 'neither':
      return { problem: place.problem };
  }
}
