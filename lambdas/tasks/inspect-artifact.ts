// InspectArtifact: the verdict on request and archive together, and the write-once copy of an archive that is accepted.
import * as z from 'zod/mini';
import type { ArtifactOutput, RequestOutput } from '../../state-machine/contract/outputs.ts';
import type { PlatformSettings } from '../../state-machine/contract/platform.ts';
import type { Problem } from '../../state-machine/contract/problem.ts';
import { ResolvedRequestSchema, type Upload } from '../../state-machine/contract/resolved-request.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { GOLDEN_CASES } from '../core/archive/golden-cases.ts';
import { type ArchiveInspection, inspectArchive } from '../core/archive/inspect-archive.ts';
import { rejection } from '../core/archive/rejection.ts';
import { trustProblems } from '../core/archive/trust.ts';
import { isSameUpload } from '../core/lease/newest-upload.ts';
import { outcomeByUploadKey } from '../core/naming/object-keys.ts';
import { rolloutDocumentKey } from '../core/naming/rollout-documents.ts';
import { bounded, problem } from '../core/problems/problems.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Documents } from '../ports/documents.ts';
import type { UploadedArchives } from '../ports/uploaded-archives.ts';

interface Ports {
  archives: UploadedArchives;
  documents: Documents;
}

type StoredAs = Pick<ArtifactOutput, 'sha256' | 'location' | 'goldenCases' | 'trustedContentsSha256'>;
type Found = { problems: Problem[]; sha256: string | null; hasGoldenCases: boolean; keep: () => Promise<StoredAs> };

/** `inspect`: what reads an archive; the simulation remembers what it found in one. */
export const inspectArtifact =
  (ports: Ports, platform: PlatformSettings, inspect = inspectArchive): Task<'InspectArtifact'> =>
  async ({ execution, request, artifact: before }): Promise<ArtifactOutput> => {
    if (request.problems.length === 0) {
      if (request.action === 'retireEndpoint' || request.action === 'recover') return NO_ARTIFACT;
      // Resolved again after a wait for the lease: the same version of the same object has the same content.
      if (before !== null && isInspected(request.upload, before) && (await isStillStored(ports, request, before)))
        return before;
    }
    const inspected = request.upload && { key: request.upload.key, versionId: request.upload.versionId };
    const reject = (problems: Problem[], sha256: string | null, archive: ArtifactOutput['archive']): ArtifactOutput => {
      const listed = bounded(problems);
      const failure = rejection(listed, outcomeOf(request, execution.name));
      return {
        verdict: 'rejected',
        problems: listed,
        sha256,
        location: null,
        goldenCases: null,
        archive,
        inspected,
        failure,
      };
    };
    const found =
      request.upload === null
        ? await findServed(ports, request, platform, inspect)
        : await read(ports, request, request.upload, platform, inspect);
    const problems = [...request.problems, ...found.problems, ...(await missingCases(ports, request, found, platform))];
    const archive = request.upload === null ? null : found.problems.length === 0 ? 'accepted' : 'rejected';
    if (problems.length > 0) return reject(problems, found.sha256, archive);
    try {
      return { verdict: 'accepted', problems: [], ...(await found.keep()), archive, inspected, failure: null };
    } catch (error) {
      // Deleted after it was read, or encrypted anew.
      return reject([authorsProblem(error, request.upload)], found.sha256, 'rejected');
    }
  };

/** For an action that needs none. */
const NO_ARTIFACT: ArtifactOutput = {
  verdict: 'accepted',
  problems: [],
  sha256: null,
  location: null,
  goldenCases: null,
  archive: null,
  inspected: null,
  failure: null,
};

const isInspected = (upload: Upload | null, { verdict, inspected }: ArtifactOutput): boolean =>
  verdict === 'accepted' && upload !== null && inspected !== null && isSameUpload(upload, inspected);

/** Whoever held the lease meanwhile has removed what nothing referred to, the copy of one that waits among it. */
async function isStillStored(
  { archives }: Ports,
  { endpointName }: RequestOutput,
  { sha256, location, goldenCases }: ArtifactOutput,
): Promise<boolean> {
  if (endpointName === null || sha256 === null) return false;
  const stored = await archives.findStored(endpointName, sha256);
  return stored?.location.key === location?.key && stored?.goldenCases?.key === goldenCases?.key;
}

