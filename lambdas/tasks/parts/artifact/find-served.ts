// Finds the artifact of a request without a model: what serves now, or what a release served, is stored already.
import type { RequestOutput } from '../../../../state-machine/contract/outputs.ts';
import type { PlatformSettings } from '../../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../../state-machine/contract/problem.ts';
import type { ArchiveInspection, inspectArchive } from '../../../core/archive/inspect-archive.ts';
import { trustProblems } from '../../../core/archive/trust.ts';
import { problem } from '../../../core/problems/problems.ts';
import { RolloutError } from '../../../core/rollout-error.ts';
import type { UploadedArchives } from '../../../ports/uploaded-archives.ts';
import { endpointOf, type FoundArtifact, trusted } from './found-artifact.ts';

export async function findServed(
  archives: UploadedArchives,
  request: RequestOutput,
  platform: PlatformSettings,
  inspect: typeof inspectArchive,
): Promise<FoundArtifact> {
  const { servedArtifactSha256: sha256, trust, problems } = request;
  if (sha256 === null) {
    if (problems.length > 0) return nothing([]);
    throw new RolloutError('CallRefused', 'A request without problems names neither an upload nor what serves now.');
  }
  const stored = await archives.findStored(endpointOf(request), sha256);
  if (stored === null)
    return nothing([problem('model', `The artifact ${sha256} is no longer kept. Name a model in the request.`)]);
  const { location, goldenCases, sizeBytes } = stored;
  const archive = { sizeBytes, open: () => archives.openStored(stored) };
  // It was accepted once; only what may run code in it is asked for.
  const inspection: Pick<ArchiveInspection, 'sha256' | 'contentsSha256'> =
    trust === sha256 ? await inspect(archive, platform, null, true) : { sha256 };
  return {
    problems: trustProblems(trust, inspection),
    sha256,
    hasGoldenCases: goldenCases !== null,
    store: async () => ({ sha256, location, goldenCases, ...trusted(inspection) }),
  };
}

const nothing = (problems: Problem[]): FoundArtifact => ({
  problems,
  sha256: null,
  hasGoldenCases: false,
  store: () => Promise.reject(new Error('There is nothing to store.')),
});
