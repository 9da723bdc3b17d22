// Reads the archive of an upload.
import type { RequestOutput } from '../../../../state-machine/contract/outputs.ts';
import type { PlatformSettings } from '../../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../../state-machine/contract/problem.ts';
import type { Upload } from '../../../../state-machine/contract/resolved-request.ts';
import type { ArchiveInspection, inspectArchive } from '../../../core/archive/inspect-archive.ts';
import { trustProblems } from '../../../core/archive/trust.ts';
import type { UploadedArchives } from '../../../ports/uploaded-archives.ts';
import { authorsProblem, endpointOf, type FoundArtifact, trusted } from './found-artifact.ts';

export async function inspectUpload(
  archives: UploadedArchives,
  request: RequestOutput,
  upload: Upload,
  platform: PlatformSettings,
  inspect: typeof inspectArchive,
): Promise<FoundArtifact> {
  let inspection: ArchiveInspection;
  try {
    const archive = { sizeBytes: upload.sizeBytes, open: () => archives.open(upload) };
    const { servableModelFiles, trust, ignore } = request;
    inspection = await inspect(archive, platform, servableModelFiles, trust !== undefined, ignore);
  } catch (error) {
    inspection = { sha256: null, problems: [authorsProblem(error, upload)], goldenCases: null };
  }
  const { sha256, goldenCases: text } = inspection;
  const excused = await excusedProblems(archives, request, inspection);
  const problems = inspection.problems.filter((each) => !excused.includes(each));
  return {
    problems: [...problems, ...trustProblems(request.trust, inspection)],
    sha256,
    hasGoldenCases: text !== null,
    // The model last: where it is, its golden cases are too, and a copy that broke off in between is taken up by the next.
    async store() {
      const endpointName = endpointOf(request);
      const goldenCases = text === null ? null : await archives.storeGoldenCases(endpointName, sha256!, text);
      const location = await archives.store(upload, endpointName, sha256!);
      return { sha256, location, goldenCases, ...trusted(inspection) };
    },
  };
}

/**
 * A manifest brings settings to an upload that was accepted before: by a request with `ignore`, or when nothing asked what lies
 * beside a model. Were it rejected now, an older upload would be the newest one that is acceptable.
 */
async function excusedProblems(
  archives: UploadedArchives,
  { startedByKey, upload, endpointName }: RequestOutput,
  { sha256, beside = [] }: ArchiveInspection,
): Promise<Problem[]> {
  const byManifest = startedByKey !== null && startedByKey !== upload?.key;
  if (beside.length === 0 || !byManifest || endpointName === null || sha256 === null) return [];
  return (await archives.findStored(endpointName, sha256)) === null ? [] : beside;
}