/** What is the author's to mend becomes a problem; the rest is thrown on. */
function authorsProblem(error: unknown, upload: Upload | null): Problem {
  if (error instanceof RolloutError && error.name === 'RequestRejected')
    return problem(upload?.key ?? 'model', error.message);
  throw error;
}

async function read(
  { archives }: Ports,
  request: RequestOutput,
  upload: Upload,
  platform: PlatformSettings,
  inspect: typeof inspectArchive,
): Promise<Found> {
  let inspection: ArchiveInspection;
  try {
    const archive = { sizeBytes: upload.sizeBytes, open: () => archives.open(upload) };
    inspection = await inspect(archive, platform, request.servableModelFiles, request.trust !== undefined);
  } catch (error) {
    inspection = { sha256: null, problems: [authorsProblem(error, upload)], goldenCases: null };
  }
  const { sha256, goldenCases: text } = inspection;
  return {
    problems: [...inspection.problems, ...trustProblems(request.trust, inspection)],
    sha256,
    hasGoldenCases: text !== null,
    // The model last: where it is, its golden cases are too, and a copy that broke off in between is taken up by the next.
    async keep() {
      const endpointName = endpointOf(request);
      const goldenCases = text === null ? null : await archives.storeGoldenCases(endpointName, sha256!, text);
      const location = await archives.store(upload, endpointName, sha256!);
      return { sha256, location, goldenCases, ...trusted(inspection) };
    },
  };
}

const trusted = ({ contentsSha256 }: Pick<ArchiveInspection, 'contentsSha256'>) =>
  contentsSha256 ? { trustedContentsSha256: contentsSha256 } : {};

function endpointOf({ endpointName }: RequestOutput): string {
  if (endpointName !== null) return endpointName;
  throw new RolloutError('CallRefused', 'A request without problems names no endpoint.');
}

/** A request without a model: what serves now, or what a release served, is kept already. */
async function findServed(
  { archives }: Ports,
  request: RequestOutput,
  platform: PlatformSettings,
  inspect: typeof inspectArchive,
): Promise<Found> {
  const { servedArtifactSha256: sha256, trust, problems } = request;
  const nothing = {
    sha256: null,
    hasGoldenCases: false,
    keep: () => Promise.reject(new Error('There is nothing to keep.')),
  };
  if (sha256 === null) {
    if (problems.length > 0) return { ...nothing, problems: [] };
    throw new RolloutError('CallRefused', 'A request without problems names neither an upload nor what serves now.');
  }
  const stored = await archives.findStored(endpointOf(request), sha256);
  if (stored !== null) {
    const { location, goldenCases, sizeBytes } = stored;
    const archive = { sizeBytes, open: () => archives.openStored(stored) };
    // It was accepted once; only what may run code in it is asked for.
    const inspection: Pick<ArchiveInspection, 'sha256' | 'contentsSha256'> =
      trust === sha256 ? await inspect(archive, platform, null, true) : { sha256 };
    return {
      problems: trustProblems(trust, inspection),
      sha256,
      hasGoldenCases: goldenCases !== null,
      keep: async () => ({ sha256, location, goldenCases, ...trusted(inspection) }),
    };
  }
  const message = `The artifact ${sha256} is no longer kept. Name a model in the request.`;
  return { ...nothing, problems: [problem('model', message)] };
}

/** Where the platform asks for golden cases. Of an archive not read to its end, and a request with problems, it is not known. */
async function missingCases(
  { documents }: Ports,
  request: RequestOutput,
  found: Found,
  platform: PlatformSettings,
): Promise<Problem[]> {
  if (!platform.requireGoldenCases || found.hasGoldenCases || found.sha256 === null || request.document === null)
    return [];
  // Cases that are there but wrong are reported as such.
  if (found.problems.some(({ where }) => where.startsWith(GOLDEN_CASES))) return [];
  const { goldenCases } = z.parse(ResolvedRequestSchema, await documents.read(request.document));
  if (goldenCases !== null) return [];
  const message = `This platform requires golden cases: put ${GOLDEN_CASES} into the archive, or canaryInvocations.cases into the request.`;
  return [problem('canaryInvocations.cases', message)];
}

function outcomeOf({ endpointName, upload }: RequestOutput, rolloutId: string): string {
  if (endpointName !== null) return rolloutDocumentKey(endpointName, rolloutId, 'outcome');
  return upload === null ? 'the outcome' : outcomeByUploadKey(upload.key);
}
