// InspectArtifact: the verdict on request and archive together, and the write-once copy of an archive that is accepted.
import * as z from 'zod/mini';
import type { ArtifactOutput, RequestOutput } from '../../state-machine/contract/outputs.ts';
import type { PlatformSettings } from '../../state-machine/contract/platform.ts';
import { ResolvedRequestSchema } from '../../state-machine/contract/resolved-request.ts';
import type { StepInput, Task } from '../../state-machine/contract/steps.ts';
import {
  acceptedArtifact,
  isInspected,
  missingCases,
  NO_ARTIFACT,
  needsCases,
  needsNoArtifact,
  rejectedArtifact,
} from '../core/archive/artifact-verdict.ts';
import { inspectArchive } from '../core/archive/inspect-archive.ts';
import { trialsOf } from '../core/archive/trials.ts';
import type { Documents } from '../ports/documents.ts';
import type { UploadedArchives } from '../ports/uploaded-archives.ts';
import { findServed } from './parts/artifact/find-served.ts';
import { authorsProblem } from './parts/artifact/found-artifact.ts';
import { inspectModels } from './parts/artifact/inspect-models.ts';
import { inspectUpload } from './parts/artifact/inspect-upload.ts';

interface Ports {
  archives: UploadedArchives;
  documents: Documents;
}

/** `inspect`: what reads an archive; the simulation remembers what it found in one. */
export const inspectArtifact =
  (ports: Ports, platform: PlatformSettings, inspect = inspectArchive): Task<'InspectArtifact'> =>
  async (input) => {
    const { trials: _, notTried: __, ...artifact } = await inspected(ports, platform, inspect, input);
    return artifact.verdict === 'accepted' ? { ...artifact, ...trialsOf(input.request, artifact) } : artifact;
  };

async function inspected(
  ports: Ports,
  platform: PlatformSettings,
  inspect: typeof inspectArchive,
  { execution, request, artifact: before }: StepInput<'InspectArtifact'>,
): Promise<ArtifactOutput> {
  if (needsNoArtifact(request)) return NO_ARTIFACT;
  if (request.models !== undefined) {
    const casesOf = (variantName: string) => casesOfVariant(ports, request, variantName);
    const { archives } = ports;
    return inspectModels(archives, request, request.models, execution.name, platform, inspect, before, casesOf);
  }
  if (before !== null && isInspected(request, before) && (await isStillStored(ports, request, before))) return before;

  const { archives } = ports;
  const { upload } = request;
  const found =
    upload === null
      ? await findServed(archives, request, platform, inspect)
      : await inspectUpload(archives, request, upload, platform, inspect);
  const problems = [...request.problems, ...found.problems];
  if (needsCases(platform.requireGoldenCases, request, found))
    problems.push(...missingCases(await casesOfRequest(ports, request)));
  if (problems.length > 0) {
    const archive = found.problems.length === 0 ? 'accepted' : 'rejected';
    return rejectedArtifact(request, execution.name, problems, found.sha256, archive);
  }
  try {
    return acceptedArtifact(request, await found.store());
  } catch (error) {
    // Deleted after it was read, or encrypted with another key.
    const deleted = authorsProblem(error, upload);
    return rejectedArtifact(request, execution.name, [deleted], found.sha256, 'rejected');
  }
}

/** The rollout that held the lease meanwhile has removed what nothing referred to, also the copy of one that waits. */
async function isStillStored(
  { archives }: Ports,
  { endpointName }: RequestOutput,
  { sha256, location, goldenCases }: ArtifactOutput,
): Promise<boolean> {
  if (endpointName === null || sha256 === null) return false;
  const stored = await archives.findStored(endpointName, sha256);
  return stored?.location.key === location?.key && stored?.goldenCases?.key === goldenCases?.key;
}

async function casesOfVariant({ documents }: Ports, { document }: RequestOutput, variantName: string) {
  if (document === null) return null;
  const { variants = [] } = z.parse(ResolvedRequestSchema, await documents.read(document));
  return variants.find(({ name }) => name === variantName)?.goldenCases ?? null;
}

async function casesOfRequest({ documents }: Ports, { document }: RequestOutput) {
  if (document === null) return null;
  return z.parse(ResolvedRequestSchema, await documents.read(document)).goldenCases;
}
